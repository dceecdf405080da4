import { ConfigError } from '../runtime/config';

/** PostgreSQL's error code of a thrown error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** What pg says itself, without a code. */
const OF_THE_CLIENT =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Query read timeout/;

/**
 * True when PostgreSQL cannot be reached, does not let us in, is shutting down, has no room or takes no writes any more: the caller may
 * try again later. A login that was changed is no fault of the message that is being applied.
 */
export function isDatabaseAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error instanceof Error && OF_THE_CLIENT.test(error.message);
  return /^(08|28|53|57P)/.test(code) || NETWORK.has(code) || isReadOnly(error);
}

/** The other end of this connection was the primary, and has become a standby since. */
export const isReadOnly = (error: unknown): boolean => sqlState(error) === '25006';

/** In another's way (after all tries), or too slow, or idle for too long: rolled back, and a later try may do better. */
const UNDONE = new Set(['40001', '40P01', '55P03', '57014', '25P03']);

/** True when nothing is wrong with what was asked and nothing was written. */
export const wasRolledBack = (error: unknown): boolean => UNDONE.has(sqlState(error) ?? '');

/** No database, no such login: an address that is wrong looks the same. */
const REFUSED = new Set(['28000', '28P01', '3D000', '42501']);

/** Who starts a process reads this, so it says where it went and what to set, and never a password. */
export function cannotConnect({ url, name }: { url: string; name?: string }, error: unknown): Error | undefined {
  const { code, message } = error as { code?: string; message?: string };
  if (!isDatabaseAway(error) && !REFUSED.has(code ?? '')) return undefined;
  const { host, pathname, username } = new URL(url);
  const text = `${name ?? 'atrium'}: no connection to PostgreSQL at ${host}${pathname} as ${username} (${message || code}). Is it up, and is the database URL right?`;
  return Object.assign(new ConfigError(text), { code });
}
