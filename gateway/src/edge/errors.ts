import { unwrapResolverError } from '@apollo/server/errors';
import { PublicError } from '@atrium/platform/light';
import type { GraphQLFormattedError } from 'graphql';
import { withoutValues } from '../observe/redact';

/** Codes whose message is meant for the caller. Everything else is masked. */
const PUBLIC_CODES: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'LIMIT_EXCEEDED',
  'TIMEOUT',
  'UNAVAILABLE',
  'ONLY_AT_HUB',
  'UNSUPPORTED_MEDIA_TYPE',
  'METHOD_NOT_ALLOWED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** What an answer may say about an error beside its code. */
const PUBLIC_EXTENSIONS = ['retryable', 'serviceName', 'max', 'requestId'] as const;

const MASKED = 'Something went wrong on our side. The requestId helps us to find it.';

/** The one form in which errors leave the gateway, whether they are its own or a subgraph's. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const extensions = formatted.extensions ?? {};
  const code = codeOf(formatted, error);
  const place = {
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    // A subgraph's locations point into a text that the caller never wrote.
    ...(formatted.locations === undefined || extensions['serviceName'] !== undefined
      ? {}
      : { locations: formatted.locations }),
  };
  if (code === undefined) return { ...internalError(), ...place };

  const kept: Record<string, unknown> = { code };
  for (const name of PUBLIC_EXTENSIONS) if (extensions[name] !== undefined) kept[name] = extensions[name];
  return { message: withoutValues(formatted.message), ...place, extensions: kept };
}

export function internalError(): GraphQLFormattedError {
  return { message: MASKED, extensions: { code: 'INTERNAL', retryable: false } };
}

function codeOf(formatted: GraphQLFormattedError, error: unknown): string | undefined {
  const thrown = unwrapResolverError(error);
  if (thrown instanceof PublicError) return thrown.code;
  const { code } = formatted.extensions ?? {};
  if (code === 'GRAPHQL_PARSE_FAILED' && formatted.message.includes('tokens. Parsing aborted'))
    return 'TOO_MANY_TOKENS';
  return typeof code === 'string' && PUBLIC_CODES.has(code) ? code : undefined;
}

/** A refusal before GraphQL has begun, in the form of every other answer. */
export function errorBody(code: string, message: string, requestId: string, extra: object = {}): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...extra, requestId } }] });
}
