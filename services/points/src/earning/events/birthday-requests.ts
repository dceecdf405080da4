// Birthdays are asked of the member context: they are personal data, and travel in no event.
import { REQUESTS } from '@atrium/contracts';
import { ask, type Bus, MissingDependency, UnavailableError } from '@atrium/platform';
import type { Birthday } from '../domain/calendar';

/** Answers those who have said when they were born. */
export type AskBirthdays = (groupId: string, memberIds: readonly string[]) => Promise<Map<string, Birthday>>;

const TIMEOUT_MS = 2_000;
/** After no answer, the next ones need not wait as long to learn the same. */
const PAUSE_MS = 1_000;

export function birthdaysFrom({ connection }: Pick<Bus, 'connection'>): AskBirthdays {
  let pausedUntil = 0;
  return async (groupId, memberIds) => {
    if (performance.now() < pausedUntil) throw new MissingDependency('birthdays cannot be asked now');
    try {
      const definition = REQUESTS.resolveBirthdays;
      const reply = await ask(connection, definition, groupId, { memberIds: [...memberIds] }, TIMEOUT_MS);
      return new Map(reply.birthdays.map(({ memberId, month, day }) => [memberId, { month, day }]));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      pausedUntil = performance.now() + PAUSE_MS;
      // The sale waits, and is tried again: what it earns may depend on the answer.
      throw new MissingDependency('birthdays cannot be asked now');
    }
  };
}
