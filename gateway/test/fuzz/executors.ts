import { ApolloGateway } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { createHash } from 'node:crypto';
import { buildSchema, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, parse } from 'graphql';
import pino from 'pino';
import { formatError } from '../../src/edge/errors';
import { Refusal } from '../../src/edge/refusal';
import type { RequestContext } from '../../src/edge/request-context';
import type { SubgraphAnswer } from '../../src/execute/run';
import { subtypesOf } from '../../src/execute/subtypes';
import { StockSource } from '../../src/fetch/stock-source';
import type { Operation } from '../../src/graph/graph';
import { type Learn, learner } from '../../src/graph/learning';
import { Operations } from '../../src/graph/operations';
import { Planner } from '../../src/graph/planner';
import { Runner } from '../../src/graph/runner';
import { plansFrom } from '../../src/graph/stock';
import { createMetrics } from '../../src/observe/metrics';
import type { Query } from './queries';
import { canonical, Subgraphs, type Weather } from './subgraphs';

const log = pino({ level: 'silent' });
const NO_LIMIT = 1_000_000;
const LIMITS = { tokens: 10_000, fragments: NO_LIMIT, operations: 1, depth: NO_LIMIT, aliases: NO_LIMIT };
const PLANNING = { timeoutMs: 10_000, memoryMb: 128, queue: 10 };

/** An answer in a form that can be compared: keys sorted, errors in any order. */
export type Comparable = { data: string; errors: string[]; broken: boolean };

/** What both say when a subgraph's answer cannot even be merged. How much was merged before is then a matter of order. */
export const UNMERGEABLE = canonical(internal());

/** Both executors over one supergraph, fed with the same plans and the same data. */
export class Executors {
  /** With its types in the order of the supergraph: random operations depend on it. */
  schema: GraphQLSchema;
  readonly failed: unknown[] = [];
  /** Requests that were several before, and those among them whose answer did not say what each would have been told. */
  readonly waves = { merged: 0, apart: 0 };
  private operations: Operations;
  private runner: Runner;
  private planner: Planner;
  private learn: Learn;
  private readonly subgraphs: Subgraphs;
  private readonly gateway: ApolloGateway;
  private executor: GatewayExecutor;
  private plan: QueryPlan | undefined;
  private world = '';
  private weather: Weather = { nulls: 0, errors: 0, lies: 0, away: 0 };
  private waiting: { key: string; give: () => void }[] = [];

  constructor(private readonly supergraphSdl: string) {
    this.subgraphs = new Subgraphs(supergraphSdl);
    this.gateway = new ApolloGateway({
      supergraphSdl,
      logger: log,
      queryPlannerConfig: { cache: plansFrom(async () => this.plan) },
      buildService: ({ name }) => new StockSource(name, { ask: (body) => this.ask(name, body) }),
    });
  }

  async load(): Promise<this> {
    const { executor, schema } = await this.gateway.load();
    this.executor = executor as unknown as GatewayExecutor;
    this.schema = schema;
    const task = { supergraphSdl: this.supergraphSdl, introspection: false, maxTokens: LIMITS.tokens };
    this.planner = await Planner.start(task, PLANNING, createMetrics().planning, log);
    const api = buildSchema(this.planner.facts.apiSdl);
    this.operations = new Operations(api, subtypesOf(this.supergraphSdl), (error) => this.failed.push(error));
    this.runner = new Runner(api, ({ subgraph, body }) => this.ask(subgraph, body));
    this.learn = learner(this.operations, this.planner, LIMITS);
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all([this.gateway.stop(), this.planner.close()]);
  }

  /** Plans the operation for both. The code of a refusal when the planner cannot. */
  async prepare({ text }: Query): Promise<string | undefined> {
    try {
      const learned = await this.learn(
        { query: text } as Operation,
        { deadline: performance.now() + 60_000 } as RequestContext,
      );
      if ('invalid' in learned) throw new Error(`Not valid: ${JSON.stringify(learned.invalid)}`);
      this.plan = learned.known.plan;
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }

  set(world: string, weather: Weather): void {
    this.world = world;
    this.weather = weather;
  }

  async stock({ text, variables }: Query): Promise<Comparable> {
    const request = {
      request: { query: text, variables },
      document: parse(text),
      source: text,
      queryHash: createHash('sha256').update(text).digest('hex'),
      logger: log,
      metrics: {},
      context: {},
    };
    try {
      const { data, errors, extensions } = await this.executor(request as unknown as Parameters<GatewayExecutor>[0]);
      const formatted = (errors ?? []).map((error) => formatError(enriched(error), error));
      return {
        data: canonical(data),
        errors: sorted(formatted),
        broken: extensions?.['valueCompletion'] !== undefined,
      };
    } catch {
      return { data: 'null', errors: sorted([internal()]), broken: false };
    }
  }

  /** undefined: the operation, or its variables, are for the stock executor. */
  async compiled({ text, variables }: Query): Promise<Comparable | undefined> {
    const operation = { query: text, variables } as Operation;
    const known = this.operations.find(text, undefined);
    const prepared = known && this.runner.prepare(known, operation);
    if (prepared === undefined || !('ready' in prepared)) return undefined;
    const { data, failures, broken } = await this.runner.run(prepared.ready, {} as RequestContext);
    const formatted = failures.map(({ message, path, extensions }) =>
      formatError({ message, ...(path && { path }), extensions }, undefined),
    );
    return { data: data === undefined ? 'null' : canonical(JSON.parse(data)), errors: sorted(formatted), broken };
  }

  /**
   * Whose answer comes first decides who wins where subgraphs contradict each other. So they come in a fixed order: all
   * that are waited for, one after the other.
   */
  private ask(subgraph: string, body: string): Promise<SubgraphAnswer> {
    return new Promise((resolve, reject) => {
      const give = () => {
        try {
          const answer = this.subgraphs.answer(subgraph, body, this.world, this.weather);
          if (body.includes('e0:_entities')) this.waves.merged++;
          if (body.includes('e0:_entities') && answer.data === null) this.waves.apart++;
          resolve(answer);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.waiting.push({ key: `${subgraph} ${(JSON.parse(body) as Query & { query: string }).query}`, give });
      if (this.waiting.length === 1) setImmediate(() => this.giveAll());
    });
  }

  private giveAll(): void {
    const all = this.waiting.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.waiting = [];
    const next = () => {
      all.shift()?.give();
      if (all.length > 0) setImmediate(next);
    };
    next();
  }
}

function enriched(error: Error): GraphQLFormattedError {
  if (!(error instanceof GraphQLError)) return { message: error.message, extensions: {} };
  return { ...error.toJSON(), extensions: { ...error.extensions, code: error.extensions?.['code'] ?? 'INTERNAL' } };
}

function internal(): GraphQLFormattedError {
  return formatError({ message: '', extensions: {} }, undefined);
}

function sorted(errors: GraphQLFormattedError[]): string[] {
  return errors.map(canonical).sort();
}
