import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, STOP, tracingConfig } from '@atrium/platform/light';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { DocumentPolicy } from './edge/documents';
import { DEFAULT_RATES, NO_RATES, type Rates, ratesShape } from './edge/rates';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

const privateKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() });

const environment = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000).describe('Port to listen on.'),
  SUPERGRAPH_PATH: z
    .string()
    .default(join(__dirname, '..', 'supergraph.graphql'))
    .describe('The composed supergraph.'),
  SUBGRAPH_URLS: json(z.record(z.string(), z.url()))
    .prefault('{}')
    .describe('JSON: where a subgraph is, by its name; others are where the supergraph says.'),
  SITE: z
    .string()
    .optional()
    .describe('The mall whose own recording this gateway stands before; what is at the hub only is refused.'),
  CALLER_ISSUER: z.string().min(1).describe("`iss` of the callers' tokens."),
  CALLER_AUDIENCE: z.string().min(1).describe("`aud` of the callers' tokens."),
  CALLER_JWKS: z.string().min(1).describe("URL or file of the keys that sign callers' tokens."),
  SUBGRAPH_TOKEN_KEY: json(privateKey).describe("Private JWK (Ed25519) that signs the gateway's tokens for subgraphs."),
  INTROSPECTION: flag.prefault('false').describe('Whether clients may read the schema.'),
  GRAPHIQL: flag.prefault('false').describe('Whether / serves GraphiQL.'),
  GRAPHIQL_EXAMPLES: z.string().optional().describe('File with tokens and variables for the ready tabs; local runs.'),
  MAX_DEPTH: count(12).describe('Deepest nesting of an operation.'),
  MAX_ALIASES: count(30).describe('Most aliases of an operation.'),
  MAX_TOKENS: count(2000).describe('Most lexical tokens of a document.'),
  MAX_FRAGMENTS: count(50).describe('Most named fragments of a document.'),
  MAX_DOCUMENT_OPERATIONS: count(20).describe('Most operations of a document, of which one is executed.'),
  MAX_COST: count(10_000).describe('Most that an operation may cost, in objects.'),
  LIST_SIZE: count(10).describe('Items of a list that the supergraph says nothing about, for the cost.'),
  MAX_BODY_BYTES: count(1_048_576).describe('Largest request body.'),
  RATE_LIMITS: z
    .union([z.literal('off').transform((): Rates => NO_RATES), json(ratesShape)])
    .prefault(JSON.stringify(DEFAULT_RATES))
    .describe('JSON: requests of callers and uses of fields, as rates like 30/m; or off.'),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0).describe('Proxies in front that name the client.'),
  CACHE_URL: z.url().optional().describe('Redis or Valkey that the gateways share.'),
  CACHE_TIMEOUT_MS: count(500).describe('Time for an answer of it; a store that takes longer counts as away.'),
  NATS_USER: z.string().optional().describe("The gateway's own NATS user."),
  NATS_PASSWORD: z.string().optional().describe('Its password.'),
  NATS_URL: z.string().optional().describe('Where a new supergraph is announced.'),
  SUPERGRAPH_POLL_MS: count(5_000).describe('How often the supergraph and the manifest are looked at.'),
  COMPRESS_FROM_BYTES: count(1024).describe('Answers of this size are compressed for clients that take it.'),
  CORS_ORIGINS: list.describe('Origins whose pages may read answers, separated by commas.'),
  SAFELIST: z
    .enum(['off', 'audit', 'enforce'])
    .default('off')
    .describe('Whether operations that are not in the manifest are executed, counted and logged, or refused.'),
  SAFELIST_PATH: z.string().optional().describe('Manifest of operations, built from the documents of clients.'),
  PERSISTED_QUERIES: flag.prefault('false').describe('Whether verified callers may leave a text under its hash.'),
  REQUEST_TIMEOUT_MS: count(15_000).describe('Time for a whole answer.'),
  SUBGRAPH_TIMEOUT_MS: count(10_000).describe("Time for one subgraph's answer."),
  SUBGRAPH_CONNECTIONS: count(64).describe('Connections to each subgraph at the most.'),
  SHUTDOWN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(STOP.delayMs)
    .default(0)
    .describe('How long it still takes requests when it is not ready any more.'),
  SUBGRAPH_HTTP2: flag.prefault('false').describe('HTTP/2 without TLS to subgraphs, by prior knowledge.'),
  MAX_SUBGRAPH_BYTES: count(16_777_216).describe('Largest answer of a subgraph.'),
  MAX_OPERATIONS: count(1000).describe('Operations at a time; one more is refused with 503.'),
  MAX_SUBSCRIPTIONS: count(10_000).describe('Subscriptions that are open at a time, and WebSockets.'),
  MAX_SUBSCRIPTIONS_PER_CALLER: count(20).describe('Of one caller, over all its connections.'),
  SUBSCRIPTION_LIFETIME_MS: count(3_600_000).describe(
    'Clients open a subscription again after this time at the latest.',
  ),
  SUBSCRIPTION_HEARTBEAT_MS: count(12_000).describe('How often connections are kept awake and tokens looked at.'),
  SUBSCRIPTION_SEND_MS: count(10_000).describe('A client that takes longer to read an event is cut off.'),
  SHUTDOWN_GRACE_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(STOP.underWayMs)
    .default(10_000)
    .describe('How long running requests may take when the gateway stops.'),
  PLANNING_TIMEOUT_MS: count(5_000).describe('Time to validate and plan a new operation.'),
  PLANNING_MEMORY_MB: count(128).describe('Heap of the process that plans.'),
  MAX_PLANNINGS: count(200).describe('New operations that may wait for their plan; one more is refused with 503.'),
  GATEWAY_EXECUTOR: z
    .enum(['stock', 'compiled', 'shadow'])
    .default('compiled')
    .describe("Who executes known operations: Apollo's executor, ours, or Apollo's with ours compared to it."),
  ...tracingConfig,
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.01).describe('Share of requests that are traced.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
});

