import type { Page, Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { Past } from '../domain/interact';

export interface Interaction {
  id: string;
  memberId: string;
  mallId: string | null;
  code: string;
  ruleVersionId: string;
  reference: string | null;
  businessDate: string;
  points: bigint;
  growth: bigint;
  streak: number;
  occurredAt: Date;
  postedAt: Date;
}

/** Longer streaks than this count anew; rules cannot ask for longer ones. */
const STREAK_MAX = 400;

/** Under all ids of the person: a merge gives nothing again. The caller holds the lock of the account. */
export async function findPast(tx: Tx, memberId: string, code: string, day: string): Promise<Past> {
  const [counts] = await tx.prepared<{ total: bigint; today: bigint }>(
    'points.interaction.counts',
    `select count(*) as total, count(*) filter (where business_date = $3) as today from interaction
     where member_id = any((select points_person($4, array[$1::uuid]))::uuid[]) and code = $2 and group_id = $4`,
    [memberId, code, day, tx.groupId],
  );
  const days = await tx.prepared<{ day: string }>(
    'points.interaction.days',
    `select distinct business_date as day from interaction
     where member_id = any((select points_person($4, array[$1::uuid]))::uuid[]) and code = $2 and business_date < $3 and group_id = $4 order by 1 desc limit ${STREAK_MAX}`,
    [memberId, code, day, tx.groupId],
  );
  return {
    total: Number(counts?.total ?? 0n),
    onDay: Number(counts?.today ?? 0n),
    days: days.map((row) => row.day),
  };
}

/** False when the reference was used before, by whomever. */
export async function claimReference(
  tx: Tx,
  claim: { code: string; reference: string; memberId: string; interactionId: string },
): Promise<boolean> {
  const row = {
    group_id: tx.groupId,
    code: claim.code,
    reference: claim.reference,
    member_id: claim.memberId,
    interaction_id: claim.interactionId,
  };
  return (await insertRows(tx, 'interaction_reference', [row], 'on conflict do nothing')) > 0;
}

export async function insertInteraction(tx: Tx, made: Interaction): Promise<void> {
  await insertRows(tx, 'interaction', [
    {
      member_id: made.memberId,
      id: made.id,
      group_id: tx.groupId,
      site_id: made.mallId,
      code: made.code,
      rule_version_id: made.ruleVersionId,
      reference: made.reference,
      business_date: made.businessDate,
      points: made.points,
      growth: made.growth,
      streak: made.streak,
      occurred_at: made.occurredAt,
      posted_at: made.postedAt,
    },
  ]);
}

/** Newest first. */
export async function findInteractions(tx: Tx, memberId: string, page: Page): Promise<Interaction[]> {
  return tx.prepared(
    'points.interaction.page',
    `select id, member_id as "memberId", site_id as "mallId", code, rule_version_id as "ruleVersionId", reference,
       business_date as "businessDate", points, growth, streak, occurred_at as "occurredAt", posted_at as "postedAt"
     from interaction
     where member_id = $1 and group_id = $2 and ($3::timestamptz is null or (posted_at, id) < ($3, $4::uuid))
     order by posted_at desc, id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
}
