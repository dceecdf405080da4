import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createSubgraphTokenSigner, listen, type Log, startTracing, takeWhatArrived } from '@atrium/platform/light';
import type { GatewayConfig } from '../config';
import { errorBody, internalError } from './errors';
import { createGraph } from '../graph/apollo';
import { reloadable } from '../graph/reloadable';
import { admitAll, onlyQueriesByGet, onlySubscriptionsInStreams } from './admission';
import { createCallers } from './callers';
import { openAnnouncements } from './announcements';
import { noteCacheHints, readHints } from './cache-hints';
import { costLimit } from './cost';
import { createCors } from './cors';
import { createDocuments } from './documents';
import { type FollowedFile, followFile } from './followed-file';
import { createGraphiql, type Page } from './graphiql';
import { createGraphqlHandler } from './graphql-handler';
import { createMetrics } from '../observe/metrics';
import { createReceiver } from './receive';
import { createRateLimits } from './rate-limit';
import { localRates, openStore, sharedRates } from './rate-store';
import { createResponseCache } from './response-cache';
import { NOTHING_LISTED, parseManifest, readManifest } from './safelist';
import { readWeights } from './weights';
import { cacheSubgraphTokens } from '../identity/subgraph-tokens';
import { createTokenVerifier } from '../identity/verify-caller';
import { openFeed } from '../subscribe/feed';
import { createSockets } from '../subscribe/sockets';
import { createEventStreams, wantsEvents } from '../subscribe/sse';
import { createSubscriptions } from '../subscribe/subscriptions';

const HEADERS_MS = 10_000;
const IDLE_MS = 60_000;

export type RunningGateway = {
  url: string;
  /** Not ready at once, no new requests, the running ones are answered, then everything is closed. */
  stop(): Promise<void>;
};

