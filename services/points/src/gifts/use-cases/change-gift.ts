// Staff publish or withdraw a gift, and count its stock.
import { err, ok, type Result, uuidv7 } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { canBecome, type Gift, type GiftStatus } from '../domain/gift';
import { publishGift, publishStock } from '../events/gift-events';
import { findGift, insertChange, lockGift, updateGift } from '../storage/gift.repository';
import { changeStock, limitStock } from '../storage/stock.repository';
import { mallDay } from './mall-day';
import { STOCK_MAX } from './save-gift';

interface Command {
  key: string;
  actor: string;
  giftId: string;
}

export type ChangeGiftRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'GIFT_STATE'; status: GiftStatus }
  | { code: 'INVALID_INPUT'; path: string[]; reason: 'REASON_LENGTH' | 'STOCK' };

export async function changeGiftStatus(
  tx: Tx,
  { key, actor, giftId, status }: Command & { status: GiftStatus },
): Promise<Result<{ id: string }, ChangeGiftRefusal | IdempotencyRefusal>> {
  return idempotent<{ id: string }, ChangeGiftRefusal>(
    tx,
    { key, operation: 'changeGiftStatus', actor, input: { giftId, status } },
    async () => {
      const gift = await openGift(tx, giftId);
      if (!gift) return err({ code: 'NOT_FOUND' });
      if (!canBecome(gift.status, status)) return err({ code: 'GIFT_STATE', status: gift.status });
      const after: Gift = {
        ...gift,
        status,
        version: gift.version + 1n,
        publishedAt: gift.publishedAt ?? (status === 'PUBLISHED' ? tx.now : null),
        updatedAt: tx.now,
      };
      await updateGift(tx, after);
      const detail = { from: gift.status, to: status };
      await insertChange(tx, giftId, {
        id: uuidv7(tx.now),
        kind: 'STATUS',
        version: after.version,
        detail,
        actor,
        reason: null,
      });
      await publishGift(tx, after);
      return ok({ id: giftId });
    },
  );
}

export async function changeGiftStock(
  tx: Tx,
  command: Command & { delta: bigint; reason: string },
): Promise<Result<{ id: string }, ChangeGiftRefusal | IdempotencyRefusal>> {
  const { key, actor, giftId, delta } = command;
  const reason = command.reason.trim();
  return idempotent<{ id: string }, ChangeGiftRefusal>(
    tx,
    { key, operation: 'changeGiftStock', actor, input: { giftId, delta, reason } },
    async () => {
      if (reason.length < 3 || reason.length > 500)
        return err({ code: 'INVALID_INPUT', path: ['reason'], reason: 'REASON_LENGTH' });
      const tooMuch = err<ChangeGiftRefusal>({ code: 'INVALID_INPUT', path: ['delta'], reason: 'STOCK' });
      if (delta === 0n || delta > STOCK_MAX || delta < -STOCK_MAX) return tooMuch;
      const gift = await openGift(tx, giftId);
      if (!gift) return err({ code: 'NOT_FOUND' });
      // Counted for the first time: from now on the stock has an end.
      if (gift.stockLeft === null && delta < 0n) return tooMuch;
      const left =
        gift.stockLeft === null && (await limitStock(tx, giftId, delta)) ? delta : await changeStock(tx, giftId, delta);
      if (left === null) return tooMuch;
      const detail = { delta: delta.toString(), left: left.toString() };
      await insertChange(tx, giftId, {
        id: uuidv7(tx.now),
        kind: 'STOCK',
        version: gift.version,
        detail,
        actor,
        reason,
      });
      await publishStock(tx, gift, delta, left);
      return ok({ id: giftId });
    },
  );
}

async function openGift(tx: Tx, giftId: string): Promise<Gift | null> {
  if ((await lockGift(tx, { id: giftId })) === null) return null;
  return findGift(tx, giftId, await mallDay(tx));
}
