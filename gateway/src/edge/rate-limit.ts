import type { IncomingMessage } from 'node:http';
import type { Caller } from '@atrium/platform';
import type { Admit } from './admission';
import type { Metrics } from '../observe/metrics';
import type { Rate, Rates } from './rates';
import type { RateStore } from './rate-store';
import { Refusal } from './refusal';
import { rootFields } from './root-fields';

export type RateLimits = {
  /** Before anything is parsed. */
  request(caller: Caller, identity: string): Promise<void>;
  /** For the root fields of an operation. */
  admit: Admit;
};

export function createRateLimits(rates: Rates, store: RateStore, refusals: Metrics['rateLimited']): RateLimits {
  const limited = Object.keys(rates.fields).length > 0;

  return {
    async request({ kind }, identity) {
      const rate = rates.callers[kind];
      if (rate !== undefined) await take(identity, rate, 'Too many requests.', ['caller', kind]);
    },
    async admit({ fragments, operation, schema, context }) {
      if (!limited) return;
      const root = schema.getRootType(operation.operation)?.name ?? '';
      for (const name of rootFields(operation, fragments)) {
        const field = `${root}.${name}`;
        const named = field in rates.fields ? field : field.replace(/\..*/, '.*');
        const rate = rates.fields[named];
        if (rate === undefined) continue;
        await take(`${context.identity} ${field}`, rate, `Too many uses of ${field}.`, ['field', named]);
      }
    },
  };

  async function take(key: string, rate: Rate, message: string, [limit, of]: [string, string]): Promise<void> {
    const waitMs = await store.take(key, rate);
    if (waitMs === 0) return;
    refusals.inc({ limit, of });
    const seconds = Math.ceil(waitMs / 1000);
    throw new Refusal(
      429,
      'RATE_LIMITED',
      `${message} ${rate.count} are allowed in ${rate.periodMs / 1000} seconds.`,
      { max: rate.count, retryable: true, retryAfterMs: waitMs },
      [['retry-after', String(seconds)]],
    );
  }
}

/**
 * Whose allowance a request takes from: the caller's, or the address's for those who have no name. Behind so many proxies,
 * the address is the one that the first of them has seen; what a client writes in front of it counts for nothing.
 */
export function identityOf(caller: Caller, request: IncomingMessage, proxies: number): string {
  if (caller.kind !== 'ANONYMOUS') return `${caller.kind} ${caller.groupId ?? ''} ${caller.id}`;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const seen = proxies === 0 ? undefined : forwarded.at(-proxies)?.trim();
  return `ANONYMOUS ${addressOf(seen || request.socket.remoteAddress || 'unknown')}`;
}

/** One household has one /64 of IPv6, and any number of addresses in it. */
function addressOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address.slice(0, 45);
  const [front = '', back] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [
    ...front,
    ...Array<string>(Math.max(0, back === undefined ? 0 : 8 - front.length - back.length)).fill('0'),
    ...(back ?? []),
  ];
  return groups.slice(0, 4).join(':').slice(0, 45);
}
