import type { Tx } from '@atrium/platform';

export interface LotFacts {
  readonly id: string;
  readonly expiresAt: Date | null;
  readonly earnedAt: Date;
  readonly funderId: string;
}

export async function findLotFacts(
  tx: Tx,
  memberId: string,
  lotIds: readonly string[],
): Promise<Map<string, LotFacts>> {
  const rows = await tx.prepared<LotFacts>(
    'points.lot.facts',
    `select id, expires_at as "expiresAt", earned_at as "earnedAt", funder_id as "funderId" from lot
     where member_id = $1 and id = any($2::uuid[]) and group_id = $3`,
    [memberId, lotIds, tx.groupId],
  );
  return new Map(rows.map((lot) => [lot.id, lot]));
}
