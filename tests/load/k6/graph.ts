import { Counter, Rate, Trend } from 'k6/metrics';
import { OPERATIONS, type OperationName } from './operations.ts';
import { post, resultOf, type Written } from './post.ts';

const failed = new Rate('failed');
const refused = new Counter('refused');
/** Answer times by operation under names of their own: what is recorded every few seconds knows names, not tags. */
const answers = Object.fromEntries(
  Object.keys(OPERATIONS).map((name) => [name, new Trend(`answer_${name}`, true)]),
) as Record<OperationName, Trend>;

/** The data of an answer; undefined, and counted, when there is none. Tags are the operation and what was wrong, never who asked. */
export function ask<T>(operation: OperationName, token: string, variables: object = {}): T | undefined {
  const { data, code, ms } = post<T>(operation, token, variables, '20s');
  answers[operation].add(ms);
  failed.add(data === undefined, { operation, code });
  return data;
}

/** What the graph has said that it keeps: afterwards it must be there. A line each, in the file that `npm run load` names. */
export function acknowledged(write: 'purchase' | 'refund' | 'checkout' | 'coupon', key: string, id: string): void {
  console.log(JSON.stringify({ at: new Date().toISOString(), write, key, id }));
}

/** The answer when it is a success; refusals are counted and are no failures. */
export function attempt<T extends object>(
  operation: OperationName,
  token: string,
  input: object,
  success: string,
): T | undefined {
  const written = ask<Written>(operation, token, { input });
  if (written === undefined) return undefined;
  const result = resultOf<T>(written, success);
  if ('done' in result) return result.done;
  refused.add(1, { operation, code: result.refused });
  return undefined;
}
