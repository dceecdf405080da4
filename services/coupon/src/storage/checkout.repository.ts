import { decodeJson, encodeJson, type Tx } from '@atrium/platform';
import type { Checkout, CheckoutStatus, Quote } from '../domain/checkout';

type CheckoutRecord = Omit<Checkout, 'quote'> & { quote: string };

const COLUMNS = `c.member_id as "memberId", c.id, c.site_id as "mallId", c.merchant_id as "merchantId", c.store_id as "storeId",
  c.status, c.quote::text as quote, c.coupon_ids as "couponIds", c.reserved_until as "reservedUntil", c.actor, c.key,
  c.purchase_id as "purchaseId"`;
const FROM = `checkout c join checkout_directory d on d.member_id = c.member_id and d.id = c.id`;

const fromRow = (row: CheckoutRecord): Checkout => ({ ...row, quote: decodeJson(row.quote) as Quote });

export async function addCheckout(tx: Tx, c: Checkout): Promise<void> {
  await tx.prepared(
    'coupon.checkout.add',
    `with named as (insert into checkout_directory (id, group_id, member_id) values ($2, $3, $1))
     insert into checkout (member_id, id, group_id, site_id, merchant_id, store_id, status, version, quote, coupon_ids,
       missed_coupon_ids, reserved_until, created_at, actor, key)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, '{}', $10, $11, $12, $13)`,
    [
      c.memberId,
      c.id,
      tx.groupId,
      c.mallId,
      c.merchantId,
      c.storeId,
      c.status,
      encodeJson(c.quote),
      c.couponIds,
      c.reservedUntil,
      tx.now,
      c.actor,
      c.key,
    ],
  );
}

export async function findCheckouts(tx: Tx, ids: readonly string[]): Promise<Checkout[]> {
  const rows = await tx.prepared<CheckoutRecord>(
    'coupon.checkout.find',
    `select ${COLUMNS} from ${FROM} where d.id = any($1) and d.group_id = $2`,
    [ids, tx.groupId],
  );
  return rows.map(fromRow);
}

export async function lockCheckouts(tx: Tx, ids: readonly string[]): Promise<Checkout[]> {
  const rows = await tx.prepared<CheckoutRecord>(
    'coupon.checkout.lock',
    `select ${COLUMNS} from ${FROM} where d.id = any($1) and d.group_id = $2 order by c.id for update of c`,
    [ids, tx.groupId],
  );
  return rows.map(fromRow);
}

/** Reservations of this tenant past their time, and those that were never finished; others' locks are passed by. */
export async function lockLapsed(tx: Tx, unfinishedSince: Date, limit: number): Promise<Checkout[]> {
  const rows = await tx.query<CheckoutRecord>(
    `select ${COLUMNS} from checkout c where c.group_id = $1 and (c.status = 'RESERVED' and c.reserved_until <= $2
       or c.status = 'RESERVING' and c.created_at <= $3) order by c.id limit $4 for update skip locked`,
    [tx.groupId, tx.now, unfinishedSince, limit],
  );
  return rows.map(fromRow);
}

