import { createHash } from 'node:crypto';
import { type Caller, callerFromClaims, PublicError } from '@atrium/platform/light';
import { errors, jwtVerify } from 'jose';
import { createKeySet } from './key-set';

/** Never the token's own choice, and nothing symmetric: a public key must not become a shared secret. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
const CACHED_TOKENS = 10_000;
/** A key taken out of the JWKS stops working this soon at the latest. */
const CACHED_FOR_MS = 5 * 60_000;
/** A token that is bad is not looked at again so soon; short, because its time may come (`nbf`). */
const BAD_FOR_MS = 10_000;
const LONGEST_TOKEN = 8_192;
const LONGEST_HEADER = 1_024;
const CLOCK_TOLERANCE_SECONDS = 5;

/** Who a token is of, for those who have one: keys, cryptography, memory of both. */
export type TokenVerifier = {
  /** Without any work: a token that was verified before. */
  known(token: string): Caller | undefined;
  /** Throws UNAUTHENTICATED for anything but a good token. */
  verify(token: string): Promise<Caller>;
  readonly size: number;
};

type Options = {
  issuer: string;
  audience: string;
  jwks: string;
  now?: () => Date;
  onStaleKeys?: (error: unknown) => void;
  /** malformed and remembered: refused without cryptography. */
  onOutcome?: (outcome: TokenOutcome) => void;
};

export const TOKEN_OUTCOMES = ['verified', 'refused', 'malformed', 'remembered', 'unavailable'] as const;
export type TokenOutcome = (typeof TOKEN_OUTCOMES)[number];

export function createTokenVerifier({
  issuer,
  audience,
  jwks,
  now = () => new Date(),
  onStaleKeys,
  onOutcome = () => undefined,
}: Options): TokenVerifier {
  const keys = createKeySet({ source: jwks, now: () => now().getTime(), ...(onStaleKeys && { onStale: onStaleKeys }) });
  const good = new Map<string, { caller: Caller; until: number }>();
  /** By hash, when a bad token may be looked at again. */
  const bad = new Map<string, number>();
  /** By hash: requests that come together with a token are of one caller, and share what is under way for it. */
  const checking = new Map<string, Promise<Caller>>();

  return {
    known(token) {
      const found = good.get(hashOf(token));
      return found !== undefined && found.until > now().getTime() ? found.caller : undefined;
    },
    async verify(token) {
      const [at, hash] = [now(), hashOf(token)];
      good.delete(hash);
      if ((bad.get(hash) ?? 0) > at.getTime()) throw refused('remembered');
      if (!isPlausible(token)) throw refused('malformed');
      let checked = checking.get(hash);
      if (checked === undefined) {
        checked = verified(token, hash, at).finally(() => checking.delete(hash));
        checking.set(hash, checked);
      }
      return checked;
    },
    get size() {
      return good.size;
    },
  };

  async function verified(token: string, hash: string, at: Date): Promise<Caller> {
    try {
      const { caller, expiresAt } = await check(token, at);
      keep(good, hash, { caller, until: Math.min(expiresAt, at.getTime() + CACHED_FOR_MS) });
      onOutcome('verified');
      return caller;
    } catch (error) {
      // A key that is unknown may come at any time; what was signed wrongly stays so.
      if (isTokenFault(error) && !(error instanceof errors.JWKSNoMatchingKey))
        keep(bad, hash, at.getTime() + BAD_FOR_MS);
      const told = toldOf(error);
      onOutcome(told.code === 'UNAVAILABLE' ? 'unavailable' : 'refused');
      throw told;
    }
  }

  function refused(outcome: TokenOutcome): PublicError {
    onOutcome(outcome);
    return new PublicError('UNAUTHENTICATED', 'The token is not valid.');
  }

  async function check(token: string, at: Date): Promise<{ caller: Caller; expiresAt: number }> {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: at,
    });
    return { caller: callerFromClaims(payload), expiresAt: (payload.exp ?? 0) * 1000 };
  }
}

/** What can be said without a key: its size, its parts, an algorithm that is ever accepted. */
function isPlausible(token: string): boolean {
  const [header = ''] = token.split('.', 1);
  if (token.length > LONGEST_TOKEN || header.length > LONGEST_HEADER) return false;
  try {
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: unknown; kid?: unknown };
    return ALGORITHMS.includes(String(alg)) && (kid === undefined || typeof kid === 'string');
  } catch {
    return false;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function toldOf(error: unknown): PublicError {
  if (error instanceof PublicError) return error;
  if (error instanceof errors.JWTExpired) return new PublicError('UNAUTHENTICATED', 'The token has expired.');
  if (isTokenFault(error)) return new PublicError('UNAUTHENTICATED', 'The token is not valid.');
  return new PublicError('UNAVAILABLE', 'Tokens cannot be checked just now.');
}

/** The token's fault, as opposed to the key server's. */
function isTokenFault(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

/** Maps keep insertion order; the oldest are the likeliest to have expired. */
function keep<T>(cache: Map<string, T>, hash: string, value: T): void {
  cache.delete(hash);
  if (cache.size >= CACHED_TOKENS) for (const [old] of cache) if (cache.size > CACHED_TOKENS * 0.9) cache.delete(old);
  cache.set(hash, value);
}
