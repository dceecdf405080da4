import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { formatError } from '../edge/errors';
import type { RequestContext } from '../edge/request-context';
import { countError, type Metrics } from '../observe/metrics';
import type { Executed } from './graph';

export function withId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}

/** What is wrong with an operation, or with its variables: it was not executed. */
export function notExecuted(
  errors: readonly GraphQLFormattedError[],
  { requestId, seen }: RequestContext,
  metrics: Pick<Metrics, 'names' | 'errors'>,
): Executed {
  const listed = errors.map((error) => withId(formatError(error, undefined), requestId));
  for (const { extensions } of listed) countError(metrics, seen, String(extensions?.['code']));
  return { status: 400, body: `${JSON.stringify({ errors: listed })}\n` };
}

export function coded(error: GraphQLError, code: string): GraphQLFormattedError {
  return { ...error.toJSON(), extensions: { code } };
}
