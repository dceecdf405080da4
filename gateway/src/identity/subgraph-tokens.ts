import { type Caller, type SignSubgraphToken } from '@atrium/platform/light';

/** Renewed well before the minute is over, so that no token dies on its way. */
const REUSED_FOR_MS = 40_000;

export type SubgraphTokens = (subgraph: string, caller: Caller) => Promise<string>;

/**
 * One token per caller and subgraph, minted once and used again for most of its life. The verifier hands out the same
 * Caller object as long as it knows the caller's token; when that is dropped, the minted tokens go with it.
 */
export function cacheSubgraphTokens(sign: SignSubgraphToken, now: () => Date = () => new Date()): SubgraphTokens {
  const minted = new WeakMap<Caller, Map<string, { token: Promise<string>; until: number }>>();

  return (subgraph, caller) => {
    const at = now();
    const tokens = minted.get(caller) ?? new Map<string, { token: Promise<string>; until: number }>();
    const known = tokens.get(subgraph);
    if (known !== undefined && known.until > at.getTime()) return known.token;

    const token = sign(subgraph, caller, at);
    tokens.set(subgraph, { token, until: at.getTime() + REUSED_FOR_MS });
    minted.set(caller, tokens);
    // A failed signature must not be handed to the next forty seconds of requests.
    token.catch(() => tokens.delete(subgraph));
    return token;
  };
}
