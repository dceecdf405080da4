// When a coupon can be used: a fixed span, or days that begin when it is issued. Days are whole days of the issuer's zone.
import { addDays, localDate, localMidnight } from '@atrium/kernel';

export type Validity =
  | { kind: 'FIXED'; from: Date; until: Date }
  /** `days` counts the first day; a delay of 0 begins at once, any other at local midnight. */
  | { kind: 'RELATIVE'; startDelayDays: number; days: number };

export interface Span {
  from: Date;
  /** First instant at which the coupon can no longer be used. */
  until: Date;
}

export function validitySpan(validity: Validity, issuedAt: Date, timeZone: string): Span {
  if (validity.kind === 'FIXED') return { from: validity.from, until: validity.until };
  const firstDay = addDays(localDate(issuedAt, timeZone), validity.startDelayDays);
  return {
    from: validity.startDelayDays === 0 ? issuedAt : localMidnight(firstDay, timeZone),
    until: localMidnight(addDays(firstDay, validity.days), timeZone),
  };
}
