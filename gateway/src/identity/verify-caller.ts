import { createHash } from 'node:crypto';
import { ANONYMOUS, bearerToken, type Caller, callerFromClaims, PublicError } from '@atrium/platform';
import { errors, jwtVerify } from 'jose';
import { createKeySet } from './key-set';

/** Never the token's own choice, and nothing symmetric: a public key must not become a shared secret. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'];
const CACHED_TOKENS = 10_000;
/** A key taken out of the JWKS stops working this soon at the latest. */
const CACHED_FOR_MS = 5 * 60_000;
const CLOCK_TOLERANCE_SECONDS = 5;

export type VerifyCaller = (authorization: string | undefined) => Promise<Caller>;

type Options = {
  issuer: string;
  audience: string;
  jwks: string;
  now?: () => Date;
  onStaleKeys?: (error: unknown) => void;
};

/** Who sends this `Authorization` header. No header: anonymous. Anything but a good token: UNAUTHENTICATED. */
export function createCallerVerifier({
  issuer,
  audience,
  jwks,
  now = () => new Date(),
  onStaleKeys,
}: Options): VerifyCaller {
  const keys = createKeySet({ source: jwks, now: () => now().getTime(), ...(onStaleKeys && { onStale: onStaleKeys }) });
  const cache = new Map<string, { caller: Caller; until: number }>();

  return async (authorization) => {
    if (authorization === undefined) return ANONYMOUS;
    const token = bearerToken(authorization);
    if (token === null) throw new PublicError('UNAUTHENTICATED', 'The Authorization header is not a bearer token.');

    const at = now();
    const key = createHash('sha256').update(token).digest('base64');
    const known = cache.get(key);
    if (known !== undefined && known.until > at.getTime()) return known.caller;
    cache.delete(key);

    const { caller, expiresAt } = await verify(token, at);
    if (cache.size >= CACHED_TOKENS) dropOldest(cache);
    cache.set(key, { caller, until: Math.min(expiresAt, at.getTime() + CACHED_FOR_MS) });
    return caller;
  };

  async function verify(token: string, at: Date): Promise<{ caller: Caller; expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: at,
      });
      return { caller: callerFromClaims(payload), expiresAt: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      if (error instanceof PublicError) throw error;
      if (error instanceof errors.JWTExpired) throw new PublicError('UNAUTHENTICATED', 'The token has expired.');
      if (isTokenFault(error)) throw new PublicError('UNAUTHENTICATED', 'The token is not valid.');
      throw new PublicError('UNAVAILABLE', 'Tokens cannot be checked just now.');
    }
  }
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

/** Maps keep insertion order; the oldest tokens are the likeliest to have expired. */
function dropOldest(cache: Map<string, unknown>): void {
  for (const key of cache.keys()) {
    cache.delete(key);
    if (cache.size < CACHED_TOKENS * 0.9) return;
  }
}
