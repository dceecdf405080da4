import type { Tx } from '@atrium/platform';
import type { Coupon, CouponStatus, NewCoupon } from '../domain/coupon';

const COLUMNS = `member_id as "memberId", id, template_id as "templateId", template_version as "templateVersion", status, version,
  cause, issued_at as "issuedAt", valid_from as "validFrom", valid_until as "validUntil", tier_change_id as "tierChangeId",
  granted_purchase_id as "grantedPurchaseId", checkout_id as "checkoutId", locked_until as "lockedUntil",
  redeemed_at as "redeemedAt", purchase_id as "purchaseId", amount_minor as "amountMinor"`;

/** The same rule as `statusAt`, for lists that are filtered by status. */
const STATUS_NOW = `case when status = 'AVAILABLE' or (status = 'LOCKED' and locked_until <= $2)
  then case when valid_until <= $2 then 'EXPIRED' when valid_from > $2 then 'ISSUED' else 'AVAILABLE' end else status end`;

export async function addCoupons(tx: Tx, coupons: readonly NewCoupon[]): Promise<void> {
  if (coupons.length === 0) return;
  await tx.prepared(
    'coupon.add',
    `insert into coupon (member_id, id, group_id, template_id, template_version, status, version, cause, issued_at, valid_from,
       valid_until, tier_change_id, granted_purchase_id)
     select c.member_id, c.id, $1, c.template_id, c.template_version, 'AVAILABLE', 1, c.cause, $2, c.valid_from, c.valid_until,
       c.tier_change_id, c.granted_purchase_id
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::uuid[])
       as c(member_id, id, template_id, template_version, cause, valid_from, valid_until, tier_change_id, granted_purchase_id)`,
    [
      tx.groupId,
      tx.now,
      coupons.map((c) => c.memberId),
      coupons.map((c) => c.id),
      coupons.map((c) => c.templateId),
      coupons.map((c) => c.templateVersion),
      coupons.map((c) => c.cause),
      coupons.map((c) => c.validFrom),
      coupons.map((c) => c.validUntil),
      coupons.map((c) => c.tierChangeId),
      coupons.map((c) => c.grantedPurchaseId),
    ],
  );
}

/** Under all ids of the person. */
export function findCoupons(tx: Tx, memberId: string, ids: readonly string[]): Promise<Coupon[]> {
  return tx.prepared<Coupon>(
    'coupon.find',
    `select ${COLUMNS} from coupon where member_id = any((select coupon_person($3, array[$1::uuid]))::uuid[]) and id = any($2)`,
    [memberId, ids, tx.groupId],
  );
}

/** Under all ids of these persons, locked in the order of ids, so that two baskets never wait for each other. */
export function lockCoupons(tx: Tx, memberIds: readonly string[], ids: readonly string[]): Promise<Coupon[]> {
  return tx.prepared<Coupon>(
    'coupon.lock-rows',
    `select ${COLUMNS} from coupon where member_id = any((select coupon_person($3, $1))::uuid[]) and id = any($2)
     order by member_id, id for update`,
    [memberIds, ids, tx.groupId],
  );
}

/** What the member could use now; the soonest to expire first. */
export function findUsable(tx: Tx, memberId: string): Promise<Coupon[]> {
  return tx.prepared<Coupon>(
    'coupon.usable',
    `select ${COLUMNS} from coupon where member_id = any((select coupon_person($3, array[$1::uuid]))::uuid[])
       and valid_from <= $2 and valid_until > $2
       and (status = 'AVAILABLE' or (status = 'LOCKED' and locked_until <= $2)) order by valid_until, id limit 200`,
    [memberId, tx.now, tx.groupId],
  );
}

export function listCoupons(
  tx: Tx,
  memberId: string,
  status: CouponStatus | null,
  page: { limit: number; after: { at: Date; id: string } | null },
): Promise<Coupon[]> {
  return tx.prepared<Coupon>(
    'coupon.list',
    `select ${COLUMNS} from coupon where member_id = any((select coupon_person($7, array[$1::uuid]))::uuid[]) and ($3::text is null or ${STATUS_NOW} = $3)
       and ($4::timestamptz is null or (issued_at, id) < ($4, $5::uuid)) order by issued_at desc, id desc limit $6`,
    [memberId, tx.now, status, page.after?.at ?? null, page.after?.id ?? null, page.limit, tx.groupId],
  );
}

