import type { Tx } from '@atrium/platform';

/** A tier's gift, once for a member in a year. */
export interface TierGrant {
  memberId: string;
  templateId: string;
  tier: string;
  year: number;
  changeId: string;
  couponId: string;
}

export function findGrants(tx: Tx, memberIds: readonly string[]): Promise<TierGrant[]> {
  return tx.prepared<TierGrant>(
    'coupon.grant.find',
    `select member_id as "memberId", template_id as "templateId", tier, year, change_id as "changeId", coupon_id as "couponId"
     from tier_grant where member_id = any($1) and group_id = $2`,
    [memberIds, tx.groupId],
  );
}

export async function addGrants(tx: Tx, grants: readonly TierGrant[]): Promise<void> {
  if (grants.length === 0) return;
  await tx.prepared(
    'coupon.grant.add',
    `insert into tier_grant (member_id, template_id, tier, year, group_id, change_id, coupon_id)
     select g.member_id, g.template_id, g.tier, g.year, $1, g.change_id, g.coupon_id
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::uuid[], $7::uuid[])
       as g(member_id, template_id, tier, year, change_id, coupon_id)`,
    [tx.groupId, ...columns(grants), grants.map((g) => g.changeId), grants.map((g) => g.couponId)],
  );
}

export async function removeGrants(tx: Tx, grants: readonly TierGrant[]): Promise<void> {
  if (grants.length === 0) return;
  await tx.prepared(
    'coupon.grant.remove',
    `delete from tier_grant g using unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as d(member_id, template_id, tier, year)
     where g.member_id = d.member_id and g.template_id = d.template_id and g.tier = d.tier and g.year = d.year`,
    columns(grants),
  );
}

const columns = (grants: readonly TierGrant[]): unknown[] => [
  grants.map((g) => g.memberId),
  grants.map((g) => g.templateId),
  grants.map((g) => g.tier),
  grants.map((g) => g.year),
];