/** The tenants that have something to sweep. */
export async function groupsWithLapsed(tx: Tx, unfinishedSince: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct group_id as id from checkout where status = 'RESERVED' and reserved_until <= $1
       or status = 'RESERVING' and created_at <= $2`,
    [tx.now, unfinishedSince],
  );
  return rows.map(({ id }) => id);
}

export interface Move {
  /** As it was seen. */
  checkout: Checkout;
  to: CheckoutStatus;
  purchaseId?: string;
  missed?: readonly string[];
  reservedUntil?: Date;
}

/** Moves checkouts on from the state that was seen; returns the ids that were still in it. */
export async function moveCheckouts(tx: Tx, moves: readonly Move[]): Promise<Set<string>> {
  const rows = await tx.prepared<{ id: string }>(
    'coupon.checkout.move',
    `update checkout c set status = m.now, version = c.version + 1, purchase_id = coalesce(c.purchase_id, m.purchase_id),
       missed_coupon_ids = array(select jsonb_array_elements_text(m.missed)::uuid), reserved_until = m.reserved_until
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[], $7::timestamptz[])
       as m(member_id, id, was, now, purchase_id, missed, reserved_until)
     where c.member_id = m.member_id and c.id = m.id and c.status = m.was returning c.id`,
    [
      moves.map(({ checkout }) => checkout.memberId),
      moves.map(({ checkout }) => checkout.id),
      moves.map(({ checkout }) => checkout.status),
      moves.map(({ to }) => to),
      moves.map(({ purchaseId }) => purchaseId ?? null),
      moves.map(({ missed }) => JSON.stringify(missed ?? [])),
      moves.map(({ checkout, reservedUntil }) => reservedUntil ?? checkout.reservedUntil),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface ReservationKey {
  actor: string;
  key: string;
  inputHash: Buffer;
}

/** The checkout that a key stands for, if it was used; `sameInput` tells a repeat from a conflict. */
export async function findByKey(
  tx: Tx,
  { actor, key, inputHash }: ReservationKey,
): Promise<{ checkoutId: string; sameInput: boolean } | null> {
  const [row] = await tx.prepared<{ checkout_id: string; input_hash: Buffer }>(
    'coupon.checkout.by-key',
    `select checkout_id, input_hash from checkout_key where group_id = $1 and actor = $2 and key = $3`,
    [tx.groupId, actor, key],
  );
  return row ? { checkoutId: row.checkout_id, sameInput: row.input_hash.equals(inputHash) } : null;
}

/** Claims a key for a checkout; false when it is taken. */
export async function claimKey(tx: Tx, key: ReservationKey, checkoutId: string): Promise<boolean> {
  const rows = await tx.prepared(
    'coupon.checkout.claim-key',
    `insert into checkout_key (group_id, actor, key, input_hash, checkout_id, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning checkout_id`,
    [tx.groupId, key.actor, key.key, key.inputHash, checkoutId, tx.now],
  );
  return rows.length === 1;
}

/** A reservation that failed kept nothing: its key is free for another try. */
export async function freeKeys(tx: Tx, checkouts: readonly Checkout[]): Promise<void> {
  await tx.prepared(
    'coupon.checkout.free-key',
    `delete from checkout_key k using unnest($2::text[], $3::text[], $4::uuid[]) as f(actor, key, id)
     where k.group_id = $1 and k.actor = f.actor and k.key = f.key and k.checkout_id = f.id`,
    [tx.groupId, checkouts.map(({ actor }) => actor), checkouts.map(({ key }) => key), checkouts.map(({ id }) => id)],
  );
}

export async function forgetKeys(tx: Tx, before: Date, limit: number): Promise<number> {
  const rows = await tx.query(
    `delete from checkout_key where ctid in (select ctid from checkout_key where created_at < $1 limit $2) returning 1`,
    [before, limit],
  );
  return rows.length;
}

export interface Policy {
  holdMinutes: number;
  quoteMinutes: number;
  maxCoupons: number;
}

export async function policyNow(tx: Tx): Promise<Policy | null> {
  const [row] = await tx.prepared<Policy>(
    'coupon.policy.now',
    `select hold_minutes as "holdMinutes", quote_minutes as "quoteMinutes", max_coupons as "maxCoupons"
     from checkout_policy where group_id = $1 and effective_from <= $2 order by version desc limit 1`,
    [tx.groupId, tx.now],
  );
  return row ?? null;
}

/** Adds the next version; two at once meet on the unique index and one is told to try again. */
export async function addPolicy(
  tx: Tx,
  policy: Policy & { id: string; effectiveFrom: Date; actor: string },
): Promise<bigint> {
  const [row] = await tx.query<{ version: bigint }>(
    `insert into checkout_policy (group_id, id, version, hold_minutes, quote_minutes, max_coupons, effective_from, published_at, published_by)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8 from checkout_policy where group_id = $1 returning version`,
    [
      tx.groupId,
      policy.id,
      policy.holdMinutes,
      policy.quoteMinutes,
      policy.maxCoupons,
      policy.effectiveFrom,
      tx.now,
      policy.actor,
    ],
  );
  return row?.version ?? 1n;
}
