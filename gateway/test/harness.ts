import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { composeServices } from '@apollo/composition';
import { type AtriumClaim, PublicError } from '@atrium/platform';
import { parse } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import pino from 'pino';
import type { GatewayConfig } from '../src/config';
import { NO_RATES } from '../src/edge/rates';
import { type RunningGateway, startGateway } from '../src/edge/server';
import { type Context, startSubgraph, type TestSubgraph } from './subgraph';

/** No test waits so long: on a slow machine, too, an answer comes before a time is up. Tests of such a time set a short one. */
export const PATIENCE_MS = 60_000;

/** The same tests hold for each of them: GATEWAY_EXECUTOR=compiled jest …. */
const executorOfTests = (process.env['GATEWAY_EXECUTOR'] ?? 'compiled') as GatewayConfig['executor'];

export const GROUP = '0197a000-0000-7000-8000-000000000001';
export const MEMBER = '0197a000-0000-7000-8000-000000000002';
export const ISSUER = 'https://id.test';
export const AUDIENCE = 'atrium';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';
const PEOPLE = `${LINK}
  type Query { pointsLedgerBlock(number: Int!): Block  page(first: Int = 20): People!  me: Person @shareable  echo: Echo!  people: [Person!]!  fail: String  refuse: String  count(n: Int!): Int }
  type Mutation { rename(name: String!): Person }
  type Person @key(fields: "id") { id: ID!  name: String  self: Person! }
  type People { edges: [PersonEdge!]! }
  type PersonEdge { node: Person! }
  type Block { number: Int!  group: String }
  type Echo { caller: String!  language: String  headers: [String!]! }`;
const WALLET = `${LINK}
  type Query { me: Person @shareable  broken: String! }
  type Person @key(fields: "id") { id: ID!  balance: Int  parent: Person! }`;

export type Harness = {
  gateway: RunningGateway;
  people: TestSubgraph;
  wallet: TestSubgraph;
  supergraphSdl: string;
  /** For a gateway in a process of its own, before the same subgraphs. */
  environment: Record<string, string>;
  logs: string[];
  token: (claim?: AtriumClaim, change?: (jwt: SignJWT) => SignJWT) => Promise<string>;
  post: (
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; headers: Headers; body: Answer }>;
  stop: () => Promise<void>;
};
/** Answers are looked into without a type for each query. */
export type Data = Record<string, ReturnType<typeof JSON.parse>>;
export type Answer = {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
};

