import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import { type Gift, type GiftTerms, leastPoints, searchTextOf } from '../domain/gift';
import { insertion, insertRows, type Row, updateRows } from '../../ledger/storage/rows';

type Stored = Omit<Gift, keyof GiftTerms> & { terms: string };

/** `$2` is the local day whose part of the stock counts. */
export const GIFT_COLUMNS = `g.id, g.path, g.status, g.version, g.published_at as "publishedAt",
  g.updated_at as "updatedAt", g.terms::text, s.stock_left as "stockLeft", coalesce(d.taken, 0) as "takenToday"`;
export const GIFT_TABLES = `gift g
  left join gift_stock s on s.group_id = g.group_id and s.gift_id = g.id
  left join gift_stock_day d on d.group_id = g.group_id and d.gift_id = g.id and d.day = $2::date`;

export const toGift = ({ terms, ...rest }: Stored): Gift => ({ ...rest, ...(decodeJson(terms) as GiftTerms) });

export async function findGifts(tx: Tx, ids: readonly string[], day: string): Promise<Map<string, Gift>> {
  const rows = await tx.prepared<Stored>(
    'points.gift.find',
    `select ${GIFT_COLUMNS} from ${GIFT_TABLES} where g.group_id = $1 and g.id = any($3::uuid[])`,
    [tx.groupId, day, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, toGift(row)]));
}

export async function findGift(tx: Tx, id: string, day: string): Promise<Gift | null> {
  return (await findGifts(tx, [id], day)).get(id) ?? null;
}

/** Changes of one gift wait for each other; orders wait for nobody here. */
export async function lockGift(tx: Tx, by: { id: string } | { code: string }): Promise<string | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['code', by.code];
  const [row] = await tx.prepared<{ id: string }>(
    `points.gift.lock.${column}`,
    `select id from gift where group_id = $1 and ${column} = $2 for update`,
    [tx.groupId, value],
  );
  return row?.id ?? null;
}

export async function countGifts(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int as n from gift where group_id = $1`, [tx.groupId]);
  return row?.n ?? 0;
}

/** False when somebody else made a gift of this code meanwhile. */
export const insertGift = async (tx: Tx, gift: Gift): Promise<boolean> =>
  (await insertRows(tx, 'gift', [toRow(tx, gift)], 'on conflict do nothing')) === 1;

export async function updateGift(tx: Tx, gift: Gift): Promise<void> {
  const row = toRow(tx, gift);
  const columns = Object.keys(row).filter((name) => name !== 'group_id' && name !== 'id');
  await updateRows(tx, 'gift', ['group_id', 'id'], columns, [row]);
}

/** Without what is kept beside the terms: the same gift has the same text. */
function termsOf(gift: Gift): GiftTerms {
  const { code, nodeId, kind, category, tags, texts, images, tiers, prices, deliveries } = gift;
  const { stockPerDay, limitPerMember, saleFrom, saleUntil, returnDays } = gift;
  const described = { code, nodeId, kind, category, tags, texts, images, tiers, prices, deliveries };
  return { ...described, stockPerDay, limitPerMember, saleFrom, saleUntil, returnDays };
}

function toRow(tx: Tx, gift: Gift): Row {
  const { id, path, status, version, publishedAt, updatedAt } = gift;
  const terms = termsOf(gift);
  return {
    group_id: tx.groupId,
    id,
    code: terms.code,
    node_id: terms.nodeId,
    path,
    kind: terms.kind,
    category: terms.category,
    tags: terms.tags,
    status,
    terms: JSON.parse(encodeJson(terms)) as unknown,
    least_points: leastPoints(terms.prices),
    sale_from: terms.saleFrom,
    sale_until: terms.saleUntil,
    search_text: searchTextOf(terms),
    version,
    published_at: publishedAt,
    updated_at: updatedAt,
  };
}

export type GiftChangeKind = 'CREATED' | 'CHANGED' | 'STATUS' | 'STOCK';

export interface GiftChange {
  id: string;
  kind: GiftChangeKind;
  version: bigint;
  /** Codes and figures, by name. */
  detail: Readonly<Record<string, string>>;
  actor: string;
  reason: string | null;
  changedAt: Date;
}

export async function insertChange(tx: Tx, giftId: string, change: Omit<GiftChange, 'changedAt'>): Promise<void> {
  const row = { group_id: tx.groupId, gift_id: giftId, ...change, changed_at: tx.now };
  await tx.write(insertion('gift_change', [row]));
}

/** Newest first. */
export async function findChanges(tx: Tx, giftId: string, limit: number): Promise<GiftChange[]> {
  return tx.prepared(
    'points.gift.changes',
    `select id, kind, version, detail, actor, reason, changed_at as "changedAt" from gift_change
     where group_id = $1 and gift_id = $2 order by changed_at desc, id desc limit $3`,
    [tx.groupId, giftId, limit],
  );
}