export function findGranted(tx: Tx, purchaseIds: readonly string[]): Promise<Coupon[]> {
  return tx.prepared<Coupon>(
    'coupon.granted',
    `select ${COLUMNS} from coupon where granted_purchase_id = any($1) and group_id = $2 order by issued_at, id`,
    [purchaseIds, tx.groupId],
  );
}

/** AVAILABLE -> LOCKED. A lapsed lock of another basket counts as available. */
export async function lockForCheckout(
  tx: Tx,
  coupons: readonly Coupon[],
  checkoutId: string,
  lockedUntil: Date,
): Promise<void> {
  await transition(
    tx,
    'coupon.to-locked',
    `set status = 'LOCKED', version = c.version + 1, checkout_id = $5, locked_until = $6`,
    coupons,
    [checkoutId, lockedUntil],
  );
}

/** LOCKED -> AVAILABLE, or EXPIRED when its time is over. */
export async function unlock(tx: Tx, coupons: readonly Coupon[]): Promise<void> {
  await transition(
    tx,
    'coupon.unlock',
    `set status = case when c.valid_until <= $5 then 'EXPIRED' else 'AVAILABLE' end, version = c.version + 1,
       checkout_id = null, locked_until = null`,
    coupons,
    [tx.now],
  );
}

export interface Redemption {
  coupon: Coupon;
  purchaseId: string;
  checkoutId: string;
  at: Date;
  amountMinor: bigint;
}

/** -> REDEEMED */
export async function redeem(tx: Tx, redemptions: readonly Redemption[]): Promise<void> {
  await transition(
    tx,
    'coupon.redeem',
    `set status = 'REDEEMED', version = c.version + 1, locked_until = null, purchase_id = r.purchase_id,
       checkout_id = r.checkout_id, redeemed_at = r.at, amount_minor = r.amount_minor
     from unnest($1::uuid[], $2::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::bigint[])
       as r(member_id, id, purchase_id, checkout_id, at, amount_minor)`,
    redemptions.map(({ coupon }) => coupon),
    [
      redemptions.map((r) => r.purchaseId),
      redemptions.map((r) => r.checkoutId),
      redemptions.map((r) => r.at),
      redemptions.map((r) => r.amountMinor),
    ],
    'r.member_id = c.member_id and r.id = c.id and',
  );
}

/** REDEEMED -> AVAILABLE, or EXPIRED when its time is over. */
export async function giveBack(tx: Tx, coupons: readonly Coupon[]): Promise<void> {
  await transition(
    tx,
    'coupon.give-back',
    `set status = case when c.valid_until <= $5 then 'EXPIRED' else 'AVAILABLE' end, version = c.version + 1,
       checkout_id = null, purchase_id = null, redeemed_at = null, amount_minor = null`,
    coupons,
    [tx.now],
  );
}

/** AVAILABLE or EXPIRED -> VOIDED */
export async function voidCoupons(tx: Tx, coupons: readonly Coupon[]): Promise<void> {
  await transition(tx, 'coupon.void', `set status = 'VOIDED', version = c.version + 1`, coupons, []);
}

/** AVAILABLE -> EXPIRED, at most `limit` at a time, whatever tenant. */
export async function expireDue(tx: Tx, limit: number): Promise<number> {
  const rows = await tx.prepared(
    'coupon.expire',
    `update coupon set status = 'EXPIRED', version = version + 1 where (member_id, id) in (
       select member_id, id from coupon where status = 'AVAILABLE' and valid_until <= $1 order by valid_until limit $2
       for update skip locked) and status = 'AVAILABLE' returning 1`,
    [tx.now, limit],
  );
  return rows.length;
}

/**
 * Every change of state is conditional on the state and version that was decided on, and all of them happen or none. The
 * rows were locked when they were read, so a miss is a broken assumption and rolls the transaction back.
 */
async function transition(
  tx: Tx,
  name: string,
  change: string,
  coupons: readonly Coupon[],
  values: unknown[],
  join = '',
): Promise<void> {
  if (coupons.length === 0) return;
  const rows = await tx.prepared(
    name,
    `update coupon c ${change} ${join === '' ? 'from' : ','}
       unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) as was(member_id, id, status, version)
     where ${join} c.member_id = was.member_id and c.id = was.id and c.status = was.status and c.version = was.version
     returning c.id`,
    [
      coupons.map((c) => c.memberId),
      coupons.map((c) => c.id),
      coupons.map((c) => c.status),
      coupons.map((c) => c.version),
      ...values,
    ],
  );
  if (rows.length !== coupons.length) throw new Error('a coupon changed while it was being changed');
}
