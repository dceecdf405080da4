import { UsageError } from '@atrium/platform/operator';

/** An instant that an operator has written. */
export function instant(text: string, option: string): Date {
  const value = new Date(text);
  // A date without time or zone would mean another instant on another machine.
  if (!/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || Number.isNaN(value.getTime()))
    throw new UsageError(`--${option} ${text} is no instant with a zone, like 2026-03-01T08:00:00Z`);
  return value;
}
