import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import type { Posting } from '../domain/facts';
import type { Target } from '../domain/obligations';
import type { PostingLine } from '../domain/posting';

export interface ObligationKey {
  merchantId: string;
  kind: string;
  sourceId: string;
}

export interface ObligationState extends ObligationKey {
  /** The newest totals that were heard; null before the first. */
  facts: unknown;
  posted: Target;
}

export const keyText = ({ merchantId, kind, sourceId }: ObligationKey): string => `${merchantId}/${kind}/${sourceId}`;

/** Locks what is owed for each of these, creating what is not there yet; in key order. */
export async function lockObligations(tx: Tx, keys: readonly ObligationKey[]): Promise<Map<string, ObligationState>> {
  const sorted = [...new Map(keys.map((key) => [keyText(key), key])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
  const arrays = [sorted.map((k) => k.merchantId), sorted.map((k) => k.kind), sorted.map((k) => k.sourceId)];
  await tx.prepared(
    'settlement.obligation.create',
    `insert into obligation (merchant_id, kind, source_id, group_id, facts, posted)
     select merchant_id, kind, source_id, $1, 'null', '{}'
     from unnest($2::uuid[], $3::text[], $4::uuid[]) with ordinality as t(merchant_id, kind, source_id, n) order by n
     on conflict (merchant_id, kind, source_id) do nothing`,
    [tx.groupId, ...arrays],
  );
  const rows = await tx.prepared<ObligationKey & { facts: string; posted: string }>(
    'settlement.obligation.lock',
    `select o.merchant_id as "merchantId", o.kind, o.source_id as "sourceId", o.facts::text as facts, o.posted::text as posted
     from obligation o join unnest($1::uuid[], $2::text[], $3::uuid[]) as t(merchant_id, kind, source_id)
       on o.merchant_id = t.merchant_id and o.kind = t.kind and o.source_id = t.source_id
     order by o.merchant_id, o.kind, o.source_id for update of o`,
    arrays,
  );
  return new Map(
    rows.map((row) => [keyText(row), { ...row, facts: decodeJson(row.facts), posted: readAmounts(row.posted) }]),
  );
}

/** Account -> amount as text: exact in JSON, and plain to whoever checks the ledger from outside. */
const writeAmounts = (amounts: Target): string =>
  JSON.stringify(amounts, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));

const readAmounts = (text: string): Target =>
  Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, string>).map(([k, v]) => [k, BigInt(v)]));

export async function saveObligations(tx: Tx, states: readonly ObligationState[]): Promise<void> {
  if (states.length === 0) return;
  await tx.prepared(
    'settlement.obligation.save',
    `update obligation o set facts = t.facts, posted = t.posted
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::jsonb[], $5::jsonb[]) as t(merchant_id, kind, source_id, facts, posted)
     where o.merchant_id = t.merchant_id and o.kind = t.kind and o.source_id = t.source_id`,
    [
      states.map((s) => s.merchantId),
      states.map((s) => s.kind),
      states.map((s) => s.sourceId),
      states.map((s) => encodeJson(s.facts)),
      states.map((s) => writeAmounts(s.posted)),
    ],
  );
}

export type PostingRow = Posting;

export interface PostingLineRow extends PostingLine {
  postingId: string;
}

