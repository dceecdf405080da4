import type { Tx } from '@atrium/platform';
import { change, insertion, type Row } from '../../ledger/storage/rows';
import type { Bonus } from '../domain/earn';
import type { RatingInputs } from '../domain/inputs';
import type { Burn, Sale, SaleLine } from '../domain/sale';

type Text<T> = T extends bigint
  ? string
  : T extends readonly (infer U)[]
    ? Text<U>[]
    : T extends object
      ? { [K in keyof T]: Text<T[K]> }
      : T;
/** What is not said has its usual value. */
type StoredLine = Pick<SaleLine, 'lineNo' | 'category'> & Partial<Text<SaleLine>> & { eligibleMinor: string };
type StoredInputs = Partial<Omit<Text<RatingInputs>, 'tier'>> & Pick<RatingInputs, 'tier'>;

interface SaleRow extends Omit<Sale, 'inputs' | 'lines' | 'bonuses' | 'steps' | 'burn' | 'mark'> {
  inputs: StoredInputs;
  lines: StoredLine[];
  bonuses: Text<Bonus>[] | null;
  burn: Text<Burn> | null;
}

const COLUMNS = `member_id as "memberId", purchase_id as "purchaseId", site_id as "mallId", merchant_id as "merchantId",
  store_id as "storeId", currency, zone, occurred_at as "occurredAt", inputs, lines, bonuses, burn,
  fully_refunded as "fullyRefunded", confirmed_at as "confirmedAt", earned, reversed, growth_earned as "growthEarned",
  growth_reversed as "growthReversed", debt, waived, deducted_minor as "deductedMinor",
  deducted_points as "deductedPoints", covered, version`;

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

/** The sales of members between two instants of each, as lists of the same length. */
export async function findSalesBetween(
  tx: Tx,
  memberIds: readonly string[],
  from: readonly Date[],
  to: readonly Date[],
): Promise<Sale[]> {
  const rows = await tx.prepared<SaleRow>(
    'points.sale.between',
    `select distinct on (p.member_id, p.purchase_id) ${COLUMNS} from purchase_earn p
       join unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as w(m, since, until)
       on p.member_id = w.m and p.occurred_at between w.since and w.until
     where p.group_id = $4`,
    [memberIds, from, to, tx.groupId],
  );
  return rows.map(fromRow);
}

/** The group's latest sales, newest first. */
export async function findLatestSales(tx: Tx, count: number): Promise<Sale[]> {
  const rows = await tx.query<SaleRow>(
    `select ${COLUMNS} from purchase_earn p where p.group_id = $1 order by p.occurred_at desc limit $2`,
    [tx.groupId, count],
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
  'bonuses',
  'burn',
  'fully_refunded',
  'confirmed_at',
  'earned',
  'reversed',
  'growth_earned',
  'growth_reversed',
  'debt',
  'waived',
  'deducted_minor',
  'deducted_points',
  'covered',
  'version',
] as const;

export async function saveSales(tx: Tx, sales: readonly Sale[]): Promise<void> {
  const made = sales.filter(({ mark }) => mark === 'NEW');
  const changed = sales.filter(({ mark }) => mark === 'CHANGED');
  await tx.write(
    insertion(
      'purchase_earn',
      made.map((sale) => ({ ...toRow(tx, sale), posted_at: tx.now })),
    ),
    insertion(
      'purchase_directory',
      made.map(({ purchaseId, memberId }) => ({ purchase_id: purchaseId, group_id: tx.groupId, member_id: memberId })),
    ),
    change(
      'purchase_earn',
      ['member_id', 'purchase_id'],
      CHANGING,
      changed.map((sale) => toRow(tx, sale)),
    ),
  );
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
    inputs: storedInputs(s.inputs),
    lines: s.lines.map(storedLine),
    bonuses: s.bonuses.length === 0 ? null : s.bonuses,
    burn: s.burn,
    fully_refunded: s.fullyRefunded,
    confirmed_at: s.confirmedAt,
    earned: s.earned,
    reversed: s.reversed,
    growth_earned: s.growthEarned,
    growth_reversed: s.growthReversed,
    debt: s.debt,
    waived: s.waived,
    deducted_minor: s.deductedMinor,
    deducted_points: s.deductedPoints,
    covered: s.covered,
    version: s.version,
  };
}

