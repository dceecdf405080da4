import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Log } from '@atrium/platform';
import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import type { GatewayConfig } from '../config';
import { type Admit, fragmentsOf } from '../edge/admission';
import { formatError, internalError } from '../edge/errors';
import { createLimitCheck } from '../edge/limits';
import { asRefusal } from '../edge/refusal';
import type { RequestContext } from '../edge/request-context';
import { StockSource } from '../fetch/stock-source';
import { SubgraphClient } from '../fetch/subgraph-client';
import type { SubgraphTokens } from '../identity/subgraph-tokens';
import { countError, type Metrics } from '../observe/metrics';
import { createSubscriptionReader } from '../subscribe/reader';
import { Planned, withRunner } from './executor';
import { FastLane } from './fast-lane';
import type { Executed, Graph, Operation } from './graph';
import { Operations } from './operations';
import { Runner } from './runner';

/** What the edge has not decided already: there is one kind of request left. */
const HEADERS = new HeaderMap([
  ['content-type', 'application/json'],
  ['accept', 'application/graphql-response+json'],
]);

/** The composed graph, ready to execute: plans by Apollo, fetches through our own pools. */
export async function createGraph(
  config: Omit<GatewayConfig, 'supergraphSdl'>,
  supergraphSdl: string,
  tokens: SubgraphTokens,
  admit: Admit,
  metrics: Metrics,
  log: Log,
): Promise<Graph> {
  const clients = new Map<string, SubgraphClient>();
  const closing: SubgraphClient[] = [];
  const operations = new Operations(
    (error) => log.error({ err: error }, 'operation could not be compiled'),
    metrics.plans.of({ outcome: 'evicted' }),
  );
  const unwatch = [
    metrics.plansKept.watch(() => operations.size),
    metrics.planCharacters.watch(() => operations.characters),
  ];
  const runner = new Runner(operations, async (call, context) => {
    const client = clients.get(call.subgraph);
    if (client === undefined) throw new Error(`There is no subgraph ${call.subgraph}`);
    return client.ask(call.body, call.query, context);
  });
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: log,
    buildService: ({ name, url }) => {
      const client = new SubgraphClient({
        name,
        url: config.subgraphUrls[name] ?? url ?? '',
        connections: config.subgraphConnections,
        timeoutMs: config.subgraphTimeoutMs,
        maxBytes: config.subgraphBytes,
        http2: config.subgraphHttp2,
        tokens,
        meter: metrics.subgraph(name),
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
      (requestContext.context as RequestContext).explain?.planned(queryPlan, false);
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
    // Those are the edge's: cross-site requests, batches, persisted documents.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    maxRecursiveSelections: true,
    formatError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      admitOperations(admit),
      finishAnswers(metrics, log),
    ],
  });
  const closeClients = () => {
    for (const stop of unwatch) stop();
    return Promise.all(closing.map((client) => client.close()));
  };
  try {
    await server.start();
  } catch (error) {
    await closeClients();
    throw error;
  }
  const checkLimits = createLimitCheck(config.limits);
  const lane = new FastLane(runner, metrics, log);

  const execute = async (operation: Operation, context: RequestContext): Promise<Executed> => {
    try {
      return await executeOnce(operation, context);
    } finally {
      if (context.seen.operation === 'mutation') lane.forget();
    }
  };

  /** Known operations by our executor when it is chosen, everything else by the server's. */
  const executeOnce = async (operation: Operation, context: RequestContext): Promise<Executed> => {
    if (config.executor !== 'compiled') context.explain?.executedBy('stock', 'chosen');
    const known = config.executor === 'stock' ? undefined : lane.prepare(operation);
    if (known === undefined) {
      checkLimits(operation.query);
      return executeBy(server, operation, context);
    }
    const { definition, fragments } = known.operation;
    note(context.seen, definition);
    context.explain?.planned(known.operation.plan, true);
    if (config.executor === 'compiled') {
      const { variables = {} } = operation;
      await admit({ schema: known.schema, fragments, operation: definition, variables, context });
      return lane.execute(known, context);
    }
    const answer = await executeBy(server, operation, context);
    await lane.compare(known, context, answer.body);
    return answer;
  };

  const subscription = createSubscriptionReader({
    schema: () => operations.schema,
    checkLimits,
    maxTokens: config.limits.tokens,
    admit,
  });

  return {
    execute,
    subscription,
    close: async () => {
      await server.stop();
      await closeClients();
    },
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

function note(seen: RequestContext['seen'], { operation, name }: OperationDefinitionNode): void {
  seen.operation = operation;
  seen.name = name?.value ?? '';
}

/** A refusal is left for the edge, which knows how to say it; here it only ends the request. */
function admitOperations(admit: Admit): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: context }) => ({
      didResolveOperation: async ({ document, operation, request: { variables = {} }, schema }) => {
        if (operation === undefined) return;
        try {
          await admit({ schema, fragments: fragmentsOf(document), operation, variables, context });
        } catch (error) {
          context.seen.refused = asRefusal(error);
          throw context.seen.refused === undefined ? error : new GraphQLError('refused');
        }
      },
    }),
  };
}

/** Puts the request's id on every error, counts them, and logs those that a person must look at. */
function finishAnswers(metrics: Metrics, log: Log): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue }) => ({
      didResolveOperation: async ({ operation }) => {
        if (operation !== undefined) note(contextValue.seen, operation);
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
        if (result.errors === undefined || contextValue.seen.refused !== undefined) return;
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
