import { REQUESTS } from '@atrium/contracts';
import { isUuid } from '@atrium/kernel';
import { respond } from '@atrium/platform';

export type ResolveBirthdays = (
  groupId: string,
  memberIds: readonly string[],
) => Promise<{ memberId: string; month: number; day: number }[]>;

/** Answers when members have their birthday, many at once. */
export const birthdayResponder = (resolveBirthdays: ResolveBirthdays) =>
  respond(REQUESTS.resolveBirthdays, async (_db, groupId, request) => ({
    birthdays: await resolveBirthdays(groupId, request.memberIds.filter(isUuid)),
  }));
