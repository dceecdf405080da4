import type { Tx } from '@atrium/platform';
import type { Ladder, TierPeriod } from '../domain/tier-timeline';
import { insertRows } from '../../ledger/storage/rows';
import { asOfVersion, versionChanged } from '../../programme/storage/programme-version';

/** Tier periods that hold, by member. */
export async function findTierPeriods(tx: Tx, memberIds: readonly string[]): Promise<Map<string, TierPeriod[]>> {
  const rows = await tx.prepared<TierPeriod & { memberId: string }>(
    'points.tier.periods',
    `select member_id as "memberId", change_id as "changeId", effective_at as "effectiveAt", to_code as "toCode", version
     from tier_period where member_id = any($1::uuid[]) and group_id = $2 and not superseded and effective_at is not null`,
    [[...new Set(memberIds)], tx.groupId],
  );
  const byMember = new Map<string, TierPeriod[]>();
  for (const { memberId, ...period } of rows) {
    const list = byMember.get(memberId) ?? [];
    list.push(period);
    byMember.set(memberId, list);
  }
  return byMember;
}

/** When the named changes took effect, as far as they are known. */
export async function findChangeInstants(
  tx: Tx,
  memberIds: readonly string[],
  changeIds: readonly string[],
): Promise<{ memberId: string; effectiveAt: Date }[]> {
  return tx.prepared(
    'points.tier.instants',
    `select member_id as "memberId", effective_at as "effectiveAt" from tier_period
     where member_id = any($1::uuid[]) and change_id = any($2::uuid[]) and group_id = $3 and effective_at is not null`,
    [memberIds, changeIds, tx.groupId],
  );
}

/** Stores changes. A change that was declared superseded before it arrived stays superseded. */
export async function saveTierPeriods(tx: Tx, periods: readonly (TierPeriod & { memberId: string })[]): Promise<void> {
  await insertRows(
    tx,
    'tier_period',
    periods.map((p) => ({
      member_id: p.memberId,
      change_id: p.changeId,
      group_id: tx.groupId,
      effective_at: p.effectiveAt,
      to_code: p.toCode,
      version: p.version,
      superseded: false,
    })),
    `on conflict (member_id, change_id) do update
       set effective_at = excluded.effective_at, to_code = excluded.to_code, version = excluded.version`,
  );
}

export async function supersedeTierPeriods(
  tx: Tx,
  changes: readonly { memberId: string; changeId: string }[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.prepared(
    'points.tier.supersede',
    `insert into tier_period (member_id, change_id, group_id, superseded)
     select distinct m, c, $3::uuid, true from unnest($1::uuid[], $2::uuid[]) as w(m, c)
     on conflict (member_id, change_id) do update set superseded = true`,
    [changes.map(({ memberId }) => memberId), changes.map(({ changeId }) => changeId), tx.groupId],
  );
}

/**
 * Sales are rated while the ladder stands still, and the ladder changes while no sale is being rated: a sale that does not
 * see the new ladder is seen by the one who publishes it.
 */
export async function keepLadderStill(tx: Tx, mode: 'SHARED' | 'EXCLUSIVE'): Promise<void> {
  // What stands before the lock may be over under it.
  versionChanged(tx);
  const lock = mode === 'SHARED' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await tx.prepared(`points.ladder.${mode}`, `select ${lock}(hashtextextended('points-ladder' || $1::text, 0))`, [
    tx.groupId,
  ]);
}

/** Shared between transactions: read only. */
export const findLadders = (tx: Tx): Promise<readonly Ladder[]> =>
  asOfVersion(tx, 'ladders', () =>
    tx.prepared<Ladder>(
      'points.ladder.all',
      `select id, version, effective_from as "effectiveFrom", tiers from tier_ladder where group_id = $1`,
      [tx.groupId],
    ),
  );

/** True when the ladder was not known before. */
export async function insertLadder(tx: Tx, ladder: Ladder): Promise<boolean> {
  const row = {
    group_id: tx.groupId,
    id: ladder.id,
    version: ladder.version,
    effective_from: ladder.effectiveFrom,
    tiers: ladder.tiers,
  };
  versionChanged(tx);
  return (await insertRows(tx, 'tier_ladder', [row], 'on conflict do nothing')) > 0;
}
