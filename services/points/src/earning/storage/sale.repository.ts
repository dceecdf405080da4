import type { Tx } from '@atrium/platform';
import type { Step } from '../../ledger/domain/explanation';
import type { Burn, Sale, SaleLine } from '../domain/sale';
import { insertRows, type Row, updateRows } from '../../ledger/storage/rows';

interface SaleRow extends Omit<Sale, 'lines' | 'burn' | 'inputs' | 'mark'> {
  inputs: Sale['inputs'];
  lines: StoredLine[];
  burn: StoredBurn | null;
}
type Text<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] extends readonly (infer U)[] ? Text<U>[] : T[K] };
type StoredLine = Text<SaleLine>;
type StoredBurn = Text<Burn>;

const COLUMNS = `member_id as "memberId", purchase_id as "purchaseId", site_id as "mallId", merchant_id as "merchantId",
  store_id as "storeId", currency, zone, occurred_at as "occurredAt", inputs, lines, steps, burn,
  fully_refunded as "fullyRefunded", confirmed_at as "confirmedAt", earned, reversed, growth_earned as "growthEarned",
  growth_reversed as "growthReversed", debt, version`;

/** Sales by member and id, as pairs in two lists of the same length. */
export async function findSales(
  tx: Tx,
  memberIds: readonly string[],
  purchaseIds: readonly string[],
): Promise<Map<string, Sale>> {
  const rows = await tx.prepared<SaleRow>(
    'points.sale.find',
    `select ${COLUMNS} from purchase_earn p join unnest($1::uuid[], $2::uuid[]) as w(m, id)
       on p.member_id = w.m and p.purchase_id = w.id
     where p.group_id = $3`,
    [memberIds, purchaseIds, tx.groupId],
  );
  return new Map(rows.map((row) => [row.purchaseId, fromRow(row)]));
}

/** The sales of members after an instant of each: those that a change of tier can touch. */
export async function findSalesAfter(tx: Tx, memberIds: readonly string[], instants: readonly Date[]): Promise<Sale[]> {
  const rows = await tx.prepared<SaleRow>(
    'points.sale.after',
    `select ${COLUMNS} from purchase_earn p join unnest($1::uuid[], $2::timestamptz[]) as w(m, after)
       on p.member_id = w.m and p.occurred_at > w.after
     where p.group_id = $3 order by p.member_id, p.occurred_at, p.purchase_id`,
    [memberIds, instants, tx.groupId],
  );
  return rows.map(fromRow);
}

/** Who bought something at or after an instant. */
export async function findBuyersSince(tx: Tx, since: Date): Promise<string[]> {
  const rows = await tx.query<{ member_id: string }>(
    `select distinct member_id from purchase_earn where group_id = $1 and occurred_at >= $2 order by member_id`,
    [tx.groupId, since],
  );
  return rows.map(({ member_id }) => member_id);
}

/** Sales whose member is not known to the asker. */
export async function findSalesById(tx: Tx, purchaseIds: readonly string[]): Promise<Map<string, Sale>> {
  const owners = await tx.prepared<{ purchase_id: string; member_id: string }>(
    'points.sale.owner',
    `select purchase_id, member_id from purchase_directory where purchase_id = any($1::uuid[]) and group_id = $2`,
    [purchaseIds, tx.groupId],
  );
  return findSales(
    tx,
    owners.map(({ member_id }) => member_id),
    owners.map(({ purchase_id }) => purchase_id),
  );
}

const CHANGING = [
  'inputs',
  'lines',
  'steps',
  'burn',
  'fully_refunded',
  'confirmed_at',
  'earned',
  'reversed',
  'growth_earned',
  'growth_reversed',
  'debt',
  'version',
] as const;

export async function saveSales(tx: Tx, sales: readonly Sale[]): Promise<void> {
  const made = sales.filter(({ mark }) => mark === 'NEW');
  await insertRows(
    tx,
    'purchase_earn',
    made.map((sale) => ({ ...toRow(tx, sale), posted_at: tx.now })),
  );
  await insertRows(
    tx,
    'purchase_directory',
    made.map(({ purchaseId, memberId }) => ({ purchase_id: purchaseId, group_id: tx.groupId, member_id: memberId })),
  );
  const changed = sales.filter(({ mark }) => mark === 'CHANGED').map((sale) => toRow(tx, sale));
  await updateRows(tx, 'purchase_earn', ['member_id', 'purchase_id'], CHANGING, changed);
}

function toRow(tx: Tx, s: Sale): Row {
  return {
    member_id: s.memberId,
    purchase_id: s.purchaseId,
    group_id: tx.groupId,
    site_id: s.mallId,
    merchant_id: s.merchantId,
    store_id: s.storeId,
    currency: s.currency,
    zone: s.zone,
    occurred_at: s.occurredAt,
    // The lines carry their own inputs; what stands in both places could disagree.
    inputs: { ...s.inputs, lines: [] },
    lines: s.lines,
    steps: s.steps,
    burn: s.burn,
    fully_refunded: s.fullyRefunded,
    confirmed_at: s.confirmedAt,
    earned: s.earned,
    reversed: s.reversed,
    growth_earned: s.growthEarned,
    growth_reversed: s.growthReversed,
    debt: s.debt,
    version: s.version,
  };
}

function fromRow(row: SaleRow): Sale {
  const lines = row.lines.map((line) => ({
    ...line,
    eligibleMinor: BigInt(line.eligibleMinor),
    points: BigInt(line.points),
    growth: BigInt(line.growth),
    refundedMinor: BigInt(line.refundedMinor),
    pointsValueRefundedMinor: BigInt(line.pointsValueRefundedMinor),
  }));
  return {
    ...row,
    steps: row.steps satisfies readonly Step[],
    lines,
    inputs: { ...row.inputs, lines },
    burn: row.burn && {
      ...row.burn,
      points: BigInt(row.burn.points),
      valueMinor: BigInt(row.burn.valueMinor),
      debt: BigInt(row.burn.debt),
      debtReturned: BigInt(row.burn.debtReturned),
      returned: BigInt(row.burn.returned),
      returnedValueMinor: BigInt(row.burn.returnedValueMinor),
      lots: row.burn.lots.map((lot) => ({ ...lot, amount: BigInt(lot.amount), returned: BigInt(lot.returned) })),
    },
    mark: 'STORED',
  };
}
