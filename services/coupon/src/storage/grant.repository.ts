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

/** What the same persons were given under another of their ids, as if it were theirs. */
export function findOtherGrants(tx: Tx, memberIds: readonly string[]): Promise<TierGrant[]> {
  return tx.prepared<TierGrant>(
    'coupon.grant.other',
    `select m.id as "memberId", g.template_id as "templateId", g.tier, g.year, g.change_id as "changeId",
       g.coupon_id as "couponId"
     from unnest($1::uuid[]) as m(id) cross join lateral unnest(coupon_person($2, array[m.id])) as other(id)
       join tier_grant g on g.member_id = other.id
     where other.id <> m.id and g.group_id = $2`,
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

/** The same gift, owed to another change. */
export interface Regrant {
  grant: TierGrant;
  changeId: string;
  purchaseId: string | null;
}

export async function moveGrants(tx: Tx, moves: readonly Regrant[]): Promise<void> {
  if (moves.length === 0) return;
  await tx.prepared(
    'coupon.grant.move',
    `with m as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::uuid[], $6::uuid[], $7::uuid[])
       as m(member_id, template_id, tier, year, change_id, coupon_id, purchase_id)),
     moved as (update tier_grant g set change_id = m.change_id from m where g.member_id = m.member_id
       and g.template_id = m.template_id and g.tier = m.tier and g.year = m.year)
     update coupon c set tier_change_id = m.change_id, granted_purchase_id = m.purchase_id
     from m where c.member_id = m.member_id and c.id = m.coupon_id`,
    [
      ...columns(moves.map(({ grant }) => grant)),
      moves.map(({ changeId }) => changeId),
      moves.map(({ grant }) => grant.couponId),
      moves.map(({ purchaseId }) => purchaseId),
    ],
  );
}

const columns = (grants: readonly TierGrant[]): unknown[] => [
  grants.map((g) => g.memberId),
  grants.map((g) => g.templateId),
  grants.map((g) => g.tier),
  grants.map((g) => g.year),
];
