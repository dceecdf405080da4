import { z } from 'zod';
import type { Difference } from './compare-schemas';

/** A difference from the contract, or from the release before, that was decided on, with the reason that its ADR gives at length. */
const exceptions = z.array(
  z.strictObject({ at: z.string().min(1), rule: z.string().min(1), reason: z.string().min(20) }),
);
export type Exceptions = z.infer<typeof exceptions>;

export function parseExceptions(listed: unknown): Exceptions {
  return exceptions.parse(listed);
}

/** The differences that nobody decided on, and the exceptions that have nothing left to excuse. */
export function applyExceptions(
  differences: readonly Difference[],
  allowed: Exceptions,
): { open: Difference[]; unused: Exceptions } {
  const same = (a: { at: string; rule: string }) => (b: { at: string; rule: string }) =>
    a.at === b.at && a.rule === b.rule;
  return {
    open: differences.filter((difference) => !allowed.some(same(difference))),
    unused: allowed.filter((exception) => !differences.some(same(exception))),
  };
}
