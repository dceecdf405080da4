import type { Tx } from '@atrium/platform';
import { change, insertion, type Row } from '../../ledger/storage/rows';
import type { Redemption } from '../domain/redemption';

interface StoredPart {
  lotId: string;
  funderId: string | null;
  amount: string;
  returned: string;
}
type RedemptionRow = Omit<Redemption, 'lots' | 'mark' | 'source'> & {
  sourceKind: string;
  sourceId: string;
  lots: StoredPart[];
};

/** Redemptions by member and id, as pairs in two lists of the same length. */
export async function findRedemptions(
  tx: Tx,
  memberIds: readonly string[],
  ids: readonly string[],
): Promise<Map<string, Redemption>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.prepared<RedemptionRow>(
    'points.redemption.find',
    `select r.member_id as "memberId", r.id, site_id as "mallId", merchant_id as "merchantId", store_id as "storeId",
       source_kind as "sourceKind", source_id as "sourceId", points, returned, currency, value_minor as "valueMinor",
       returned_value_minor as "returnedValueMinor", lots, occurred_at as "occurredAt"
     from redemption r join unnest($1::uuid[], $2::uuid[]) as w(m, id) on r.member_id = w.m and r.id = w.id
     where r.group_id = $3`,
    [memberIds, ids, tx.groupId],
  );
  return new Map(rows.map((row) => [row.id, fromRow(row)]));
}

export async function saveRedemptions(tx: Tx, redemptions: Iterable<Redemption>): Promise<void> {
  const all = [...redemptions];
  const made = all.filter(({ mark }) => mark === 'NEW');
  const changed = all.filter(({ mark }) => mark === 'CHANGED');
  await tx.write(
    insertion(
      'redemption',
      made.map((r) => ({ ...toRow(tx, r), posted_at: tx.now })),
    ),
    change(
      'redemption',
      ['member_id', 'id'],
      ['returned', 'returned_value_minor', 'lots'],
      changed.map((r) => toRow(tx, r)),
    ),
  );
}

const toRow = (tx: Tx, r: Redemption): Row => ({
  member_id: r.memberId,
  id: r.id,
  group_id: tx.groupId,
  site_id: r.mallId,
  merchant_id: r.merchantId,
  store_id: r.storeId,
  source_kind: r.source.kind,
  source_id: r.source.id,
  points: r.points,
  returned: r.returned,
  currency: r.currency,
  value_minor: r.valueMinor,
  returned_value_minor: r.returnedValueMinor,
  lots: r.lots,
  occurred_at: r.occurredAt,
});

function fromRow({ sourceKind, sourceId, lots, ...row }: RedemptionRow): Redemption {
  return {
    ...row,
    source: { kind: sourceKind, id: sourceId },
    lots: lots.map((part) => ({ ...part, amount: BigInt(part.amount), returned: BigInt(part.returned) })),
    mark: 'STORED',
  };
}
