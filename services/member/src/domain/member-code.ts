// The code that a member shows at a till: eight digits, good for a minute, once.

export const CODE_SECONDS = 60;
/** Attempts with codes that one caller may make in a minute: a till never needs more, a guesser does. */
export const CODE_ATTEMPTS_PER_MINUTE = 30;
/** A derived code may be another member's at the moment; so many further ones are tried. */
export const CODE_TRIES = 5;
const CODE_SPACE = 100_000_000n;

/** Eight digits from a keyed hash. The remainder of 2^64 makes no digit likelier than 1 in 10^11 says. */
export function codeFrom(hash: bigint): string {
  return (hash % CODE_SPACE).toString().padStart(8, '0');
}

export const codeEnd = (shownAt: Date): Date => new Date(shownAt.getTime() + CODE_SECONDS * 1000);

/** The start of the minute that attempts are counted in. */
export function minuteOf(instant: Date): Date {
  const time = instant.getTime();
  return new Date(time - (time % 60_000));
}