export type Limits = {
  depth: number;
  aliases: number;
  tokens: number;
  fragments: number;
  operations: number;
  cost: number;
  /** Items that a list of unknown length is counted with. */
  listSize: number;
  bodyBytes: number;
};

export type SubscriptionLimits = {
  max: number;
  perCaller: number;
  lifetimeMs: number;
  heartbeatMs: number;
  /** For a client to take one event. */
  sendMs: number;
};

export type ExecutorMode = 'stock' | 'compiled' | 'shadow';

export type NatsLogin = { user: string | undefined; pass: string | undefined };

export type GatewayConfig = {
  host: string;
  port: number;
  supergraphSdl: string;
  /** The file to follow; undefined: it never changes. */
  supergraphPath: string | undefined;
  supergraphPollMs: number;
  natsUrl: string | undefined;
  natsLogin?: NatsLogin;
  /** Where a subgraph is, by its name in the supergraph; others are where the supergraph says. */
  subgraphUrls: Record<string, string>;
  /** Only merchant-settlement is here; the rest is refused and not asked. */
  atSite?: boolean;
  caller: { issuer: string; audience: string; jwks: string };
  subgraphTokenKey: JWK;
  introspection: boolean;
  graphiql: boolean;
  graphiqlExamples: string | undefined;
  limits: Limits;
  rates: Rates;
  proxies: number;
  storeUrl: string | undefined;
  storeTimeoutMs: number;
  compressFromBytes: number;
  corsOrigins: string[];
  documents: DocumentPolicy & { safelistPath: string | undefined };
  requestTimeoutMs: number;
  subgraphTimeoutMs: number;
  subgraphConnections: number;
  shutdownDelayMs: number;
  subgraphHttp2: boolean;
  subgraphBytes: number;
  maxOperations: number;
  shutdownGraceMs: number;
  subscriptions: SubscriptionLimits;
  executor: ExecutorMode;
  /** Of the process that plans: how long and how large it may get, how many operations may wait for it. */
  planning: { timeoutMs: number; memoryMb: number; queue: number };
  /** Where traces go (undefined: nowhere), and which share of requests makes them. */
  tracing: { endpoint: string | undefined; ratio: number };
  logLevel: string;
};

/** The only reader of the environment; throws ConfigError with a line for each variable that is wrong. */
export function loadConfig(env: Record<string, string | undefined> = process.env): GatewayConfig {
  const values = parseConfig(environment, env);
  return {
    host: values.HOST,
    port: values.PORT,
    supergraphSdl: readFileSync(values.SUPERGRAPH_PATH, 'utf8'),
    supergraphPath: values.SUPERGRAPH_PATH,
    supergraphPollMs: values.SUPERGRAPH_POLL_MS,
    natsUrl: values.NATS_URL,
    natsLogin: { user: values.NATS_USER, pass: values.NATS_PASSWORD },
    subgraphUrls: values.SUBGRAPH_URLS,
    atSite: values.SITE !== undefined,
    caller: { issuer: values.CALLER_ISSUER, audience: values.CALLER_AUDIENCE, jwks: values.CALLER_JWKS },
    subgraphTokenKey: values.SUBGRAPH_TOKEN_KEY,
    introspection: values.INTROSPECTION,
    graphiql: values.GRAPHIQL,
    graphiqlExamples: values.GRAPHIQL_EXAMPLES,
    limits: {
      depth: values.MAX_DEPTH,
      aliases: values.MAX_ALIASES,
      tokens: values.MAX_TOKENS,
      fragments: values.MAX_FRAGMENTS,
      operations: values.MAX_DOCUMENT_OPERATIONS,
      cost: values.MAX_COST,
      listSize: values.LIST_SIZE,
      bodyBytes: values.MAX_BODY_BYTES,
    },
    rates: values.RATE_LIMITS,
    proxies: values.TRUSTED_PROXIES,
    storeUrl: values.CACHE_URL,
    storeTimeoutMs: values.CACHE_TIMEOUT_MS,
    compressFromBytes: values.COMPRESS_FROM_BYTES,
    corsOrigins: values.CORS_ORIGINS,
    documents: {
      safelist: values.SAFELIST,
      safelistPath: values.SAFELIST_PATH,
      persistedQueries: values.PERSISTED_QUERIES,
    },
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    subgraphTimeoutMs: values.SUBGRAPH_TIMEOUT_MS,
    subgraphConnections: values.SUBGRAPH_CONNECTIONS,
    shutdownDelayMs: values.SHUTDOWN_DELAY_MS,
    subgraphHttp2: values.SUBGRAPH_HTTP2,
    subgraphBytes: values.MAX_SUBGRAPH_BYTES,
    maxOperations: values.MAX_OPERATIONS,
    shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
    subscriptions: {
      max: values.MAX_SUBSCRIPTIONS,
      perCaller: values.MAX_SUBSCRIPTIONS_PER_CALLER,
      lifetimeMs: values.SUBSCRIPTION_LIFETIME_MS,
      heartbeatMs: values.SUBSCRIPTION_HEARTBEAT_MS,
      sendMs: values.SUBSCRIPTION_SEND_MS,
    },
    executor: values.GATEWAY_EXECUTOR,
    planning: {
      timeoutMs: values.PLANNING_TIMEOUT_MS,
      memoryMb: values.PLANNING_MEMORY_MB,
      queue: values.MAX_PLANNINGS,
    },
    tracing: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: values.OTEL_TRACES_SAMPLER_ARG },
    logLevel: values.LOG_LEVEL,
  };
}
