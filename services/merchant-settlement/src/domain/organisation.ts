// What a node of group > mall > merchant > store may look like.
import { isCurrencyCode, isTimeZone, parseRational } from '@atrium/kernel';
import { checkText, type Invalid, type InvalidReason } from './sale';

const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const DAY_CUT = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTES_IN_HOUR = 60;
const MINUTES_IN_DAY = 1_440;
const WHOLE_BPS = 10_000;
/** Prices of a point are stored with this many digits. */
const MAX_PRICE_LENGTH = 20;

const no = (reason: InvalidReason, ...path: string[]): Invalid => ({ path, reason });

export function checkCodeAndName(code: string, name: string): Invalid | null {
  if (!CODE.test(code)) return no('BAD_CODE', 'code');
  const reason = checkText(name);
  return reason ? no(reason, 'name') : null;
}

/** "04:00" -> 240; null when it is no time of day. */
export function readDayCut(text: string): number | null {
  const match = DAY_CUT.exec(text);
  return match ? Number(match[1]) * MINUTES_IN_HOUR + Number(match[2]) : null;
}

export function checkPlace(timeZone: string, currency: string, dayCutMinutes: number | null): Invalid | null {
  if (!isTimeZone(timeZone)) return no('BAD_TIME_ZONE', 'timeZone');
  if (!isCurrencyCode(currency)) return no('UNKNOWN_CURRENCY', 'currency');
  const whole = dayCutMinutes !== null && Number.isInteger(dayCutMinutes);
  return whole && dayCutMinutes >= 0 && dayCutMinutes < MINUTES_IN_DAY ? null : no('BAD_DAY_CUT', 'dayCut');
}

export function checkPrice(price: string, field: string): Invalid | null {
  const value = price.length <= MAX_PRICE_LENGTH ? parseRational(price) : null;
  if (!value) return no('NOT_A_DECIMAL', field);
  return value.num < 0n ? no('NEGATIVE', field) : null;
}

export function checkShare(bps: number, field: string): Invalid | null {
  return Number.isInteger(bps) && bps >= 0 && bps <= WHOLE_BPS ? null : no('BAD_SHARE', field);
}