export async function startGateway(config: GatewayConfig, log: Log): Promise<RunningGateway> {
  const tracing = startTracing({ service: 'gateway', endpoint: config.tracing.endpoint });
  const metrics = createMetrics();
  const tokens = cacheSubgraphTokens(await createSubgraphTokenSigner(config.subgraphTokenKey));
  const manifest = readManifest(config.documents.safelist, config.documents.safelistPath);
  let safelist = NOTHING_LISTED;
  const list = (text: string) => {
    safelist = parseManifest(text);
    metrics.names.list(safelist.names);
  };
  if (manifest !== undefined) list(manifest);
  metrics.listed.watch(() => safelist.texts.size);
  const store =
    config.storeUrl === undefined ? undefined : await openStore(config.storeUrl, config.storeTimeoutMs, log);
  const rateLimits = createRateLimits(
    config.rates,
    store === undefined ? localRates() : sharedRates(store, log),
    metrics.rateLimited,
  );
  const graphOf = (supergraphSdl: string) => {
    const costs = costLimit(readWeights(supergraphSdl), config.limits, (cost, { explain }) => {
      metrics.costs.observe(cost);
      explain?.costs(cost);
    });
    const hints = noteCacheHints(readHints(supergraphSdl));
    const admit = admitAll([onlyQueriesByGet, onlySubscriptionsInStreams, costs, rateLimits.admit, hints]);
    return createGraph(config, supergraphSdl, tokens, admit, metrics, log);
  };
  const graph = reloadable(await graphOf(config.supergraphSdl), (error) => log.error({ err: error }, 'old graph'));
  const announcements = openAnnouncements(config.natsUrl, log, config.natsLogin);
  const following = { pollMs: config.supergraphPollMs, announcements, log };
  const updates: FollowedFile[] = [];
  if (config.supergraphPath !== undefined) {
    const load = async (supergraphSdl: string) => graph.exchange(await graphOf(supergraphSdl));
    const running = { what: 'supergraph', path: config.supergraphPath, loaded: config.supergraphSdl } as const;
    updates.push(followFile({ ...following, ...running, load, reloads: metrics.reloads }));
  }
  const { safelistPath } = config.documents;
  if (manifest !== undefined && safelistPath !== undefined) {
    const running = { what: 'safelist', path: safelistPath, loaded: manifest } as const;
    updates.push(followFile({ ...following, ...running, load: list, reloads: metrics.safelists }));
  }
  const verifier = createTokenVerifier({
    ...config.caller,
    onStaleKeys: (error) => log.warn({ err: error }, "the callers' keys could not be read again, the ones before stay"),
    onOutcome: (outcome) => metrics.tokens.inc({ outcome }),
  });
  metrics.tokensKept.watch(() => verifier.size);
  const verifyCaller = createCallers({ tokens: verifier, badTokens: config.rates.badTokens, metrics });
  const resolveDocument = createDocuments({
    ...config.documents,
    safelisted: () => safelist,
    outcomes: metrics.documents,
    log,
  });
  const receive = createReceiver({ verifyCaller, rateLimits, resolveDocument, config });
  const responses = createResponseCache(store, metrics.cache);
  const graphql = createGraphqlHandler({ graph, receive, responses, config, metrics });
  const feed = openFeed(config.natsUrl, log, config.natsLogin);
  const subscriptions = createSubscriptions({ graph, feed, tokens: verifier, config, metrics, log });
  const events = createEventStreams({ receive, subscriptions, config, metrics });
  const sockets = createSockets({ verifyCaller, rateLimits, resolveDocument, subscriptions, config, metrics, log });
  const cors = createCors(config.corsOrigins);
  const pages = config.graphiql ? createGraphiql(config.graphiqlExamples) : () => undefined;
  let ready = false;
  let stopping = false;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    switch (path) {
      case '/graphql':
        if (cors(request, response)) return;
        return (wantsEvents(request.headers.accept) ? events : graphql)(request, response, query);
      case '/livez':
        return plain(response, 200, 'live');
      case '/readyz':
        return plain(response, ready ? 200 : 503, ready ? 'ready' : 'stopping');
      case '/metrics':
        return plain(response, 200, await metrics.registry.metrics(), metrics.registry.contentType);
      default: {
        const page = reading ? pages(path) : undefined;
        if (page !== undefined) return sendPage(response, page);
        const body = errorBody('NOT_FOUND', 'The graph is at /graphql.', 'none');
        return plain(response, 404, body, 'application/json; charset=utf-8');
      }
    }
  };

  const open = new Set<ServerResponse>();
  const server = createServer({ connectionsCheckingInterval: 1_000 }, (request, response) => {
    open.add(response);
    const fail = (error: unknown) => {
      log.error({ err: error }, 'request failed');
      if (response.headersSent) return response.destroy();
      plain(response, 500, JSON.stringify({ errors: [internalError()] }), 'application/json; charset=utf-8');
    };
    // While stopping, a connection is of no more use once its answer is out.
    response.once('close', () => {
      open.delete(response);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    response.shouldKeepAlive &&= ready;
    void handle(request, response).catch(fail);
  });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  // Who sends slowly holds a connection, and nothing else, and not for long.
  server.headersTimeout = Math.min(HEADERS_MS, config.requestTimeoutMs);
  server.requestTimeout = config.requestTimeoutMs;
  server.timeout = IDLE_MS; // a client that does not read its answer
  server.keepAliveTimeout = 65_000; // longer than load balancers keep theirs
  await listen(server, config.port, config.host);
  ready = true;
  const { port } = server.address() as AddressInfo;

  const stop = async () => {
    ready = false;
    for (const response of open) if (!response.headersSent) response.shouldKeepAlive = false;
    // Whoever sends requests here looks at readiness now and then; until it has, they are answered, each on its last connection.
    await setTimeout(config.shutdownDelayMs);
    await takeWhatArrived();
    stopping = true;
    subscriptions.drain();
    sockets.drain(config.shutdownGraceMs);
    await closeServer(server, config.shutdownGraceMs);
    await announcements.stop();
    await Promise.all(updates.map((update) => update.stop()));
    await subscriptions.stop();
    await graph.close();
    store?.disconnect();
    await tracing.stop();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: `http://localhost:${port}/`,
    stop: () => (stopped ??= stop()),
  };
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = globalThis.setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function plain(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendPage(response: ServerResponse, page: Page): void {
  response.writeHead(200, { ...page.headers, 'content-length': page.body.length });
  response.end(page.body);
}
