// Which notice stands before an end: of 30, 7 and 1 the 30 holds for what has 30 to more than 7 days left.
import { daysAfter } from './expiry';

export interface NoticeWindow {
  readonly days: number;
  /** Ends after this instant … */
  readonly after: Date;
  /** … up to and including this one are told by this notice now. */
  readonly until: Date;
}

/** Each end stands in one window at most, so a job that comes late tells one notice, the one that holds now. */
export function noticeWindows(noticeDays: readonly number[], now: Date): NoticeWindow[] {
  const days = [...new Set(noticeDays)].filter((n) => n > 0).sort((a, b) => a - b);
  return days.map((n, i) => ({ days: n, after: daysAfter(now, days[i - 1] ?? 0), until: daysAfter(now, n) }));
}
