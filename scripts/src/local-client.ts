import type { AtriumClaim } from '@atrium/platform';
import {
  DEFAULT_DIR,
  graphqlClient,
  type GraphQLClient,
  readKeys,
  readState,
  signCallerToken,
} from '@atrium/platform/operator';

/** A client of the graph that runs in this folder, as this caller. */
export async function localClient(subject: string, claim: AtriumClaim): Promise<GraphQLClient> {
  const state = readState();
  return graphqlClient(state.gatewayUrl, await signCallerToken(readKeys(DEFAULT_DIR), subject, claim));
}
