import type { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutionResult, GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../edge/request-context';
import type { Executed, Ready } from '../execute/compile';
import type { Metrics } from '../observe/metrics';
import type { Runner } from './runner';

type GatewayContext = Parameters<GatewayExecutor>[0];

/** Thrown where the stock executor would begin: the operation is planned, and ours is ready to run it. */
export class Planned extends Error {
  constructor(readonly ready: Ready) {
    super('The operation is planned');
  }
}

/** Apollo's gateway with our executor in it, for requests that go through the server's pipeline. */
export function withRunner(
  gateway: ApolloGateway,
  runner: Runner,
  executions: Metrics['executions'],
): GatewayInterface {
  return {
    load: async (options) => {
      const { executor } = await gateway.load(options);
      return { executor: executorOf(executor as GatewayExecutor, runner, executions) };
    },
    onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    stop: () => gateway.stop(),
  };
}

function executorOf(stock: GatewayExecutor, runner: Runner, executions: Metrics['executions']): GatewayExecutor {
  const run = async (ready: Ready, request: GatewayContext, reason: string) => {
    executions.inc({ executor: 'compiled', reason });
    const context = request.context as RequestContext;
    context.explain?.executedBy('compiled', reason);
    return resultOf(await runner.run(ready, context));
  };

  return async (request) => {
    const { source, request: asked } = request;
    const known = runner.find(source, asked.operationName);
    const ready = known && runner.prepare(known, asked.variables ?? {});
    if (known !== undefined) (request.context as RequestContext).explain?.planned(known.plan, true);
    if (ready !== undefined) return run(ready, request, 'pipeline');
    try {
      const answer = await stock(request);
      const compiled = runner.find(source, asked.operationName)?.compiled;
      const reason = typeof compiled === 'string' ? compiled : 'variables';
      executions.inc({ executor: 'stock', reason });
      (request.context as RequestContext).explain?.executedBy('stock', reason);
      return answer;
    } catch (error) {
      if (error instanceof Planned) return run(error.ready, request, 'new');
      throw error;
    }
  };
}

function resultOf({ data, failures, broken }: Executed): GatewayExecutionResult {
  if (data === undefined) throw new Error(failures[0]?.message);
  const errors = failures.map(
    ({ message, path, extensions, cause }) =>
      new GraphQLError(message, { ...(path && { path }), extensions, originalError: causeOf(cause) }),
  );
  return {
    data: JSON.parse(data),
    ...(errors.length > 0 && { errors }),
    ...(broken && { extensions: { valueCompletion: true } }),
  };
}

function causeOf(cause: unknown): Error | undefined {
  return cause instanceof Error ? cause : undefined;
}
