import { createRequire } from 'node:module';
import type { Log } from '@atrium/platform/light';
import { buildSchema } from 'graphql';
import type { GatewayConfig } from '../config';
import type { Admit } from '../edge/admission';
import type { RequestContext } from '../edge/request-context';
import { subtypesOf } from '../execute/subtypes';
import { SubgraphClient } from '../fetch/subgraph-client';
import type { SubgraphTokens } from '../identity/subgraph-tokens';
import type { Metrics } from '../observe/metrics';
import { createSubscriptionReader } from '../subscribe/reader';
import { notExecuted } from './answers';
import { FastLane } from './fast-lane';
import type { Executed, Graph, Operation } from './graph';
import { learner } from './learning';
import { type KnownOperation, Operations } from './operations';
import { Planner } from './planner';
import { Runner } from './runner';
import type * as StockModule from './stock';

/** The composed graph, ready to execute: plans by Apollo, in a process of their own; fetches through our own pools. */
export async function createGraph(
  config: Omit<GatewayConfig, 'supergraphSdl'>,
  supergraphSdl: string,
  tokens: SubgraphTokens,
  admit: Admit,
  metrics: Metrics,
  log: Log,
): Promise<Graph> {
  const { introspection, limits, executor } = config;
  const task = { supergraphSdl, introspection, maxTokens: limits.tokens };
  const planner = await Planner.start(task, config.planning, metrics.planning, log);
  const { apiSdl, subgraphs } = planner.facts;
  const clients = new Map(
    subgraphs.map(({ name, url }) => [name, clientOf(name, url ?? '', config, tokens, metrics, log)]),
  );
  const schema = buildSchema(apiSdl, { assumeValid: true, noLocation: true });
  const operations = new Operations(
    schema,
    subtypesOf(supergraphSdl),
    (error) => log.error({ err: error }, 'operation could not be compiled'),
    metrics.plans.of({ outcome: 'evicted' }),
  );
  const unwatch = [
    metrics.plansKept.watch(() => operations.size),
    metrics.planCharacters.watch(() => operations.characters),
  ];
  const hits = metrics.plans.of({ outcome: 'hit' });
  const misses = metrics.plans.of({ outcome: 'miss' });
  const runner = new Runner(schema, async (call, context) => {
    const client = clients.get(call.subgraph);
    if (client === undefined) throw new Error(`There is no subgraph ${call.subgraph}`);
    return client.ask(call.body, call.query, context);
  });
  const lane = new FastLane(runner, metrics, log);
  const learn = learner(operations, planner, limits);
  // Apollo's server and gateway take as much memory as all the rest, so they come when they are needed.
  let stock: Promise<StockModule.Stock> | undefined;
  const startStock = () =>
    (stock ??= stockModule().startStock({ supergraphSdl, introspection, clients, metrics, log }));

  const executeByStock = async (operation: Operation, { plan, compiled }: KnownOperation, context: RequestContext) => {
    const reason = executor !== 'compiled' ? 'chosen' : typeof compiled === 'string' ? compiled : 'variables';
    metrics.executions.inc({ executor: 'stock', reason });
    context.explain?.executedBy('stock', reason);
    return (await startStock()).execute(operation, plan, context);
  };

  const execute = async (operation: Operation, context: RequestContext): Promise<Executed> => {
    try {
      return await executeOnce(operation, context);
    } finally {
      if (context.seen.operation === 'mutation') lane.forget();
    }
  };

  const executeOnce = async (operation: Operation, context: RequestContext): Promise<Executed> => {
    const { query, operationName, variables = {} } = operation;
    const found = operations.find(query, operationName);
    (found === undefined ? misses : hits).add();
    const learned = found === undefined ? await learn(operation, context) : { known: found };
    if ('invalid' in learned) return notExecuted(learned.invalid, context, metrics);
    const { known } = learned;
    const { definition, fragments } = known;
    context.explain?.planned(known.plan, found !== undefined);
    context.seen.operation = definition.operation;
    context.seen.name = definition.name?.value ?? '';
    await admit({ schema, fragments, operation: definition, variables, context });
    const prepared = executor === 'stock' ? undefined : runner.prepare(known, operation);
    if (executor === 'compiled' && prepared !== undefined) {
      if ('refused' in prepared) return notExecuted(prepared.refused, context, metrics);
      return lane.execute({ operation: known, variables, ready: prepared.ready }, context, found === undefined);
    }
    const answer = await executeByStock(operation, known, context);
    const comparable = prepared !== undefined && 'ready' in prepared && definition.operation === 'query';
    if (comparable) await lane.compare({ operation: known, variables, ready: prepared.ready }, context, answer.body);
    return answer;
  };

  const close = async () => {
    for (const stop of unwatch) stop();
    await (await stock?.catch(() => undefined))?.stop();
    await Promise.all([planner.close(), ...[...clients.values()].map((client) => client.close())]);
  };
  if (executor !== 'compiled') {
    try {
      await startStock();
    } catch (error) {
      await close();
      throw error;
    }
  }
  const subscription = createSubscriptionReader({ schema, limits, admit });
  return { execute, subscription, close };
}

/** The only subgraph that a site has. */
const AT_A_SITE = 'merchant-settlement';

function stockModule(): typeof StockModule {
  return createRequire(__filename)('./stock') as typeof StockModule;
}

function clientOf(
  name: string,
  url: string,
  config: Omit<GatewayConfig, 'supergraphSdl'>,
  tokens: SubgraphTokens,
  metrics: Metrics,
  log: Log,
): SubgraphClient {
  return new SubgraphClient({
    name,
    url: config.subgraphUrls[name] ?? url,
    connections: config.subgraphConnections,
    timeoutMs: config.subgraphTimeoutMs,
    maxBytes: config.subgraphBytes,
    http2: config.subgraphHttp2,
    onlyAtHub: config.atSite === true && name !== AT_A_SITE,
    tokens,
    meter: metrics.subgraph(name),
    onFailure: (subgraph, requestId, error) =>
      log.warn({ subgraph, requestId, reason: error instanceof Error ? error.message : 'unknown' }, 'subgraph is away'),
  });
}