export async function startHarness(change: Partial<GatewayConfig> = {}): Promise<Harness> {
  const gatewayKey = await generateKeyPair('EdDSA', { extractable: true });
  const callerKey = await generateKeyPair('EdDSA', { extractable: true });
  const publicKey = await exportJWK(gatewayKey.publicKey);
  const person = { id: MEMBER, name: 'Li' };

  const people = await startSubgraph(
    'people',
    PEOPLE,
    {
      Query: {
        me: (_: unknown, __: unknown, { caller }: Context) => (caller.kind === 'MEMBER' ? person : null),
        people: () => [person, { id: GROUP, name: 'Wang' }],
        echo: (_: unknown, __: unknown, { caller, headers }: Context) => ({
          caller: JSON.stringify(caller),
          language: headers['accept-language'],
          headers: Object.keys(headers).sort(),
        }),
        fail: () => {
          throw new Error('password of the database is hunter2');
        },
        refuse: () => {
          throw new PublicError('FORBIDDEN', 'This needs the permission points:adjust here.');
        },
        pointsLedgerBlock: (_: unknown, { number }: { number: number }, { caller }: Context) => {
          if (number < 0) throw new Error('no such block');
          return { number, group: caller.groupId };
        },
        page: () => ({ edges: [{ node: person }] }),
        count: (_: unknown, { n }: { n: number }) => n,
      },
      Mutation: { rename: (_: unknown, { name }: { name: string }) => ({ ...person, name }) },
      Person: { __resolveReference: (ref: { id: string }) => ({ ...person, ...ref }), self: (self: unknown) => self },
    },
    publicKey,
  );
  const wallet = await startSubgraph(
    'wallet',
    WALLET,
    {
      Query: { me: () => person, broken: () => null },
      Person: { __resolveReference: (ref: unknown) => ref, balance: () => 7, parent: (self: unknown) => self },
    },
    publicKey,
  );

  const composed = composeServices([
    { name: 'people', url: people.url, typeDefs: parse(PEOPLE) },
    { name: 'wallet', url: 'http://replaced.test/graphql', typeDefs: parse(WALLET) },
  ]);
  if (composed.errors) throw new AggregateError(composed.errors);
  const jwks = join(mkdtempSync(join(tmpdir(), 'atrium-')), 'jwks.json');
  writeFileSync(
    jwks,
    JSON.stringify({ keys: [{ ...(await exportJWK(callerKey.publicKey)), alg: 'EdDSA', kid: '1' }] }),
  );

  const supergraph = join(dirname(jwks), 'supergraph.graphql');
  const supergraphSdl = change.supergraphSdl ?? composed.supergraphSdl;
  for (const file of [supergraph, change.supergraphPath ?? supergraph]) writeFileSync(file, supergraphSdl);
  const environment = {
    SUPERGRAPH_PATH: supergraph,
    SUBGRAPH_URLS: JSON.stringify({ wallet: wallet.url }),
    CALLER_ISSUER: ISSUER,
    CALLER_AUDIENCE: AUDIENCE,
    CALLER_JWKS: jwks,
    SUBGRAPH_TOKEN_KEY: JSON.stringify(await exportJWK(gatewayKey.privateKey)),
    RATE_LIMITS: 'off',
    GATEWAY_EXECUTOR: executorOfTests,
    REQUEST_TIMEOUT_MS: String(PATIENCE_MS),
    SUBGRAPH_TIMEOUT_MS: String(PATIENCE_MS),
    PLANNING_TIMEOUT_MS: String(PATIENCE_MS),
  };

  const logs: string[] = [];
  const lines = new Writable({ write: (chunk, _, next) => (logs.push(String(chunk)), next()) });
  const gateway = await startGateway(
    {
      host: '127.0.0.1',
      port: 0,
      supergraphSdl: composed.supergraphSdl,
      subgraphUrls: { wallet: wallet.url },
      caller: { issuer: ISSUER, audience: AUDIENCE, jwks },
      subgraphTokenKey: await exportJWK(gatewayKey.privateKey),
      introspection: false,
      graphiql: true,
      graphiqlExamples: undefined,
      supergraphPath: undefined,
      supergraphPollMs: 5_000,
      natsUrl: undefined,
      rates: NO_RATES,
      proxies: 0,
      storeUrl: undefined,
      storeTimeoutMs: PATIENCE_MS,
      limits: {
        depth: 6,
        aliases: 5,
        tokens: 300,
        fragments: 30,
        operations: 5,
        cost: 1_000,
        listSize: 10,
        bodyBytes: 1_048_576,
      },
      compressFromBytes: 1024,
      corsOrigins: [],
      documents: { safelist: 'off', safelistPath: undefined, persistedQueries: false },
      requestTimeoutMs: PATIENCE_MS,
      subgraphTimeoutMs: PATIENCE_MS,
      subgraphConnections: 4,
      shutdownDelayMs: 0,
      subgraphHttp2: false,
      subgraphBytes: 1_048_576,
      maxOperations: 100,
      shutdownGraceMs: 5_000,
      subscriptions: { max: 100, perCaller: 20, lifetimeMs: 3_600_000, heartbeatMs: PATIENCE_MS, sendMs: PATIENCE_MS },
      executor: executorOfTests,
      planning: { timeoutMs: PATIENCE_MS, memoryMb: 128, queue: 50 },
      tracing: { endpoint: undefined, ratio: 0 },
      logLevel: 'info',
      ...change,
    },
    pino({ level: 'info' }, lines),
  );

  const token: Harness['token'] = (claim = { kind: 'MEMBER', group: GROUP, member: MEMBER }, alter = (jwt) => jwt) =>
    alter(
      new SignJWT({ atrium: claim })
        .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject('someone')
        .setExpirationTime('5m'),
    ).sign(callerKey.privateKey);

  return {
    gateway,
    people,
    wallet,
    supergraphSdl,
    environment,
    logs,
    token,
    post: async (body, headers = {}) => {
      const response = await fetch(`${gateway.url}graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
    },
    stop: async () => {
      await Promise.allSettled([gateway.stop(), people.stop(), wallet.stop()]);
    },
  };
}

/** As `mv` does: whoever reads the path sees the text before or this one, never a part of it. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
