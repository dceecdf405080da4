// One question to the graph, and what came of it: for whoever measures answers (graph.ts) and whoever writes them down (proof.ts).
import http from 'k6/http';
import { OPERATIONS, type OperationName } from './operations.ts';
import { url } from './world.ts';

/**
 * `code` says why there is no data: the graph's own word, or that there was no answer, or none that can be read. The gateway's log says
 * more under `requestId`.
 */
export type Answer<T> = { data: T | undefined; code: string; ms: number; requestId?: string };

export function post<T>(operation: OperationName, token: string, variables: object, timeout: string): Answer<T> {
  const response = http.post(
    url,
    JSON.stringify({ query: OPERATIONS[operation], operationName: operation, variables }),
    {
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        accept: 'application/graphql-response+json',
      },
      tags: { operation, name: operation },
      timeout,
    },
  );
  const ms = response.timings.duration;
  if (response.status === 0) return { data: undefined, code: `NO_ANSWER ${response.error_code}`, ms };
  return { ...read<T>(response.status, response.body), ms, requestId: response.headers['X-Request-Id'] };
}

function read<T>(status: number, body: unknown): Omit<Answer<T>, 'ms' | 'requestId'> {
  try {
    const { data, errors } = JSON.parse(String(body)) as {
      data?: T | null;
      errors?: { extensions?: { code?: string } }[];
    };
    if (errors !== undefined) return { data: undefined, code: errors[0]?.extensions?.code ?? 'UNTYPED' };
    return data ? { data, code: 'none' } : { data: undefined, code: 'UNTYPED' };
  } catch {
    return { data: undefined, code: `HTTP_${status}` };
  }
}

/** What a write answers, under the name that operations.ts gives it. */
export type Written = { result: { __typename: string; code?: string } };

/** The result of a write that succeeded, or the code of its refusal. */
export const resultOf = <T>({ result }: Written, success: string): { done: T } | { refused: string } =>
  result.__typename === success ? { done: result as unknown as T } : { refused: result.code ?? result.__typename };
