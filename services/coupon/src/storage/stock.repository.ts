// Stock lies in slots, so that claims of many members at once do not queue behind one row. The sum is exact.
import { allocate } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';

export const STOCK_SLOTS = 16;

export async function addStock(tx: Tx, templateId: string, version: bigint, stock: bigint): Promise<void> {
  const parts = allocate(
    stock,
    Array.from({ length: STOCK_SLOTS }, () => 1n),
  );
  await tx.query(
    `insert into coupon_stock_slot (group_id, template_id, version, slot, stock_left)
     select $1, $2, $3, n - 1, part from unnest($4::bigint[]) with ordinality as p(part, n)`,
    [tx.groupId, templateId, version, parts],
  );
}

/** Takes one from a slot; false when the slot is empty. */
export async function takeFromSlot(tx: Tx, templateId: string, version: bigint, slot: number): Promise<boolean> {
  const rows = await tx.prepared(
    'coupon.stock.take',
    `update coupon_stock_slot set stock_left = stock_left - 1
     where group_id = $1 and template_id = $2 and version = $3 and slot = $4 and stock_left > 0 returning slot`,
    [tx.groupId, templateId, version, slot],
  );
  return rows.length === 1;
}

/** The slots that are not known to be empty. An empty slot never fills again. */
export async function filledSlots(tx: Tx, templateId: string, version: bigint): Promise<number[]> {
  const rows = await tx.prepared<{ slot: number }>(
    'coupon.stock.filled',
    `select slot from coupon_stock_slot where group_id = $1 and template_id = $2 and version = $3 and stock_left > 0 order by slot`,
    [tx.groupId, templateId, version],
  );
  return rows.map(({ slot }) => slot);
}

/** What is left of limited versions, by template id. */
export async function stockLeft(
  tx: Tx,
  templateIds: readonly string[],
  versions: readonly bigint[],
): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ id: string; stock: bigint }>(
    `select s.template_id as id, sum(s.stock_left)::bigint as stock
     from coupon_stock_slot s join unnest($2::uuid[], $3::bigint[]) as k(id, version)
       on k.id = s.template_id and k.version = s.version
     where s.group_id = $1 group by s.template_id`,
    [tx.groupId, templateIds, versions],
  );
  return new Map(rows.map(({ id, stock }) => [id, stock]));
}
