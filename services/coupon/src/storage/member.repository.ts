import type { Tx } from '@atrium/platform';
import type { TierChangeFact } from '../domain/gifts';

export async function addMembers(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.prepared(
    'coupon.member.add',
    `insert into member (id, group_id) select id, $2 from unnest($1::uuid[]) as id order by id on conflict do nothing`,
    [ids, tx.groupId],
  );
}

/**
 * Puts everything that a person does with coupons in one line, under whichever of their ids. Makes the row when the registration
 * has not arrived yet.
 */
export async function lockMember(tx: Tx, id: string): Promise<void> {
  await lockMembers(tx, [id]);
}

export async function lockMembers(tx: Tx, ids: readonly string[]): Promise<void> {
  await addMembers(tx, ids);
  await tx.prepared(
    'coupon.member.lock',
    `select id from member where id = any((select coupon_person($2, $1))::uuid[]) and group_id = $2 order by id for update`,
    [ids, tx.groupId],
  );
}

export async function findMembers(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.prepared<{ id: string }>(
    'coupon.member.find',
    `select id from member where id = any($1) and group_id = $2`,
    [ids, tx.groupId],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Under all ids of the person. */
export async function claimedOf(
  tx: Tx,
  memberId: string,
  templateIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.prepared<{ id: string; claimed: number }>(
    'coupon.claim.count',
    `select template_id as id, sum(claimed)::int as claimed from member_claim
     where member_id = any((select coupon_person($3, array[$1::uuid]))::uuid[]) and template_id = any($2) group by template_id`,
    [memberId, templateIds, tx.groupId],
  );
  return new Map(rows.map(({ id, claimed }) => [id, claimed]));
}

/** Counts a claim; false when the limit is reached. */
export async function countClaim(tx: Tx, memberId: string, templateId: string, limit: number): Promise<boolean> {
  const rows = await tx.prepared(
    'coupon.claim.add',
    `insert into member_claim (member_id, template_id, group_id, claimed) values ($1, $2, $3, 1)
     on conflict (member_id, template_id) do update set claimed = member_claim.claimed + 1 where member_claim.claimed < $4
     returning claimed`,
    [memberId, templateId, tx.groupId, limit],
  );
  return rows.length === 1;
}

export type StoredTierChange = TierChangeFact & { memberId: string };

/** Keeps changes; what another one has superseded already stays so, whatever the order of arrival. */
export async function addTierChanges(tx: Tx, changes: readonly StoredTierChange[]): Promise<void> {
  await tx.prepared(
    'coupon.tier-change.add',
    `insert into tier_change (member_id, id, group_id, superseded, from_rank, to_rank, to_code, effective_at, cause, year, purchase_id)
     select c.member_id, c.id, $1, c.superseded, c.from_rank, c.to_rank, c.to_code, c.effective_at, c.cause, c.year, c.purchase_id
     from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::int[], $6::int[], $7::text[], $8::timestamptz[], $9::text[], $10::int[], $11::uuid[])
       as c(member_id, id, superseded, from_rank, to_rank, to_code, effective_at, cause, year, purchase_id)
     order by c.member_id, c.id
     on conflict (member_id, id) do update set superseded = tier_change.superseded or excluded.superseded`,
    [
      tx.groupId,
      changes.map((c) => c.memberId),
      changes.map((c) => c.id),
      changes.map((c) => c.superseded),
      changes.map((c) => c.fromRank),
      changes.map((c) => c.toRank),
      changes.map((c) => c.toCode),
      changes.map((c) => c.effectiveAt),
      changes.map((c) => c.cause),
      changes.map((c) => c.year),
      changes.map((c) => c.purchaseId),
    ],
  );
}

export function findTierChanges(tx: Tx, memberIds: readonly string[]): Promise<StoredTierChange[]> {
  return tx.prepared<StoredTierChange>(
    'coupon.tier-change.find',
    `select member_id as "memberId", id, superseded, from_rank as "fromRank", to_rank as "toRank", to_code as "toCode",
       effective_at as "effectiveAt", cause, year, purchase_id as "purchaseId"
     from tier_change where member_id = any($1) and group_id = $2`,
    [memberIds, tx.groupId],
  );
}

export interface LadderTier {
  code: string;
  discountBps: number;
  names: Record<string, string>;
}

export async function addLadder(
  tx: Tx,
  ladder: { id: string; version: bigint; effectiveFrom: Date; tiers: LadderTier[] },
): Promise<void> {
  await tx.query(
    `insert into tier_ladder (group_id, id, version, effective_from, tiers) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [tx.groupId, ladder.id, ladder.version, ladder.effectiveFrom, JSON.stringify(ladder.tiers)],
  );
}

/** The rungs of the ladder that holds now; empty before the first is published. */
export async function ladderNow(tx: Tx): Promise<LadderTier[]> {
  const [row] = await tx.prepared<{ tiers: LadderTier[] }>(
    'coupon.ladder.now',
    `select tiers from tier_ladder where group_id = $1 and effective_from <= $2 order by version desc limit 1`,
    [tx.groupId, tx.now],
  );
  return row?.tiers ?? [];
}
