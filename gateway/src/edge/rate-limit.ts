import type { IncomingMessage } from 'node:http';
import type { Caller } from '@atrium/platform/light';
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
      // How often something happens is not the subscriber's doing.
      if (!limited || context.subscription === 'event') return;
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
    throw rateLimited(message, rate, waitMs);
  }
}

export function rateLimited(message: string, { count, periodMs }: Rate, waitMs: number): Refusal {
  return new Refusal(
    429,
    'RATE_LIMITED',
    `${message} ${count} are allowed in ${periodMs / 1000} seconds.`,
    { max: count, retryable: true, retryAfterMs: waitMs },
    [['retry-after', String(Math.ceil(waitMs / 1000))]],
  );
}

/** Whose allowance a request takes from: the caller's, or the address's for those who have no name. */
export function identityOf({ kind, groupId, id }: Caller, address: string): string {
  return kind === 'ANONYMOUS' ? `ANONYMOUS ${address}` : `${kind} ${groupId ?? ''} ${id}`;
}

/**
 * Where a request comes from. Behind so many proxies, the address is the one that the first of them has seen; what a client
 * writes in front of it counts for nothing.
 */
export function clientAddress(request: IncomingMessage, proxies: number): string {
  const forwarded = proxies === 0 ? [] : String(request.headers['x-forwarded-for'] ?? '').split(',');
  return householdOf(forwarded.at(-proxies)?.trim() || request.socket.remoteAddress || 'unknown');
}

/** One household has one /64 of IPv6, and any number of addresses in it. */
function householdOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address.slice(0, 45);
  const [front = '', back] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [
    ...front,
    ...Array<string>(Math.max(0, back === undefined ? 0 : 8 - front.length - back.length)).fill('0'),
    ...(back ?? []),
  ];
  return groups.slice(0, 4).join(':').slice(0, 45);
}
