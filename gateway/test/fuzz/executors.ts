import { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { createHash } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, parse } from 'graphql';
import pino from 'pino';
import { formatError } from '../../src/edge/errors';
import type { RequestContext } from '../../src/edge/request-context';
import type { SubgraphAnswer } from '../../src/execute/run';
import { StockSource } from '../../src/fetch/stock-source';
import { Operations } from '../../src/graph/operations';
import { Runner } from '../../src/graph/runner';
import type { Query } from './queries';
import { canonical, Subgraphs, type Weather } from './subgraphs';

const log = pino({ level: 'silent' });

/** An answer in a form that can be compared: keys sorted, errors in any order. */
export type Comparable = { data: string; errors: string[]; broken: boolean };

/** What both say when a subgraph's answer cannot even be merged. How much was merged before is then a matter of order. */
export const UNMERGEABLE = canonical(internal());

/** Both executors over one supergraph, fed with the same data. */
export class Executors {
  schema: GraphQLSchema;
  readonly failed: unknown[] = [];
  /** Requests that were several before, and those among them whose answer did not say what each would have been told. */
  readonly waves = { merged: 0, apart: 0 };
  private readonly operations = new Operations((error) => this.failed.push(error));
  private readonly subgraphs: Subgraphs;
  private readonly runner: Runner;
  private readonly gateway: ApolloGateway;
  private executor: GatewayExecutor;
  private world = '';
  private weather: Weather = { nulls: 0, errors: 0, lies: 0, away: 0 };
  private waiting: { key: string; give: () => void }[] = [];

  constructor(supergraphSdl: string) {
    this.subgraphs = new Subgraphs(supergraphSdl);
    this.runner = new Runner(this.operations, ({ subgraph, body }) => this.ask(subgraph, body));
    this.gateway = new ApolloGateway({
      supergraphSdl,
      logger: log,
      buildService: ({ name }) => new StockSource(name, { ask: (body) => this.ask(name, body) }),
      experimental_didResolveQueryPlan: ({ queryPlan, requestContext, operationContext }) => {
        const { operation, fragments } = operationContext;
        this.operations.learn(requestContext.source ?? '', undefined, operation, fragments, queryPlan);
      },
    });
    this.gateway.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) =>
      this.operations.schemaChanged(apiSchema, coreSupergraphSdl),
    );
  }

  async load(): Promise<this> {
    const { executor, schema } = await this.gateway.load();
    this.executor = executor as unknown as GatewayExecutor;
    this.schema = schema;
    return this;
  }

  stop(): Promise<void> {
    return this.gateway.stop();
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
    const operation = this.runner.find(text, undefined);
    const ready = operation && this.runner.prepare(operation, variables);
    if (ready === undefined) return undefined;
    const { data, failures, broken } = await this.runner.run(ready, {} as RequestContext);
    const formatted = failures.map(({ message, path, extensions }) =>
      formatError({ message, ...(path && { path }), extensions }, undefined),
    );
    return { data: data === undefined ? 'null' : canonical(JSON.parse(data)), errors: sorted(formatted), broken };
  }

  knows({ text }: Query): boolean {
    return this.runner.find(text, undefined) !== undefined;
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
