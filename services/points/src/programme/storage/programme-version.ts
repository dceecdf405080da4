import type { Tx } from '@atrium/platform';

/** By tenant and what it is: what was read, and the token that stood then. */
const known = new Map<string, { token: string; value: unknown }>();
const KNOWN_MAX = 2_000;
/** One look at the token for a transaction is enough. */
const tokens = new WeakMap<Tx, string | null>();

/**
 * Reads a tenant's rules of one kind, or gives what was read before when nothing has changed since. Every write of a rule or a
 * ladder puts a new random token into its tenant's row (a trigger does, whoever writes); a token that was rolled back never
 * comes again. What is given is shared: nobody changes it.
 */
export async function asOfVersion<T>(tx: Tx, what: string, read: () => Promise<T>): Promise<T> {
  const token = await currentToken(tx);
  if (token === null) return read();
  const key = `${what} ${tx.groupId}`;
  const earlier = known.get(key);
  if (earlier?.token === token) return earlier.value as T;
  const value = await read();
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, { token, value });
  return value;
}

/** After a write of this very transaction. */
export const versionChanged = (tx: Tx): void => void tokens.delete(tx);

/** Null while a tenant has no rules, and for transactions of no tenant. */
async function currentToken(tx: Tx): Promise<string | null> {
  const seen = tokens.get(tx);
  if (seen !== undefined) return seen;
  const [row] = tx.groupId
    ? await tx.lookUp<{ token: string }>(
        'points.programme.token',
        'select token from programme_version where group_id = $1',
        [tx.groupId],
      )
    : [];
  const token = row?.token ?? null;
  tokens.set(tx, token);
  return token;
}
