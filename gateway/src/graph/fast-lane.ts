import type { Log } from '@atrium/platform/light';
import type { GraphQLFormattedError } from 'graphql';
import { formatError, internalError } from '../edge/errors';
import type { RequestContext } from '../edge/request-context';
import type { Executed, Ready } from '../execute/compile';
import type { Failure } from '../execute/run';
import { Coalescing } from '../fetch/coalescing';
import type { Count } from '../observe/families';
import { countError, type Metrics } from '../observe/metrics';
import { withId } from './answers';
import { differencesOf } from './differences';
import type { Executed as Answer } from './graph';
import type { KnownOperation } from './operations';
import type { Runner } from './runner';

/** An operation that is known, with variables that fit it. */
export type Prepared = { operation: KnownOperation; variables: Record<string, unknown>; ready: Ready };

/** What was executed, and its text when there is nothing in it that differs from request to request. */
type Result = { executed: Executed; whole: string | undefined };

/** Executes known operations with ours, and makes the answers. */
export class FastLane {
  private readonly known: Count;
  private readonly fresh: Count;
  private readonly numbers = new WeakMap<KnownOperation, number>();
  private operations = 0;
  private readonly coalescing: Coalescing<Result>;

  constructor(
    private readonly runner: Runner,
    private readonly metrics: Pick<Metrics, 'errors' | 'executions' | 'names'>,
    private readonly log: Log,
  ) {
    this.known = metrics.executions.of({ executor: 'compiled', reason: 'known' });
    this.fresh = metrics.executions.of({ executor: 'compiled', reason: 'new' });
    const shared = metrics.executions.of({ executor: 'compiled', reason: 'shared' });
    this.coalescing = new Coalescing(() => shared.add());
  }

  async execute(prepared: Prepared, context: RequestContext, isNew: boolean): Promise<Answer> {
    // What is explained is a run of its own.
    const shareable = prepared.operation.definition.operation === 'query' && context.explain === undefined;
    const run = () => this.run(prepared, context, isNew);
    const { executed, whole } = await (shareable ? this.share(prepared, context, run) : run());
    const body = whole ?? this.present(executed, context);
    return { status: executed.data === undefined ? 500 : 200, body };
  }

  /** Something was changed: who asks from now on must not get what was read before. */
  forget(): void {
    this.coalescing.forget();
  }

  /** The same query of the same caller under way is executed once. Each has been admitted on its own, and has its own errors. */
  private share(prepared: Prepared, context: RequestContext, run: () => Promise<Result>): Promise<Result> {
    const key = `${this.numberOf(prepared.operation)} ${JSON.stringify(prepared.variables)}`;
    const slackMs = (context.deadline - performance.now()) / 2;
    return this.coalescing.share(key, context, context.deadline, slackMs, run);
  }

  private async run({ ready }: Prepared, context: RequestContext, isNew: boolean): Promise<Result> {
    (isNew ? this.fresh : this.known).add();
    context.explain?.executedBy('compiled', isNew ? 'new' : 'known');
    const executed = await this.runner.run(ready, context);
    const clean = !executed.broken && executed.failures.length === 0;
    return { executed, whole: clean ? `{"data":${executed.data}}\n` : undefined };
  }

  private numberOf(operation: KnownOperation): number {
    let number = this.numbers.get(operation);
    if (number === undefined) this.numbers.set(operation, (number = this.operations++));
    return number;
  }

  /** Executes a query once more and says where the answer differs from the stock executor's. */
  async compare({ ready }: Prepared, context: RequestContext, stock: string): Promise<void> {
    const { requestId } = context;
    const unseen = { ...context, explain: undefined };
    try {
      const differences = differencesOf(
        JSON.parse(stock),
        JSON.parse(this.textOf(await this.runner.run(ready, unseen), context)),
      );
      this.metrics.executions.inc({ executor: 'shadow', reason: differences.length === 0 ? 'same' : 'different' });
      if (differences.length > 0) this.log.warn({ requestId, differences }, 'executors differ');
    } catch (error) {
      this.log.error({ requestId, err: error }, 'shadow execution failed');
    }
  }

  /** The answer as it leaves; what went wrong inside is counted and logged. */
  private present(executed: Executed, context: RequestContext): string {
    const { requestId } = context;
    if (executed.broken) {
      countError(this.metrics, context.seen, 'INTERNAL');
      this.log.error({ requestId }, 'broken answer');
    }
    for (const failure of executed.failures) {
      const code = String(present(failure).extensions?.['code']);
      countError(this.metrics, context.seen, code);
      if (code === 'INTERNAL') this.log.error({ requestId, path: failure.path, err: failure.cause }, 'internal error');
    }
    return this.textOf(executed, context);
  }

  private textOf({ data, failures, broken }: Executed, { requestId }: RequestContext): string {
    // A null where a value was promised is our fault, not an answer without errors.
    const errors = broken ? [internalError()] : failures.map(present);
    if (errors.length === 0) return `{"data":${data}}\n`;
    const listed = JSON.stringify(errors.map((error) => withId(error, requestId)));
    return data === undefined ? `{"errors":${listed}}\n` : `{"errors":${listed},"data":${data}}\n`;
  }
}

function present({ message, path, extensions }: Failure): GraphQLFormattedError {
  return formatError({ message, ...(path === undefined ? {} : { path }), extensions }, undefined);
}
