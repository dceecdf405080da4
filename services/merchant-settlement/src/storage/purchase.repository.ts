import type { Tx } from '@atrium/platform';
import type { Purchase, PurchaseStatus } from '../domain/facts';
import type { SaleLine } from '../domain/sale';

export type { PurchaseStatus };

export interface PurchaseRow extends Purchase {
  contentHash: Buffer;
  /** A site recorded it and told. */
  recordedAtSite: boolean;
}

export interface PurchaseLineRow extends SaleLine {
  purchaseId: string;
  cashRefundedMinor: bigint;
  pointsValueRefundedMinor: bigint;
}

const COLUMNS = `id, site_id as "siteId", merchant_id as "merchantId", store_id as "storeId", source_system as "sourceSystem",
  external_id as "externalId", member_id as "memberId", identifier_index as "identifierIndex", checkout_id as "checkoutId",
  contract_id as "contractId", occurred_at as "occurredAt", received_at as "receivedAt", business_date as "businessDate",
  time_zone as "timeZone", currency, gross_minor as "grossMinor", paid_minor as "paidMinor", points_used as "pointsUsed",
  points_value_minor as "pointsValueMinor", channel, payments, status, cash_refunded_minor as "cashRefundedMinor",
  points_value_refunded_minor as "pointsValueRefundedMinor", points_returned as "pointsReturned",
  points_deduction_minor as "pointsDeductionMinor", refund_no as "refundNo",
  content_hash as "contentHash", recorded_at_site as "recordedAtSite"`;

const LINE_COLUMNS = `purchase_id as "purchaseId", line_no as "lineNo", sku, category, quantity::text as quantity,
  gross_minor as "grossMinor", shop_discount_minor as "shopDiscountMinor", tier_discount_minor as "tierDiscountMinor",
  coupon_discount_minor as "couponDiscountMinor", points_value_minor as "pointsValueMinor", paid_minor as "paidMinor",
  cash_refunded_minor as "cashRefundedMinor", points_value_refunded_minor as "pointsValueRefundedMinor"`;

type StoredPurchase = Omit<PurchaseRow, 'payments'> & { payments: { method: string; amountMinor: string }[] | null };

const fromRow = (row: StoredPurchase): PurchaseRow => ({
  ...row,
  payments: (row.payments ?? []).map(({ method, amountMinor }) => ({ method, amountMinor: BigInt(amountMinor) })),
});

const paymentsJson = (payments: PurchaseRow['payments']): string =>
  JSON.stringify(payments.map(({ method, amountMinor }) => ({ method, amountMinor: amountMinor.toString() })));

const byId = <T extends { id: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));

export async function findPurchases(tx: Tx, ids: readonly string[]): Promise<Map<string, PurchaseRow>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.prepared<StoredPurchase>(
    'settlement.purchase.find',
    `select ${COLUMNS} from purchase where id = any($1)`,
    [[...new Set(ids)]],
  );
  return byId(rows.map(fromRow));
}

/** Locks a sale: refunds of it come one after another. */
export async function lockPurchase(tx: Tx, id: string): Promise<PurchaseRow | null> {
  const [row] = await tx.prepared<StoredPurchase>(
    'settlement.purchase.lock',
    `select ${COLUMNS} from purchase where id = $1 for update`,
    [id],
  );
  return row ? fromRow(row) : null;
}

export async function findPurchaseLines(tx: Tx, purchaseIds: readonly string[]): Promise<PurchaseLineRow[]> {
  return tx.prepared<PurchaseLineRow>(
    'settlement.purchase.lines',
    `select ${LINE_COLUMNS} from purchase_line where purchase_id = any($1) order by purchase_id, line_no`,
    [[...new Set(purchaseIds)]],
  );
}

/**
 * Adds sales that are not there yet and answers the ids of those it added: of two at the same time only one adds. In id
 * order, so that two batches with the same sales wait for each other instead of standing in each other's way.
 */
