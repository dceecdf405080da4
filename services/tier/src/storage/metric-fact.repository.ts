import type { Tx } from '@atrium/platform';
import type { RefundMetric, SaleMetric } from '../domain/facts';

export interface SpendRow {
  memberId: string;
  purchaseId: string;
  /** The sale's own id, or the refund's. */
  factId: string;
  occurredAt: Date;
  currency: string;
  spendMinor: bigint;
}

export interface GrowthRow {
  memberId: string;
  purchaseId: string;
  factId: string;
  occurredAt: Date;
  currency: string;
  growthEarned: bigint;
  growthReversed: bigint;
  growthVersion: bigint;
}

/** Sales and refunds as they happened; a repeat says the same again. */
export async function saveSpend(tx: Tx, rows: readonly SpendRow[]): Promise<void> {
  const unique = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  await tx.prepared(
    'tier.fact.spend',
    `insert into metric_fact as f (member_id, purchase_id, fact_id, group_id, occurred_at, currency, spend_minor,
       growth_earned, growth_reversed, growth_version)
     select m, p, i, $1, t, c, s, 0, 0, 0
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[], $7::bigint[]) as r(m, p, i, t, c, s)
     on conflict (member_id, purchase_id, fact_id) do update set
       occurred_at = excluded.occurred_at, currency = excluded.currency, spend_minor = excluded.spend_minor`,
    [
      tx.groupId,
      unique.map(({ memberId }) => memberId),
      unique.map(({ purchaseId }) => purchaseId),
      unique.map(({ factId }) => factId),
      unique.map(({ occurredAt }) => occurredAt),
      unique.map(({ currency }) => currency),
      unique.map(({ spendMinor }) => spendMinor),
    ],
  );
}

/** Totals of growth: the newest version wins, whatever the order of arrival. */
export async function saveGrowth(tx: Tx, rows: readonly GrowthRow[]): Promise<void> {
  const newest = new Map<string, GrowthRow>();
  for (const row of rows) {
    const known = newest.get(keyOf(row));
    if (!known || known.growthVersion < row.growthVersion) newest.set(keyOf(row), row);
  }
  const unique = [...newest.values()];
  await tx.prepared(
    'tier.fact.growth',
    `insert into metric_fact as f (member_id, purchase_id, fact_id, group_id, occurred_at, currency, growth_earned,
       growth_reversed, growth_version)
     select m, p, i, $1, t, c, e, r, v
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[])
       as g(m, p, i, t, c, e, r, v)
     on conflict (member_id, purchase_id, fact_id) do update set growth_earned = excluded.growth_earned,
       growth_reversed = excluded.growth_reversed, growth_version = excluded.growth_version
     where f.growth_version < excluded.growth_version`,
    [
      tx.groupId,
      unique.map(({ memberId }) => memberId),
      unique.map(({ purchaseId }) => purchaseId),
      unique.map(({ factId }) => factId),
      unique.map(({ occurredAt }) => occurredAt),
      unique.map(({ currency }) => currency),
      unique.map(({ growthEarned }) => growthEarned),
      unique.map(({ growthReversed }) => growthReversed),
      unique.map(({ growthVersion }) => growthVersion),
    ],
  );
}

/** Which of these sales have arrived themselves. */
export async function findSales(
  tx: Tx,
  keys: readonly { memberId: string; purchaseId: string }[],
): Promise<Set<string>> {
  const rows = await tx.prepared<{ purchaseId: string }>(
    'tier.fact.sales',
    `select f.purchase_id as "purchaseId" from metric_fact f
     join unnest($1::uuid[], $2::uuid[]) as k(member_id, purchase_id)
       on f.member_id = k.member_id and f.purchase_id = k.purchase_id and f.fact_id = k.purchase_id
     where f.spend_minor is not null`,
    [keys.map(({ memberId }) => memberId), keys.map(({ purchaseId }) => purchaseId)],
  );
  return new Set(rows.map(({ purchaseId }) => purchaseId));
}

export interface MemberMetrics {
  sales: SaleMetric[];
  refunds: RefundMetric[];
}

interface FactRow {
  memberId: string;
  purchaseId: string;
  factId: string;
  occurredAt: Date;
  currency: string;
  spendMinor: bigint | null;
  growthEarned: bigint;
  growthReversed: bigint;
}

export async function findMetrics(tx: Tx, memberIds: readonly string[]): Promise<Map<string, MemberMetrics>> {
  const rows = await tx.prepared<FactRow>(
    'tier.fact.all',
    `select member_id as "memberId", purchase_id as "purchaseId", fact_id as "factId", occurred_at as "occurredAt", currency,
       spend_minor as "spendMinor", growth_earned as "growthEarned", growth_reversed as "growthReversed"
     from metric_fact where group_id = $1 and member_id = any($2)`,
    [tx.groupId, memberIds],
  );
  const found = new Map<string, MemberMetrics>();
  for (const { memberId, factId, occurredAt, spendMinor, growthEarned, ...row } of rows) {
    let own = found.get(memberId);
    if (!own) found.set(memberId, (own = { sales: [], refunds: [] }));
    if (factId === row.purchaseId) own.sales.push({ ...row, saleAt: occurredAt, spendMinor, growthEarned });
    else own.refunds.push({ ...row, refundId: factId, refundedAt: occurredAt, spendMinor: spendMinor ?? 0n });
  }
  return found;
}

const keyOf = ({ memberId, purchaseId, factId }: { memberId: string; purchaseId: string; factId: string }): string =>
  `${memberId} ${purchaseId} ${factId}`;
