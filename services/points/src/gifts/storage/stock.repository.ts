// Stock is exact under any rush: each change is one guarded statement, and an order makes it last, so that the row that all
// orders of a gift share is held no longer than the commit takes.
import type { Tx } from '@atrium/platform';

export interface Take {
  giftId: string;
  day: string;
  quantity: number;
  limited: boolean;
  perDay: number | null;
}

/** Takes pieces; says what was short. After a refusal the transaction must not be committed. */
export async function takeStock(tx: Tx, take: Take): Promise<'TAKEN' | 'SOLD_OUT' | 'SOLD_OUT_TODAY'> {
  const { giftId, day, quantity, limited, perDay } = take;
  // Always counted, so that a limit for the day that staff set at noon knows the morning.
  const today = await tx.prepared(
    'points.gift.take-day',
    `insert into gift_stock_day (group_id, gift_id, day, taken) select $1::uuid, $2::uuid, $3::date, $4::int
     where $5::int is null or $4::int <= $5::int
     on conflict (group_id, gift_id, day) do update set taken = gift_stock_day.taken + excluded.taken
     where $5::int is null or gift_stock_day.taken + excluded.taken <= $5::int returning 1`,
    [tx.groupId, giftId, day, quantity, perDay],
  );
  if (today.length === 0) return 'SOLD_OUT_TODAY';
  if (!limited) return 'TAKEN';
  return (await changeStock(tx, giftId, BigInt(-quantity))) === null ? 'SOLD_OUT' : 'TAKEN';
}

export async function putStockBack(
  tx: Tx,
  order: { giftId: string; businessDate: string; quantity: number },
): Promise<void> {
  const { giftId, businessDate, quantity } = order;
  await tx.prepared(
    'points.gift.give-day',
    `update gift_stock_day set taken = taken - $4 where group_id = $1 and gift_id = $2 and day = $3::date`,
    [tx.groupId, giftId, businessDate, quantity],
  );
  await changeStock(tx, giftId, BigInt(quantity));
}

/** What is left now; null when it would fall below 0, or when the gift's stock has no end. */
export async function changeStock(tx: Tx, giftId: string, delta: bigint): Promise<bigint | null> {
  const [row] = await tx.prepared<{ left: bigint }>(
    'points.gift.stock',
    `update gift_stock set stock_left = stock_left + $3 where group_id = $1 and gift_id = $2 and stock_left + $3 >= 0
     returning stock_left as left`,
    [tx.groupId, giftId, delta],
  );
  return row?.left ?? null;
}

/** Gives the stock an end. False when it had one. */
export async function limitStock(tx: Tx, giftId: string, pieces: bigint): Promise<boolean> {
  const rows = await tx.query(
    `insert into gift_stock (group_id, gift_id, stock_left) values ($1, $2, $3) on conflict do nothing returning 1`,
    [tx.groupId, giftId, pieces],
  );
  return rows.length === 1;
}
