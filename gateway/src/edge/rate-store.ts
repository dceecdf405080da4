import { once } from 'node:events';
import type { Log } from '@atrium/platform/light';
import { Redis } from 'ioredis';
import type { Rate } from './rates';

/**
 * Takes one from what a key may still do. 0: it may. Else the milliseconds until it may again. Counted as a flow: a key's
 * allowance comes back evenly over the period, so that nobody gets twice as much around the turn of a minute.
 */
export type RateStore = { take(key: string, rate: Rate): Promise<number> | number; close(): Promise<void> };

/** Also takes back what was not used after all. */
export type LocalRates = Omit<RateStore, 'take'> & {
  take(key: string, rate: Rate): number;
  giveBack(key: string, rate: Rate): void;
};

/** Of this process alone. */
export function localRates(now: () => number = Date.now): LocalRates {
  /** When each key will have its whole allowance again. */
  const full = new Map<string, number>();
  const MOST_KEYS = 100_000;
  return {
    take(key, { count, periodMs }) {
      const at = now();
      const next = Math.max(full.get(key) ?? 0, at) + periodMs / count;
      const wait = next - periodMs - at;
      if (wait > 0) return Math.ceil(wait);
      // Kept in the order of use: the ones in front are the likeliest to be whole again.
      full.delete(key);
      full.set(key, next);
      if (full.size > MOST_KEYS) for (const [old] of full) if (full.size > MOST_KEYS * 0.9) full.delete(old);
      return 0;
    },
    giveBack(key, { count, periodMs }) {
      const next = (full.get(key) ?? 0) - periodMs / count;
      if (next > now()) full.set(key, next);
      else full.delete(key);
    },
    close: async () => undefined,
  };
}

/** The same arithmetic where all gateways share it, by the store's own clock. */
const TAKE = `
local time = redis.call('TIME')
local at = time[1] * 1000 + time[2] / 1000
local period = tonumber(ARGV[2])
local whole = tonumber(redis.call('GET', KEYS[1]) or 0)
local next = math.max(whole, at) + period / tonumber(ARGV[1])
local wait = next - period - at
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.ceil(next - at) + 1)
return 0`;

type WithTake = Redis & { take(key: string, count: number, periodMs: number): Promise<number> };

const CONNECT_MS = 2_000;
const COMPLAIN_EVERY_MS = 60_000;

/**
 * In Redis or Valkey. While it is away each gateway counts for itself: more is let through than was meant, but the graph
 * does not stand still because a counter does.
 */
export function sharedRates(redis: Redis, log: Log): RateStore {
  redis.defineCommand('take', { numberOfKeys: 1, lua: TAKE });
  const own = localRates();
  let complained = 0;
  return {
    async take(key, rate) {
      try {
        return await (redis as WithTake).take(`atrium:rate:${key}`, rate.count, rate.periodMs);
      } catch (error) {
        if (Date.now() - complained > COMPLAIN_EVERY_MS) {
          complained = Date.now();
          log.warn({ err: error }, 'the shared store is away: each gateway counts for itself');
        }
        return own.take(key, rate);
      }
    },
    close: () => own.close(),
  };
}

/** Answers at once or not at all: nobody waits for a store that is not there, save the start, for a moment. */
export async function openStore(url: string, timeoutMs: number, log: Log): Promise<Redis> {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on('error', (error) => log.debug({ err: error }, 'shared store'));
  await once(redis, 'ready', { signal: AbortSignal.timeout(Math.max(CONNECT_MS, timeoutMs)) }).catch(() =>
    log.warn('the shared store is away'),
  );
  return redis;
}
