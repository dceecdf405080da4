import { type Caller, canAnywhere } from '@atrium/platform/light';
import { Explanation, type Part, PARTS } from '../observe/explanation';
import { Refusal } from './refusal';

/**
 * Whoever asks how an operation is answered (`atrium-explain: plan,timings`) and may know gets it told; whoever may not is
 * refused, so that nobody takes an answer without explanation for one with nothing to explain.
 */
export function explanationFor(header: string | string[] | undefined, caller: Caller): Explanation | undefined {
  if (header === undefined) return undefined;
  const asked = String(header)
    .split(',')
    .map((word) => word.trim());
  if (!asked.every(isPart)) throw new Refusal(400, 'BAD_REQUEST', `atrium-explain is a list of ${PARTS.join(', ')}.`);
  if (!mayExplain(caller)) {
    throw new Refusal(403, 'FORBIDDEN', 'This needs the permission graph:explain here.', { retryable: false });
  }
  return new Explanation(new Set(asked));
}

/** It tells of the graph, not of a group: services of the platform itself, which have no group, may have it too. */
function mayExplain(caller: Caller): boolean {
  return canAnywhere(caller, 'graph:explain') || caller.permissions.includes('graph:explain');
}

function isPart(word: string): word is Part {
  return (PARTS as readonly string[]).includes(word);
}
