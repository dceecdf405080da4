import type { Page, Tx } from '@atrium/platform';
import type { Hold } from '../../ledger/domain/records';

export type HoldRecord = Omit<Hold, 'parts' | 'mark' | 'checkoutId' | 'merchantId'>;

/** Newest first. What is past its time is EXPIRED. */
export const findHoldPage = (tx: Tx, memberId: string, page: Page): Promise<HoldRecord[]> =>
  tx.prepared(
    'points.hold.page',
    `select id, kind, order_ref as "orderRef", site_id as "mallId", store_id as "storeId", currency, points,
       value_minor as "valueMinor", case when status = 'HELD' and expires_at <= $6 then 'EXPIRED' else status end as status,
       expires_at as "expiresAt", extended, captured, redemption_id as "redemptionId", created_at as "createdAt"
     from hold
     where member_id = $1 and group_id = $2 and points > 0
       and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
     order by created_at desc, id desc limit $5`,
    [memberId, tx.groupId, page.after?.at ?? null, page.after?.id ?? null, page.limit, tx.now],
  );