export async function insertPostings(
  tx: Tx,
  postings: readonly (PostingRow & { lines: readonly PostingLine[] })[],
): Promise<void> {
  if (postings.length === 0) return;
  await tx.prepared(
    'settlement.posting.insert',
    `insert into posting (merchant_id, id, group_id, site_id, kind, source_id, purchase_id, contract_id, occurred_at, posted_at,
       business_date, currency)
     select merchant_id, id, $1, site_id, kind, source_id, purchase_id, contract_id, occurred_at, $2, business_date, currency
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::timestamptz[],
       $11::date[], $12::text[])
       as t(merchant_id, id, site_id, kind, source_id, purchase_id, contract_id, occurred_at, business_date, currency)`,
    [
      tx.groupId,
      tx.now,
      postings.map((p) => p.merchantId),
      postings.map((p) => p.id),
      postings.map((p) => p.siteId),
      postings.map((p) => p.kind),
      postings.map((p) => p.sourceId),
      postings.map((p) => p.purchaseId),
      postings.map((p) => p.contractId),
      postings.map((p) => p.occurredAt),
      postings.map((p) => p.businessDate),
      postings.map((p) => p.currency),
    ],
  );
  const lines = postings.flatMap((p) => p.lines.map((line, i) => ({ ...line, p, lineNo: i + 1 })));
  await tx.prepared(
    'settlement.posting.insert-lines',
    `insert into posting_line (merchant_id, posting_id, line_no, group_id, account, debit_minor, credit_minor, memo)
     select merchant_id, posting_id, line_no, $1, account, debit, credit, memo
     from unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
       as t(merchant_id, posting_id, line_no, account, debit, credit, memo)`,
    [
      tx.groupId,
      lines.map(({ p }) => p.merchantId),
      lines.map(({ p }) => p.id),
      lines.map((l) => l.lineNo),
      lines.map((l) => l.account),
      lines.map((l) => l.debitMinor),
      lines.map((l) => l.creditMinor),
      lines.map((l) => l.memo),
    ],
  );
}

export interface BalanceRow {
  merchantId: string;
  receivableMinor: bigint;
  payableMinor: bigint;
}

/** Summed from the ledger itself, over an index that holds the amounts. */
export async function findBalances(tx: Tx, merchantIds: readonly string[]): Promise<Map<string, BalanceRow>> {
  const rows = await tx.prepared<BalanceRow>(
    'settlement.posting.balance',
    `select merchant_id as "merchantId",
       (coalesce(sum(debit_minor - credit_minor) filter (where account = 'RECEIVABLE'), 0))::bigint as "receivableMinor",
       (coalesce(sum(credit_minor - debit_minor) filter (where account = 'PAYABLE'), 0))::bigint as "payableMinor"
     from posting_line where merchant_id = any($1) and account in ('RECEIVABLE', 'PAYABLE') group by merchant_id`,
    [[...new Set(merchantIds)]],
  );
  return new Map(rows.map((row) => [row.merchantId, row]));
}

const COLUMNS = `id, merchant_id as "merchantId", site_id as "siteId", kind, source_id as "sourceId", purchase_id as "purchaseId",
  contract_id as "contractId", occurred_at as "occurredAt", posted_at as "postedAt", business_date as "businessDate", currency`;

export async function findPostings(
  tx: Tx,
  merchantId: string,
  page: { limit: number; after: { at: Date; id: string } | null },
): Promise<PostingRow[]> {
  return tx.prepared<PostingRow>(
    'settlement.posting.page',
    `select ${COLUMNS} from posting where merchant_id = $1 and ($2::timestamptz is null or (posted_at, id) < ($2, $3::uuid))
     order by posted_at desc, id desc limit $4`,
    [merchantId, page.after?.at ?? null, page.after?.id ?? null, page.limit],
  );
}

export async function findPostingsOfPurchases(
  tx: Tx,
  purchases: readonly { id: string; merchantId: string }[],
): Promise<PostingRow[]> {
  return tx.prepared<PostingRow>(
    'settlement.posting.of-purchases',
    `select ${COLUMNS} from posting where merchant_id = any($1) and purchase_id = any($2) order by posted_at, id`,
    [[...new Set(purchases.map((p) => p.merchantId))], purchases.map((p) => p.id)],
  );
}

export async function findPostingLines(
  tx: Tx,
  postings: readonly { id: string; merchantId: string }[],
): Promise<PostingLineRow[]> {
  return tx.prepared<PostingLineRow>(
    'settlement.posting.lines',
    `select posting_id as "postingId", account, debit_minor as "debitMinor", credit_minor as "creditMinor", memo
     from posting_line where merchant_id = any($1) and posting_id = any($2) order by posting_id, line_no`,
    [[...new Set(postings.map((p) => p.merchantId))], postings.map((p) => p.id)],
  );
}
