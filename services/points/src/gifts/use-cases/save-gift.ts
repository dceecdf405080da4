// Staff describe a gift. The same code again changes it; orders keep the version they were made with.
import { err, naturalId, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { type Gift, type GiftFault, giftFault, type GiftTerms } from '../domain/gift';
import { publishGift } from '../events/gift-events';
import { countGifts, findGift, insertChange, insertGift, lockGift, updateGift } from '../storage/gift.repository';
import { limitStock } from '../storage/stock.repository';
import { mallDay } from './mall-day';

export interface SaveGift {
  key: string;
  actor: string;
  terms: GiftTerms;
  /** For a new gift: its pieces; null: no end. Later the stock has a verb of its own. */
  stock: bigint | null;
}

export type SaveGiftRefusal = { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; path: string[]; reason: GiftFault };

/** What one group's catalogue may hold; searching it stays quick. */
const GIFTS_MAX = 10_000;
export const STOCK_MAX = 1_000_000_000n;

export async function saveGift(
  tx: Tx,
  command: SaveGift,
): Promise<Result<{ id: string }, SaveGiftRefusal | IdempotencyRefusal>> {
  const { key, actor, terms, stock } = command;
  return idempotent<{ id: string }, SaveGiftRefusal>(
    tx,
    { key, operation: 'saveGift', actor, input: { terms, stock } },
    async () => {
      const invalid = (path: string[], reason: GiftFault) =>
        err<SaveGiftRefusal>({ code: 'INVALID_INPUT', path, reason });
      const fault = giftFault(terms);
      if (fault) return invalid(...fault);
      const node = await findOrgNode(tx, terms.nodeId);
      if (!node) return err({ code: 'NOT_FOUND' });
      const foreign = terms.prices.findIndex(({ cashMinor, currency }) => cashMinor > 0n && currency !== node.currency);
      if (foreign >= 0) return invalid(['prices', String(foreign), 'cash', 'currency'], 'CURRENCY');
      const day = await mallDay(tx);
      const known = await lockGift(tx, { code: terms.code });
      const before = known === null ? null : await findGift(tx, known, day);
      if (before) {
        if (before.nodeId !== terms.nodeId) return invalid(['nodeId'], 'NODE');
        if (stock !== null) return invalid(['stock'], 'STOCK');
        return ok(await change(tx, actor, { ...before, ...terms, version: before.version + 1n, updatedAt: tx.now }));
      }
      if (stock !== null && (stock < 0n || stock > STOCK_MAX)) return invalid(['stock'], 'STOCK');
      if ((await countGifts(tx)) >= GIFTS_MAX) return invalid(['code'], 'TOO_MANY');
      return ok(await create(tx, actor, terms, node.path, stock));
    },
  );
}

async function create(
  tx: Tx,
  actor: string,
  terms: GiftTerms,
  path: string[],
  stock: bigint | null,
): Promise<{ id: string }> {
  const gift: Gift = {
    ...terms,
    id: naturalId('gift', tx.groupId ?? '', terms.code),
    path,
    status: 'DRAFT',
    version: 1n,
    publishedAt: null,
    updatedAt: tx.now,
    stockLeft: stock,
    takenToday: 0,
  };
  // Two who make the same gift at once: the later one sees a conflict of keys, and changes it when it asks again.
  if (!(await insertGift(tx, gift)))
    throw Object.assign(new Error('made by somebody else meanwhile'), { code: '40001' });
  if (stock !== null) await limitStock(tx, gift.id, stock);
  await note(tx, actor, gift, 'CREATED', { stock: stock === null ? '' : stock.toString() });
  return { id: gift.id };
}

async function change(tx: Tx, actor: string, gift: Gift): Promise<{ id: string }> {
  await updateGift(tx, gift);
  await note(tx, actor, gift, 'CHANGED', {});
  return { id: gift.id };
}

async function note(
  tx: Tx,
  actor: string,
  gift: Gift,
  kind: 'CREATED' | 'CHANGED',
  detail: Record<string, string>,
): Promise<void> {
  const { version } = gift;
  await insertChange(tx, gift.id, { id: uuidv7(tx.now), kind, version, detail, actor, reason: null });
  await publishGift(tx, gift);
}
