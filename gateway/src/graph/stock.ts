import { AsyncLocalStorage } from 'node:async_hooks';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { QueryPlan, QueryPlanCache } from '@apollo/query-planner';
import type { Log } from '@atrium/platform/light';
import { formatError, internalError } from '../edge/errors';
import type { RequestContext } from '../edge/request-context';
import { StockSource } from '../fetch/stock-source';
import type { SubgraphClient } from '../fetch/subgraph-client';
import { countError, type Metrics } from '../observe/metrics';
import type { Executed, Operation } from './graph';

/** Apollo's server and executor, for operations that are valid and planned. */
export type Stock = {
  execute(operation: Operation, plan: QueryPlan, context: RequestContext): Promise<Executed>;
  stop(): Promise<void>;
};

type Options = {
  supergraphSdl: string;
  introspection: boolean;
  clients: ReadonlyMap<string, SubgraphClient>;
  metrics: Metrics;
  log: Log;
};

/** What the edge has not decided already: there is one kind of request left. */
const HEADERS = new HeaderMap([
  ['content-type', 'application/json'],
  ['accept', 'application/graphql-response+json'],
]);

/** In place of Apollo's cache of plans: nothing is planned there. */
export function plansFrom(get: () => Promise<QueryPlan | undefined>): QueryPlanCache {
  return { get, set: async () => undefined, delete: async () => undefined, clear: () => undefined };
}

export async function startStock({ supergraphSdl, introspection, clients, metrics, log }: Options): Promise<Stock> {
  // Each request brings its plan along; where Apollo looks for one that it has made before, it finds that.
  const plans = new AsyncLocalStorage<QueryPlan>();
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: log,
    queryPlannerConfig: { cache: plansFrom(async () => plans.getStore()) },
    buildService: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`There is no subgraph ${name}`);
      return new StockSource(name, client);
    },
  });
  const server = new ApolloServer<RequestContext>({
    gateway,
    logger: log,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    // Those are the edge's: cross-site requests, batches, persisted documents, limits.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    maxRecursiveSelections: true,
    formatError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      finishAnswers(metrics, log),
    ],
  });
  await server.start();
  return {
    execute: (operation, plan, context) => plans.run(plan, () => executeBy(server, operation, context)),
    stop: () => server.stop(),
  };
}

async function executeBy(
  server: ApolloServer<RequestContext>,
  { query, operationName, variables }: Operation,
  context: RequestContext,
): Promise<Executed> {
  const asked = { query, operationName: operationName ?? null, variables: variables ?? null };
  const { status, body } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers: HEADERS, search: '', body: asked },
    context: async () => context,
  });
  // @defer is not offered, so an answer is always one piece.
  if (body.kind !== 'complete') throw new Error('An answer in pieces was not expected');
  return { status: status ?? 200, body: body.string };
}

/** Puts the request's id on every error, counts them, and logs those that a person must look at. */
function finishAnswers(metrics: Metrics, log: Log): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue }) => ({
      willSendResponse: async ({ response, errors }) => {
        if (response.body.kind !== 'single') return;
        const result = response.body.singleResult;
        if (result.extensions?.['valueCompletion'] !== undefined) {
          // A subgraph broke its own schema (null where it promised a value): our fault, not an answer without errors.
          log.error(
            { requestId: contextValue.requestId, completion: result.extensions['valueCompletion'] },
            'broken answer',
          );
          delete result.extensions['valueCompletion'];
          if (Object.keys(result.extensions).length === 0) delete result.extensions;
          result.errors = [internalError()];
        }
        if (result.errors === undefined) return;
        result.errors = result.errors.map((error, index) => {
          const code = String(error.extensions?.['code']);
          countError(metrics, contextValue.seen, code);
          if (code === 'INTERNAL' && errors?.[index] !== undefined) {
            log.error({ requestId: contextValue.requestId, path: error.path, err: errors[index] }, 'internal error');
          }
          return { ...error, extensions: { ...error.extensions, requestId: contextValue.requestId } };
        });
      },
    }),
  };
}
