import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSubgraphTokenSigner, listen, type Log, startTracing } from '@atrium/platform';
import type { GatewayConfig } from '../config';
import { errorBody, internalError } from './errors';
import { createGraph } from '../graph/apollo';
import { admitAll, onlyQueriesByGet } from './admission';
import { createCors } from './cors';
import { createDocuments } from './documents';
import { createGraphiql, type Page } from './graphiql';
import { createGraphqlHandler } from './graphql-handler';
import { createMetrics } from '../observe/metrics';
import { readSafelist } from './safelist';
import { cacheSubgraphTokens } from '../identity/subgraph-tokens';
import { createCallerVerifier } from '../identity/verify-caller';

export type RunningGateway = {
  url: string;
  /** Not ready at once, no new requests, the running ones are answered, then everything is closed. */
  stop(): Promise<void>;
};

export async function startGateway(config: GatewayConfig, log: Log): Promise<RunningGateway> {
  const tracing = startTracing({ service: 'gateway', endpoint: config.tracing.endpoint });
  const metrics = createMetrics();
  const tokens = cacheSubgraphTokens(await createSubgraphTokenSigner(config.subgraphTokenKey));
  const listed = readSafelist(config.documents.safelist, config.documents.safelistPath);
  const graph = await createGraph(config, tokens, admitAll([onlyQueriesByGet]), metrics, log);
  const graphql = createGraphqlHandler({
    graph,
    verifyCaller: createCallerVerifier(config.caller),
    resolveDocument: createDocuments({ ...config.documents, listed, outcomes: metrics.documents, log }),
    config,
    metrics,
  });
  const cors = createCors(config.corsOrigins);
  const pages = config.graphiql ? createGraphiql(config.graphiqlExamples) : () => undefined;
  let ready = false;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    switch (path) {
      case '/graphql':
        if (cors(request, response)) return;
        return graphql(request, response, query === '' ? '' : `?${query}`);
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

  const server = createServer((request, response) => {
    const fail = (error: unknown) => {
      log.error({ err: error }, 'request failed');
      if (response.headersSent) return response.destroy();
      plain(response, 500, JSON.stringify({ errors: [internalError()] }), 'application/json; charset=utf-8');
    };
    // While stopping, a connection is of no more use once its answer is out.
    response.once('close', () => {
      if (!ready) setImmediate(() => server.closeIdleConnections());
    });
    void handle(request, response).catch(fail);
  });
  server.requestTimeout = config.requestTimeoutMs;
  server.keepAliveTimeout = 65_000; // longer than load balancers keep theirs
  await listen(server, config.port, config.host);
  ready = true;
  const { port } = server.address() as AddressInfo;

  const stop = async () => {
    ready = false;
    await closeServer(server, config.shutdownGraceMs);
    await graph.close();
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
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
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
