// What a process of a local graph is told: the same for every way of starting one.
import type { ServiceName } from '@atrium/contracts';
import { jwksFile, LOCAL_AUDIENCE, LOCAL_ISSUER, type LocalKeys } from '@atrium/platform/operator';

/** gateway/README.md says why. */
export const GATEWAY_NODE_OPTIONS = ['--max-semi-space-size=32'];

export function serviceEnvironment(
  name: ServiceName,
  at: { databaseUrl: string; natsUrl: string; keys: LocalKeys; port: number; embedWorker: boolean },
): Record<string, string> {
  return {
    DATABASE_URL: at.databaseUrl,
    NATS_URL: at.natsUrl,
    GATEWAY_PUBLIC_KEY: JSON.stringify(at.keys.gatewayPublic),
    PORT: String(at.port),
    EMBED_WORKER: String(at.embedWorker),
    LOG_LEVEL: 'info',
    ...(name === 'member' || name === 'merchant-settlement' ? { BLIND_INDEX_KEY: at.keys.blindIndexKey } : {}),
    ...(name === 'member' ? { MEMBER_MASTER_KEY: at.keys.memberMasterKey } : {}),
    ...(name === 'messaging' ? { SMS_PROVIDER_URL: 'sink:' } : {}),
  };
}

export function gatewayEnvironment(at: {
  /** The graph's folder, with the keys. */
  dir: string;
  natsUrl: string;
  keys: LocalKeys;
  port: number;
  subgraphs: Record<ServiceName, string>;
}): Record<string, string> {
  return {
    PORT: String(at.port),
    SUBGRAPH_URLS: JSON.stringify(at.subgraphs),
    CALLER_ISSUER: LOCAL_ISSUER,
    CALLER_AUDIENCE: LOCAL_AUDIENCE,
    CALLER_JWKS: jwksFile(at.dir),
    SUBGRAPH_TOKEN_KEY: JSON.stringify(at.keys.gateway),
    NATS_URL: at.natsUrl,
    // Imports and benchmarks ask as fast as they can, as one caller.
    RATE_LIMITS: 'off',
    INTROSPECTION: 'true',
    GRAPHIQL: 'true',
  };
}
