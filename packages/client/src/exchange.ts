import { type Answer, type Failure, graphError, isObject } from './errors';
import { retryAfterOf } from './retry';

export interface Exchange {
  url: string;
  headers: Record<string, string>;
  body: string;
  requestId: string;
  timeoutMs: number;
  signal: AbortSignal | undefined;
  fetch: typeof fetch;
}

/** Answers that say nothing about the request itself: the server, or something before it, is busy or away. */
const TRANSIENT = new Set([408, 425, 429, 502, 503, 504]);

/** One request and its answer. Never throws: what goes wrong is an answer too. */
export async function exchange<T>(request: Exchange): Promise<Answer<T>> {
  const { requestId } = request;
  const late = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  let status: number;
  let headers: Headers;
  let text: string;
  try {
    const response = await request.fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal,
    });
    ({ status, headers } = response);
    text = await response.text();
  } catch (error) {
    if (request.signal?.aborted) return failed(requestId, 'ABORTED', 'The caller gave it up.', { retryable: false });
    const why = late.aborted ? `no answer within ${request.timeoutMs} ms` : messageOf(error);
    return failed(requestId, 'NETWORK', why, { retryable: true });
  }
  return read<T>(status, headers, text, headers.get('x-request-id') ?? requestId);
}

function read<T>(status: number, headers: Headers, text: string, requestId: string): Answer<T> {
  const body = parse(text);
  const retryAfterMs = retryAfterOf(headers.get('retry-after'));
  if (!isObject(body) || !('data' in body || 'errors' in body)) {
    const retryable = TRANSIENT.has(status);
    return failed(requestId, 'BAD_ANSWER', `status ${status} and no GraphQL`, { status, retryAfterMs, retryable });
  }
  const errors = Array.isArray(body['errors']) ? body['errors'].map(graphError) : [];
  const data = body['data'];
  if (data === null || data === undefined) {
    const [first] = errors;
    const retryable = TRANSIENT.has(status) || (errors.length > 0 && errors.every((error) => error.retryable));
    const more = { status, retryAfterMs, retryable, errors };
    return failed(requestId, first?.code ?? 'BAD_ANSWER', first?.message ?? 'Neither data nor errors', more);
  }
  if (errors.length > 0) return { state: 'partial', data: data as T, errors, requestId };
  return { state: 'complete', data: data as T, requestId };
}

function failed(
  requestId: string,
  code: string,
  message: string,
  more: Partial<Failure> & { retryable: boolean },
): Answer<never> {
  const failure = { code, message, status: null, retryAfterMs: null, errors: [], ...more };
  return { state: 'failed', failure, requestId };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says little; what was wrong with the connection is its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
