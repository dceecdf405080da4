export interface Advance {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  ms?: number;
}

/** A clock that stands still until a test moves it. */
export interface ControllableClock {
  now(): Date;
  set(to: Date | string): void;
  /** Days are 24 hours; for a local date across a change of summer time use `set`. */
  advance(by: Advance): void;
}

export function controllableClock(start: Date | string): ControllableClock {
  let current = instant(start);
  return {
    now: () => new Date(current),
    set: (to) => {
      current = instant(to);
    },
    advance: ({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }) => {
      current += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
    },
  };
}

function instant(value: Date | string): number {
  const time = new Date(value).getTime();
  if (Number.isNaN(time)) throw new Error(`not an instant: ${String(value)}`);
  return time;
}
