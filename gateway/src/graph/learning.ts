import { type DocumentNode, getOperationAST, type GraphQLError, type GraphQLFormattedError, parse } from 'graphql';
import { fragmentsOf } from '../edge/admission';
import { checkLimits, type SizeLimits } from '../edge/limits';
import { busy } from '../edge/refusal';
import type { RequestContext } from '../edge/request-context';
import { coded } from './answers';
import type { Operation } from './graph';
import type { KnownOperation, Operations } from './operations';
import type { Planner } from './planner';

export type Learned = { known: KnownOperation } | { invalid: GraphQLFormattedError[] };
export type Learn = (operation: Operation, context: RequestContext) => Promise<Learned>;

/**
 * How an operation becomes known: parsed and measured here, which takes no longer than its text is long; validated and
 * planned where it can take its time.
 */
export function learner(operations: Operations, planner: Planner, limits: SizeLimits): Learn {
  return async ({ query, operationName }, context) => {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.tokens, noLocation: true });
    } catch (error) {
      return { invalid: [coded(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')] };
    }
    checkLimits(document, limits);
    const answer = await inTime(planner.plan(query, operationName), context.deadline);
    if (answer.kind === 'invalid') return { invalid: answer.errors };
    const definition = getOperationAST(document, operationName);
    if (!definition) throw new Error('The planner knows another operation');
    const planned = { definition, fragments: fragmentsOf(document), plan: answer.plan };
    return { known: operations.learn(query, operationName, planned) };
  };
}

/** The planning goes on: whoever asks again finds it done. */
async function inTime<T>(promise: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(busy()), deadline - performance.now());
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
