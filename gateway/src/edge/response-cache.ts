import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Operation } from '../graph/graph';
import type { CountFamily } from '../observe/families';
import type { RequestContext } from './request-context';

export type Kept = { body: string; maxAge: number };

/** Answers that are the same for many callers. Without a store nothing is kept. */
export type ResponseCache = {
  find(operation: Operation, context: RequestContext): Promise<Kept | undefined>;
  keep(operation: Operation, context: RequestContext, body: string): void;
};

const MOST_OPERATIONS = 1_000;
const MOST_BYTES = 1024 * 1024;

/**
 * In Redis or Valkey, shared by all gateways. An operation is looked up once it was executed here and found to be public: so
 * whatever refuses operations has seen it. The key has everything that an answer depends on; a caller's own identity is
 * not among it, which is what public means, but its group is: subgraphs answer for the caller's group.
 */
export function createResponseCache(redis: Redis | undefined, outcomes: CountFamily<'outcome'>): ResponseCache {
  const cacheable = new Set<string>();
  if (redis === undefined) return { find: async () => undefined, keep: () => undefined };

  return {
    async find(operation, context) {
      if (!cacheable.has(nameOf(operation))) return undefined;
      // A store that is away is a cache that is empty.
      const kept = await redis.get(keyOf(operation, context)).catch(() => null);
      const [, until, body] = /^(\d+)\n(.*)$/s.exec(kept ?? '') ?? [];
      const maxAge = Math.floor((Number(until) - Date.now()) / 1000);
      const usable = body !== undefined && maxAge > 0;
      outcomes.inc({ outcome: usable ? 'hit' : 'miss' });
      return usable ? { body, maxAge } : undefined;
    },
    keep(operation, context, body) {
      const hint = context.seen.cache;
      if (hint?.scope !== 'PUBLIC' || body.length > MOST_BYTES) return;
      if (cacheable.size >= MOST_OPERATIONS) cacheable.clear();
      cacheable.add(nameOf(operation));
      const value = `${Date.now() + hint.maxAge * 1000}\n${body}`;
      redis.set(keyOf(operation, context), value, 'EX', hint.maxAge).catch(() => undefined);
    },
  };
}

function nameOf({ query, operationName }: Operation): string {
  return `${operationName ?? ''}\n${query}`;
}

function keyOf(operation: Operation, { caller, acceptLanguage }: RequestContext): string {
  const parts = [nameOf(operation), operation.variables ?? {}, caller.groupId, acceptLanguage ?? ''];
  return `atrium:answer:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
