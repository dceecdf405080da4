import type { Tx } from '@atrium/platform';

export interface TenantMember {
  groupId: string;
  memberId: string;
}

/** Members of any tenant with unspent points past their time, soonest first. */
export async function findMembersWithLapsedLots(tx: Tx, limit: number): Promise<TenantMember[]> {
  return tx.query(
    `select distinct group_id as "groupId", member_id as "memberId" from
       (select group_id, member_id from lot where (available > 0 or pending > 0) and expires_at <= $1 order by expires_at limit $2) due`,
    [tx.now, limit],
  );
}

/** Members of any tenant with a hold that nobody captured or released in time. */
export async function findMembersWithLapsedHolds(tx: Tx, limit: number): Promise<TenantMember[]> {
  return tx.query(
    `select distinct group_id as "groupId", member_id as "memberId" from
       (select group_id, member_id from hold where status = 'HELD' and expires_at <= $1 order by expires_at limit $2) due`,
    [tx.now, limit],
  );
}
