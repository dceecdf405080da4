import type { Tx } from '@atrium/platform';
import { insertRows } from './rows';

export interface KnownMember {
  memberId: string;
  homeMallId: string | null;
  joinedAt: Date;
}

export async function insertMembers(tx: Tx, members: readonly KnownMember[]): Promise<void> {
  await insertRows(
    tx,
    'member',
    members.map((m) => ({
      member_id: m.memberId,
      group_id: tx.groupId,
      home_mall_id: m.homeMallId,
      joined_at: m.joinedAt,
    })),
    'on conflict do nothing',
  );
}

export async function findMembers(tx: Tx, memberIds: readonly string[]): Promise<Map<string, KnownMember>> {
  const rows = await tx.prepared<KnownMember>(
    'points.member.find',
    `select member_id as "memberId", home_mall_id as "homeMallId", joined_at as "joinedAt" from member
     where member_id = any($1::uuid[]) and group_id = $2`,
    [memberIds, tx.groupId],
  );
  return new Map(rows.map((row) => [row.memberId, row]));
}

/** How many there are, as far as it matters: a million also stands for more. */
export async function countMembers(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ count: bigint }>(
    `select count(*) from (select 1 from member where group_id = $1 limit 1000000) as m`,
    [tx.groupId],
  );
  return row?.count ?? 0n;
}
