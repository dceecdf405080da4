// When a message is sent again, and when no more.

/** Tries in all; the waits between them add up to less than six hours. */
export const MAX_TRIES = 6;
const WAITS_SECONDS = [60, 300, 1_200, 5_400, 14_400] as const;
/** A wait is cut by up to a fifth, so that what failed together does not come again together. */
const JITTER = 0.2;

/** How long after its nth failed try (from 1) a message waits; null when it was the last one. `chance` is in [0, 1). */
export function waitAfter(failedTries: number, chance: number): number | null {
  const seconds = WAITS_SECONDS[failedTries - 1];
  return seconds === undefined ? null : Math.floor(seconds * 1000 * (1 - JITTER * chance));
}

/** What happened long ago (an import, a till's old queue) is told in the inbox only: nobody is rung up for last month. */
const OLD_MS = 7 * 24 * 3_600_000;
export const isOldNews = (occurredAt: Date, now: Date): boolean => now.getTime() - occurredAt.getTime() > OLD_MS;