export async function insertPurchases(tx: Tx, rows: readonly PurchaseRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const added = await tx.prepared<{ id: string }>(
    'settlement.purchase.insert',
    `insert into purchase (id, group_id, site_id, merchant_id, store_id, source_system, external_id, member_id, identifier_index,
       checkout_id, contract_id, occurred_at, received_at, business_date, time_zone, currency, gross_minor, paid_minor, points_used,
       points_value_minor, status, cash_refunded_minor, points_value_refunded_minor, points_returned, refund_no, content_hash,
       channel, payments, recorded_at_site)
     select id, $1, site_id, merchant_id, store_id, source_system, external_id, member_id, identifier_index, checkout_id, contract_id,
       occurred_at, received_at, business_date, time_zone, currency, gross, paid, points_used, points_value, 'RECORDED', 0, 0, 0, 0, hash, channel, payments, at_site
     from unnest($2::timestamptz[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::uuid[],
       $12::uuid[], $13::timestamptz[], $14::date[], $15::text[], $16::text[], $17::bigint[], $18::bigint[], $19::bigint[],
       $20::bigint[], $21::bytea[], $22::text[], $23::jsonb[], $24::boolean[]) with ordinality
       as t(received_at, id, site_id, merchant_id, store_id, source_system, external_id, member_id, identifier_index, checkout_id, contract_id,
         occurred_at, business_date, time_zone, currency, gross, paid, points_used, points_value, hash, channel, payments, at_site, n)
     order by n
     on conflict (id) do nothing returning id`,
    [
      tx.groupId,
      sorted.map((r) => r.receivedAt),
      sorted.map((r) => r.id),
      sorted.map((r) => r.siteId),
      sorted.map((r) => r.merchantId),
      sorted.map((r) => r.storeId),
      sorted.map((r) => r.sourceSystem),
      sorted.map((r) => r.externalId),
      sorted.map((r) => r.memberId),
      sorted.map((r) => r.identifierIndex),
      sorted.map((r) => r.checkoutId),
      sorted.map((r) => r.contractId),
      sorted.map((r) => r.occurredAt),
      sorted.map((r) => r.businessDate),
      sorted.map((r) => r.timeZone),
      sorted.map((r) => r.currency),
      sorted.map((r) => r.grossMinor),
      sorted.map((r) => r.paidMinor),
      sorted.map((r) => r.pointsUsed),
      sorted.map((r) => r.pointsValueMinor),
      sorted.map((r) => r.contentHash),
      sorted.map((r) => r.channel),
      sorted.map((r) => (r.payments.length === 0 ? null : paymentsJson(r.payments))),
      sorted.map((r) => r.recordedAtSite),
    ],
  );
  return new Set(added.map(({ id }) => id));
}

export async function insertPurchaseLines(
  tx: Tx,
  lines: readonly (SaleLine & { purchaseId: string })[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.prepared(
    'settlement.purchase.insert-lines',
    `insert into purchase_line (purchase_id, line_no, group_id, sku, category, quantity, gross_minor, shop_discount_minor,
       tier_discount_minor, coupon_discount_minor, points_value_minor, paid_minor, cash_refunded_minor, points_value_refunded_minor)
     select purchase_id, line_no, $1, sku, category, quantity, gross, shop, tier, coupon, points, paid, 0, 0
     from unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::numeric[], $7::bigint[], $8::bigint[], $9::bigint[],
       $10::bigint[], $11::bigint[], $12::bigint[])
       as t(purchase_id, line_no, sku, category, quantity, gross, shop, tier, coupon, points, paid)`,
    [
      tx.groupId,
      lines.map((l) => l.purchaseId),
      lines.map((l) => l.lineNo),
      lines.map((l) => l.sku),
      lines.map((l) => l.category),
      lines.map((l) => l.quantity),
      lines.map((l) => l.grossMinor),
      lines.map((l) => l.shopDiscountMinor),
      lines.map((l) => l.tierDiscountMinor),
      lines.map((l) => l.couponDiscountMinor),
      lines.map((l) => l.pointsValueMinor),
      lines.map((l) => l.paidMinor),
    ],
  );
}

/** Node ids within which sales may be seen; null = the whole group. */
export type Reach = readonly string[] | null;

export async function findMemberPurchases(
  tx: Tx,
  memberId: string,
  reach: Reach,
  page: { limit: number; after: { at: Date; id: string } | null },
): Promise<PurchaseRow[]> {
  const rows = await tx.prepared<StoredPurchase>(
    'settlement.purchase.of-member',
    `select ${COLUMNS} from purchase
     where member_id in (select $1::uuid union all select id from member where merged_into = $1) and ($2::uuid[] is null or array[site_id, merchant_id, store_id] && $2)
       and ($3::timestamptz is null or (occurred_at, id) < ($3, $4::uuid))
     order by occurred_at desc, id desc limit $5`,
    [memberId, reach, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(fromRow);
}
