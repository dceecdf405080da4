// The calendar of three places, from tables of when their clocks change: China does not, Berlin skips an hour in these
// stories' time, Santiago lives through the hour before a midnight twice.

export const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/Santiago'] as const;
export type Zone = (typeof ZONES)[number];

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** From when on clocks are so many hours ahead of UTC. */
const CLOCKS: Readonly<Record<Zone, readonly (readonly [from: number, hours: number])[]>> = {
  'Asia/Shanghai': [[-Infinity, 8]],
  'Europe/Berlin': [
    [-Infinity, 1],
    [Date.UTC(2026, 2, 29, 1), 2],
    [Date.UTC(2026, 9, 25, 1), 1],
  ],
  'America/Santiago': [
    [-Infinity, -3],
    [Date.UTC(2026, 3, 5, 3), -4],
    [Date.UTC(2026, 8, 6, 4), -3],
  ],
};

/** What a clock on the wall shows, as the instant at which one in UTC shows the same. */
function wallAt(at: number, zone: Zone): number {
  const [, hours] = CLOCKS[zone].findLast(([from]) => from <= at) ?? [0, 0];
  return at + hours * HOUR;
}

/** The first instant at which the wall shows so much; a reading that is skipped is as late as if clocks had stayed. */
function instantAt(wall: number, zone: Zone): number {
  const readings = CLOCKS[zone].map(([, hours]) => wall - hours * HOUR).sort((a, b) => a - b);
  const right = readings.filter((at) => wallAt(at, zone) === wall);
  return right[0] ?? Math.max(...readings);
}

/** Local midnight that begins the day so many days after an instant's local day. */
export function midnight(at: number, days: number, zone: Zone): number {
  const wall = wallAt(at, zone);
  return instantAt(Math.floor(wall / DAY) * DAY + days * DAY, zone);
}

/** The same time on the wall, so many days later. */
export const sameTime = (at: number, days: number, zone: Zone): number =>
  instantAt(wallAt(at, zone) + days * DAY, zone);

/** The first instant after the local month of `at` and so many further ones. */
export function monthEnd(at: number, more: number, zone: Zone): number {
  const local = new Date(wallAt(at, zone));
  return instantAt(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1 + more, 1), zone);
}

/** The mall's business day, YYYY-MM-DD. */
export const businessDay = (at: number, cutHour: number, zone: Zone): string =>
  new Date(wallAt(at, zone) - cutHour * HOUR).toISOString().slice(0, 10);
