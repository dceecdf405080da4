import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';
import { OPERATIONS, type OperationName } from './operations.ts';
import { url } from './world.ts';

const failed = new Rate('failed');
const refused = new Counter('refused');
/** Answer times by operation under names of their own: what is recorded every few seconds knows names, not tags. */
const answers = Object.fromEntries(
  Object.keys(OPERATIONS).map((name) => [name, new Trend(`answer_${name}`, true)]),
) as Record<OperationName, Trend>;

/** The data of an answer; undefined, and counted, when there is none. Tags are the operation and what was wrong, never who asked. */
export function ask<T>(operation: OperationName, token: string, variables: object = {}): T | undefined {
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
      timeout: '20s',
    },
  );
  answers[operation].add(response.timings.duration);
  const { data, code } = read<T>(response.status, response.body);
  failed.add(data === undefined, { operation, code });
  return data;
}

/** What the graph has said that it keeps: afterwards it must be there. A line each, in the file that `npm run load` names. */
export function acknowledged(write: 'purchase' | 'refund' | 'checkout' | 'coupon', key: string, id: string): void {
  console.log(JSON.stringify({ at: new Date().toISOString(), write, key, id }));
}

type Result = { result: { __typename: string; code?: string } };

/** The answer when it is a success; refusals are counted and are no failures. */
export function attempt<T extends object>(
  operation: OperationName,
  token: string,
  input: object,
  success: string,
): T | undefined {
  const result = ask<Result>(operation, token, { input })?.result;
  if (result === undefined) return undefined;
  if (result.__typename === success) return result as unknown as T;
  refused.add(1, { operation, code: result.code ?? result.__typename });
  return undefined;
}

function read<T>(status: number, body: unknown): { data: T | undefined; code: string } {
  if (status === 0) return { data: undefined, code: 'NO_ANSWER' };
  try {
    const { data, errors } = JSON.parse(String(body)) as {
      data?: T | null;
      errors?: { extensions?: { code?: string } }[];
    };
    if (errors !== undefined) return { data: undefined, code: errors[0]?.extensions?.code ?? 'ERROR' };
    return data ? { data, code: 'none' } : { data: undefined, code: 'NO_DATA' };
  } catch {
    return { data: undefined, code: `HTTP_${status}` };
  }
}
