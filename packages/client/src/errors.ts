/** One entry of `errors`. `message` is for people; programs look at `code` and `retryable`. */
export interface GraphError {
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly path: readonly (string | number)[];
  /** Which subgraph has failed, when one has. */
  readonly serviceName: string | null;
  /** What would have been allowed, when a limit was passed. */
  readonly max: number | null;
}

/**
 * Why there is no data. The codes of the graph (UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED, UNAVAILABLE …), and three of our own:
 * NETWORK (no answer came), ABORTED (the caller's signal), BAD_ANSWER (what came is no GraphQL).
 */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Whether the same request may do better later. The client has already tried as often as its policy says. */
  readonly retryable: boolean;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly errors: readonly GraphError[];
}

/** Every answer names its request: give `requestId` to whoever looks for what went wrong. */
export type Answer<T> =
  | { readonly state: 'complete'; readonly data: T; readonly requestId: string }
  | { readonly state: 'partial'; readonly data: T; readonly errors: readonly GraphError[]; readonly requestId: string }
  | { readonly state: 'failed'; readonly failure: Failure; readonly requestId: string };

/** Thrown by `dataOf` only. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';

  constructor(
    readonly code: string,
    readonly requestId: string,
    readonly errors: readonly GraphError[],
    message: string,
  ) {
    super(`${code}: ${message} (request ${requestId})`);
  }
}

/** For callers who want all of the data or an exception. */
export function dataOf<T>(answer: Answer<T>): T {
  if (answer.state === 'complete') return answer.data;
  if (answer.state === 'failed') {
    const { code, errors, message } = answer.failure;
    throw new RequestFailed(code, answer.requestId, errors, message);
  }
  const [first] = answer.errors;
  throw new RequestFailed(
    first?.code ?? 'INTERNAL',
    answer.requestId,
    answer.errors,
    first?.message ?? 'Part is missing',
  );
}

/** An entry of `errors` as it came, in the form that callers get. */
export function graphError(raw: unknown): GraphError {
  const { message, path, extensions } = isObject(raw) ? raw : {};
  const { code, retryable, serviceName, max } = isObject(extensions) ? extensions : {};
  return {
    message: typeof message === 'string' ? message : 'Unknown error',
    code: typeof code === 'string' ? code : 'INTERNAL',
    retryable: retryable === true,
    path: Array.isArray(path) ? path : [],
    serviceName: typeof serviceName === 'string' ? serviceName : null,
    max: typeof max === 'number' ? max : null,
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
