import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Log } from '@atrium/platform';
import type { GatewayConfig } from '../config';
import { formatError, internalError } from '../edge/errors';
import { limitRule } from '../edge/limits';
import type { Metrics } from '../observe/metrics';
import type { RequestContext } from '../edge/request-context';
import { StockSource } from '../fetch/stock-source';
import { SubgraphClient } from '../fetch/subgraph-client';
import { FastLane } from './fast-lane';
import { Planned, withRunner } from './executor';
import { Operations } from './operations';
import { Runner } from './runner';
import type { SubgraphTokens } from '../identity/subgraph-tokens';

export type Graph = {
  server: ApolloServer<RequestContext>;
  /** For operations that the server has let through before. */
  lane: FastLane;
  close(): Promise<void>;
};

/** The composed graph, ready to execute: plans by Apollo, fetches through our own pools. */
export async function createGraph(
  config: GatewayConfig,
  tokens: SubgraphTokens,
  metrics: Metrics,
  log: Log,
): Promise<Graph> {
  const clients = new Map<string, SubgraphClient>();
  const closing: SubgraphClient[] = [];
  const operations = new Operations((error) => log.error({ err: error }, 'operation could not be compiled'));
  const runner = new Runner(operations, async (call, context) => {
    const client = clients.get(call.subgraph);
    if (client === undefined) throw new Error(`There is no subgraph ${call.subgraph}`);
    return client.ask(call.body, call.query, context);
  });
  const gateway = new ApolloGateway({
    supergraphSdl: config.supergraphSdl,
    logger: log,
    buildService: ({ name, url }) => {
      const client = new SubgraphClient({
        name,
        url: config.subgraphUrls[name] ?? url ?? '',
        connections: config.subgraphConnections,
        timeoutMs: config.subgraphTimeoutMs,
        tokens,
        metrics,
        onFailure: (subgraph, requestId, error) =>
          log.warn(
            { subgraph, requestId, reason: error instanceof Error ? error.message : 'unknown' },
            'subgraph is away',
          ),
      });
      clients.set(name, client);
      closing.push(client);
      return new StockSource(name, client);
    },
    experimental_didResolveQueryPlan: ({ queryPlan, requestContext, operationContext }) => {
      const { source, request } = requestContext;
      if (config.executor === 'stock' || source === undefined) return;
      const { operation, fragments } = operationContext;
      const known = operations.learn(source, request.operationName, operation, fragments, queryPlan);
      const ready = known && config.executor === 'compiled' && runner.prepare(known, request.variables ?? {});
      if (ready) throw new Planned(ready);
    },
  });
  gateway.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) =>
    operations.schemaChanged(apiSchema, coreSupergraphSdl),
  );
  const server = new ApolloServer<RequestContext>({
    gateway: config.executor === 'compiled' ? withRunner(gateway, runner, metrics.executions) : gateway,
    logger: log,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // A hash for a text would let anyone fill the cache; safelisted operations are something else.
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    maxRecursiveSelections: true,
    validationRules: [limitRule(config.limits)],
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
    server,
    lane: new FastLane(runner, metrics, log),
    close: async () => {
      await server.stop();
      await Promise.all(closing.map((client) => client.close()));
    },
  };
}

/** Puts the request's id on every error, counts them, and logs those that a person must look at. */
function finishAnswers(metrics: Metrics, log: Log): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue }) => ({
      didResolveOperation: async ({ operation }) => {
        if (operation !== undefined) contextValue.seen.operation = operation.operation;
      },
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
          metrics.errors.inc({ code });
          if (code === 'INTERNAL' && errors?.[index] !== undefined) {
            log.error({ requestId: contextValue.requestId, path: error.path, err: errors[index] }, 'internal error');
          }
          return { ...error, extensions: { ...error.extensions, requestId: contextValue.requestId } };
        });
      },
    }),
  };
}
