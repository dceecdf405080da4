import { ANONYMOUS, bearerToken, type Caller, PublicError } from '@atrium/platform/light';
import type { TokenVerifier } from '../identity/verify-caller';
import type { Metrics } from '../observe/metrics';
import { localRates } from './rate-store';
import type { Rate } from './rates';
import { rateLimited } from './rate-limit';

/** Who sends this `Authorization` header from this address. No header: anonymous. Anything but a good token: UNAUTHENTICATED. */
export type VerifyCaller = (authorization: string | undefined, address: string) => Promise<Caller>;

type Options = {
  tokens: TokenVerifier;
  /** Bad tokens of one address; undefined: any number. */
  badTokens: Rate | undefined;
  metrics: Pick<Metrics, 'tokens' | 'rateLimited'>;
};

/**
 * An address that sends one bad token after the other is told to come back later, before any cryptography is done for it.
 * Tokens that were verified before are good from everywhere, such an address too. Counted here alone: asking a shared store
 * about each would be more work than what is saved.
 */
export function createCallers({ tokens, badTokens, metrics }: Options): VerifyCaller {
  const failures = localRates();
  const known = metrics.tokens.of({ outcome: 'known' });

  return async (authorization, address) => {
    if (authorization === undefined) return ANONYMOUS;
    const token = bearerToken(authorization);
    const before = token === null ? undefined : tokens.known(token);
    if (before !== undefined) {
      known.add();
      return before;
    }
    // Taken before the work, so that a thousand at once are not all let in, and given back when the token is good.
    const waitMs = badTokens === undefined ? 0 : failures.take(address, badTokens);
    if (badTokens !== undefined && waitMs > 0) {
      metrics.rateLimited.inc({ limit: 'tokens', of: 'address' });
      metrics.tokens.inc({ outcome: 'limited' });
      throw rateLimited(`Too many bad tokens from this address.`, badTokens, waitMs);
    }
    const caller = await verify(token).catch((error: unknown) => {
      if (!isRefusal(error)) giveBack(address);
      throw error;
    });
    giveBack(address);
    return caller;
  };

  function giveBack(address: string): void {
    if (badTokens !== undefined) failures.giveBack(address, badTokens);
  }

  async function verify(token: string | null): Promise<Caller> {
    if (token !== null) return tokens.verify(token);
    metrics.tokens.inc({ outcome: 'malformed' });
    throw new PublicError('UNAUTHENTICATED', 'The Authorization header is not a bearer token.');
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof PublicError && error.code === 'UNAUTHENTICATED';
}