/** What columns and lines say already, and what is as usual, is left out: most sales are plain, and there are many. */
const storedInputs = (inputs: RatingInputs): Row => ({
  programmeId: inputs.programmeId,
  earnRuleIds: inputs.earnRuleIds,
  tier: inputs.tier,
  ...(inputs.campaignIds.length > 0 ? { campaignIds: inputs.campaignIds } : {}),
  ...(inputs.channel === null ? {} : { channel: inputs.channel }),
  ...(inputs.payments.length > 0 ? { payments: inputs.payments } : {}),
  ...(inputs.pointsCount ? { pointsCount: true } : {}),
  ...(inputs.late === null ? {} : { late: inputs.late }),
  ...(inputs.grants !== null && Object.keys(inputs.grants).length > 0 ? { grants: inputs.grants } : {}),
  ...(inputs.dayRoom === null ? {} : { dayRoom: inputs.dayRoom }),
  ...(inputs.merchantDayRoom === null ? {} : { merchantDayRoom: inputs.merchantDayRoom }),
});

const storedLine = (line: SaleLine): Row => ({
  lineNo: line.lineNo,
  category: line.category,
  eligibleMinor: line.eligibleMinor,
  ...(line.refundableMinor === line.eligibleMinor ? {} : { refundableMinor: line.refundableMinor }),
  ...(line.points === 0n ? {} : { points: line.points }),
  ...(line.growth === 0n ? {} : { growth: line.growth }),
  ...(line.refundedMinor === 0n ? {} : { refundedMinor: line.refundedMinor }),
  ...(line.pointsValueRefundedMinor === 0n ? {} : { pointsValueRefundedMinor: line.pointsValueRefundedMinor }),
});

const whole = (text: string | null | undefined): bigint | null => (text ? BigInt(text) : null);

function fromRow(row: SaleRow): Sale {
  const lines = row.lines.map((line): SaleLine => ({
    lineNo: line.lineNo,
    category: line.category,
    eligibleMinor: BigInt(line.eligibleMinor),
    refundableMinor: BigInt(line.refundableMinor ?? line.eligibleMinor),
    points: BigInt(line.points ?? 0),
    growth: BigInt(line.growth ?? 0),
    refundedMinor: BigInt(line.refundedMinor ?? 0),
    pointsValueRefundedMinor: BigInt(line.pointsValueRefundedMinor ?? 0),
  }));
  return {
    ...row,
    lines,
    inputs: inputsOf(row, lines),
    bonuses: bonusesOf(row),
    burn: burnOf(row),
    steps: [],
    mark: 'STORED',
  };
}

const inputsOf = ({ merchantId, storeId, currency, inputs }: SaleRow, lines: readonly SaleLine[]): RatingInputs => ({
  merchantId,
  storeId,
  currency,
  lines,
  programmeId: inputs.programmeId ?? null,
  earnRuleIds: inputs.earnRuleIds ?? [],
  campaignIds: inputs.campaignIds ?? [],
  channel: inputs.channel ?? null,
  payments: (inputs.payments ?? []).map(({ method, amountMinor }) => ({ method, amountMinor: BigInt(amountMinor) })),
  pointsCount: inputs.pointsCount ?? false,
  late: inputs.late ?? null,
  tier: inputs.tier,
  // Only a sale that waits for approval has not asked its budgets yet.
  grants:
    inputs.late === 'NEEDS_APPROVAL'
      ? null
      : Object.fromEntries(Object.entries(inputs.grants ?? {}).map(([id, points]) => [id, BigInt(points)])),
  dayRoom: whole(inputs.dayRoom),
  merchantDayRoom: whole(inputs.merchantDayRoom),
});

const bonusesOf = ({ bonuses }: SaleRow): Bonus[] =>
  (bonuses ?? []).map(({ ruleVersionId, points, steps, lines }) => ({
    ruleVersionId,
    points: BigInt(points),
    steps: steps.map((step) => ({ fromMinor: BigInt(step.fromMinor), points: BigInt(step.points) })),
    lines: lines.map(({ lineNo, num, den }) => ({ lineNo, num: BigInt(num), den: BigInt(den) })),
  }));

const burnOf = ({ burn }: SaleRow): Burn | null =>
  burn && {
    ...burn,
    points: BigInt(burn.points),
    valueMinor: BigInt(burn.valueMinor),
    debt: BigInt(burn.debt),
    debtReturned: BigInt(burn.debtReturned),
    returned: BigInt(burn.returned),
    returnedValueMinor: BigInt(burn.returnedValueMinor),
    lineValues: (burn.lineValues ?? []).map(({ lineNo, valueMinor }) => ({ lineNo, valueMinor: BigInt(valueMinor) })),
    lots: burn.lots.map((lot) => ({ ...lot, amount: BigInt(lot.amount), returned: BigInt(lot.returned) })),
  };
