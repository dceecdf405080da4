import type { Tx } from '@atrium/platform';

/** What this context keeps of a sale: who may see what it did about it. */
export interface Purchase {
  id: string;
  mallId: string;
  merchantId: string;
  storeId: string;
  memberId: string | null;
  checkoutId: string | null;
}

export async function addPurchases(tx: Tx, purchases: readonly Purchase[]): Promise<void> {
  await tx.prepared(
    'coupon.purchase.add',
    `insert into purchase (id, group_id, site_id, merchant_id, store_id, member_id, checkout_id)
     select p.id, $1, p.site_id, p.merchant_id, p.store_id, p.member_id, p.checkout_id
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[])
       as p(id, site_id, merchant_id, store_id, member_id, checkout_id)
     order by p.id on conflict do nothing`,
    [
      tx.groupId,
      purchases.map((p) => p.id),
      purchases.map((p) => p.mallId),
      purchases.map((p) => p.merchantId),
      purchases.map((p) => p.storeId),
      purchases.map((p) => p.memberId),
      purchases.map((p) => p.checkoutId),
    ],
  );
}

export function findPurchases(tx: Tx, ids: readonly string[]): Promise<Purchase[]> {
  return tx.prepared<Purchase>(
    'coupon.purchase.find',
    `select id, site_id as "mallId", merchant_id as "merchantId", store_id as "storeId", member_id as "memberId",
       checkout_id as "checkoutId" from purchase where id = any($1) and group_id = $2`,
    [ids, tx.groupId],
  );
}
