import type { Tx } from '@atrium/platform';
import type { Birthday } from '../domain/calendar';

/** Of members whose birthday is known here. */
export async function findBirthdays(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Birthday>> {
  const rows = await tx.prepared<Birthday & { memberId: string }>(
    'points.birthday.find',
    `select member_id as "memberId", birth_month as month, birth_day as day from member
     where member_id = any($1::uuid[]) and group_id = $2 and birth_month is not null`,
    [memberIds, tx.groupId],
  );
  return new Map(rows.map(({ memberId, month, day }) => [memberId, { month, day }]));
}

/** Under the locks of these members' accounts. What is known stays. */
export async function saveBirthdays(tx: Tx, birthdays: ReadonlyMap<string, Birthday>): Promise<void> {
  if (birthdays.size === 0) return;
  const all = [...birthdays];
  await tx.prepared(
    'points.birthday.save',
    `update member m set birth_month = w.month, birth_day = w.day
     from unnest($1::uuid[], $2::smallint[], $3::smallint[]) as w(id, month, day)
     where m.member_id = w.id and m.group_id = $4 and m.birth_month is null`,
    [all.map(([id]) => id), all.map(([, { month }]) => month), all.map(([, { day }]) => day), tx.groupId],
  );
}
