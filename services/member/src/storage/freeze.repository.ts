import type { Tx } from '@atrium/platform';

export interface FreezeRow {
  memberId: string;
  version: bigint;
  frozen: boolean;
  reasonCode: string;
  reasonSealed: Buffer;
  actor: string;
}

/** The next number of a member's freezes and releases. The member's row is locked. */
export async function nextFreezeVersion(tx: Tx, memberId: string): Promise<bigint> {
  const [row] = await tx.prepared<{ next: bigint }>(
    'member.freeze.next',
    `select coalesce(max(version), 0) + 1 as next from member_freeze where member_id = $1 and group_id = $2`,
    [memberId, tx.groupId],
  );
  return row?.next ?? 1n;
}

export async function insertFreeze(tx: Tx, row: FreezeRow): Promise<void> {
  await tx.prepared(
    'member.freeze.insert',
    `insert into member_freeze (member_id, version, group_id, frozen, reason_code, reason_sealed, actor, acted_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.memberId, row.version, tx.groupId, row.frozen, row.reasonCode, row.reasonSealed, row.actor, tx.now],
  );
}

export async function setMemberStatus(tx: Tx, memberId: string, from: string, to: string): Promise<void> {
  const rows = await tx.prepared(
    'member.status.set',
    `update member set status = $4 where group_id = $1 and id = $2 and status = $3 returning 1`,
    [tx.groupId, memberId, from, to],
  );
  if (rows.length !== 1) throw new Error(`the status of member ${memberId} changed without the lock`);
}
