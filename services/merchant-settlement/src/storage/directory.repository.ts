import type { Tx } from '@atrium/platform';
import type { ReservedBasket } from '../domain/sale';

/** Members, what names them, and the baskets that they reserved: as other contexts told. */

export async function insertMembers(tx: Tx, members: readonly { id: string; joinedAt: Date }[]): Promise<void> {
  await tx.prepared(
    'settlement.member.insert',
    `insert into member (id, group_id, joined_at) select id, $1, joined_at from unnest($2::uuid[], $3::timestamptz[]) as t(id, joined_at)
     on conflict (id) do nothing`,
    [tx.groupId, members.map(({ id }) => id), members.map(({ joinedAt }) => joinedAt)],
  );
}

export async function knownMembers(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.prepared<{ id: string }>(
    'settlement.member.known',
    `select id from member where id = any($1)`,
    [[...new Set(ids)]],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Who these members are now: themselves, or whom they were merged into. */
export async function currentMembers(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.prepared<{ id: string; now: string }>(
    'settlement.member.current',
    `select id, coalesce(merged_into, id) as now from member where id = any($1)`,
    [[...new Set(ids)]],
  );
  return new Map(rows.map(({ id, now }) => [id, now]));
}

/** The loser, and whoever led to her, leads to the survivor, or to whom the survivor leads. False when she is not known yet. */
export async function leadTo(tx: Tx, loserId: string, survivorId: string): Promise<boolean> {
  const rows = await tx.prepared(
    'settlement.member.lead',
    `update member set merged_into = coalesce((select s.merged_into from member s where s.id = $2), $2)
     where (id = $1 or merged_into = $1) and group_id = $3 returning 1`,
    [loserId, survivorId, tx.groupId],
  );
  return rows.length > 0;
}

export interface IdentifierRow {
  blindIndex: string;
  type: string;
  memberId: string;
  validFrom: Date;
  validUntil: Date | null;
  usedBy: string | null;
}

/** The newest owner of an identifier wins, whatever the order of the news. */
export async function saveIdentifiers(tx: Tx, rows: readonly Omit<IdentifierRow, 'usedBy'>[]): Promise<void> {
  await tx.prepared(
    'settlement.identifier.save',
    `insert into member_identifier (group_id, blind_index, type, member_id, valid_from, valid_until)
     select distinct on (blind_index) $1::uuid, blind_index, type, member_id, valid_from, valid_until
     from unnest($2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
       as t(blind_index, type, member_id, valid_from, valid_until)
     order by blind_index, valid_from desc, member_id desc
     on conflict (group_id, blind_index) do update set type = excluded.type, member_id = excluded.member_id,
       valid_from = excluded.valid_from, valid_until = excluded.valid_until, used_by = null
     where (member_identifier.valid_from, member_identifier.member_id) < (excluded.valid_from, excluded.member_id)`,
    [
      tx.groupId,
      rows.map((r) => r.blindIndex),
      rows.map((r) => r.type),
      rows.map((r) => r.memberId),
      rows.map((r) => r.validFrom),
      rows.map((r) => r.validUntil),
    ],
  );
}

const IDENTIFIER = `i.blind_index as "blindIndex", i.type, coalesce(m.merged_into, i.member_id) as "memberId",
  i.valid_from as "validFrom", i.valid_until as "validUntil", i.used_by as "usedBy"`;

/** Codes for one use are locked, so that two sales never both have one. */
export async function findIdentifiers(
  tx: Tx,
  indexes: readonly string[],
  lockCodes: boolean,
): Promise<Map<string, IdentifierRow>> {
  if (indexes.length === 0) return new Map();
  const wanted = [tx.groupId, [...new Set(indexes)]];
  if (lockCodes) {
    await tx.prepared(
      'settlement.identifier.lock',
      `select 1 from member_identifier where group_id = $1 and blind_index = any($2) and valid_until is not null
       order by blind_index for update`,
      wanted,
    );
  }
  const rows = await tx.prepared<IdentifierRow>(
    'settlement.identifier.find',
    `select ${IDENTIFIER} from member_identifier i left join member m on m.id = i.member_id
     where i.group_id = $1 and i.blind_index = any($2)`,
    wanted,
  );
  return new Map(rows.map((row) => [row.blindIndex, row]));
}

export async function useIdentifiers(
  tx: Tx,
  uses: readonly { blindIndex: string; purchaseId: string }[],
): Promise<void> {
  if (uses.length === 0) return;
  await tx.prepared(
    'settlement.identifier.use',
    `update member_identifier i set used_by = t.purchase_id from unnest($2::text[], $3::uuid[]) as t(blind_index, purchase_id)
     where i.group_id = $1 and i.blind_index = t.blind_index`,
    [tx.groupId, uses.map((u) => u.blindIndex), uses.map((u) => u.purchaseId)],
  );
}

export interface CheckoutRow extends ReservedBasket {
  id: string;
  siteId: string;
  memberId: string;
  storeId: string;
  currency: string;
  toPayMinor: bigint;
  reservedUntil: Date;
  purchaseId: string | null;
}

type Amounts = CheckoutRow['lines'][number];
type StoredLine = { [K in keyof Amounts]: Amounts[K] extends bigint ? string : Amounts[K] };

export async function insertCheckouts(tx: Tx, rows: readonly Omit<CheckoutRow, 'purchaseId'>[]): Promise<void> {
  await tx.prepared(
    'settlement.checkout.insert',
    `insert into checkout (id, group_id, site_id, member_id, store_id, currency, to_pay_minor, points_used, points_value_minor,
       reserved_until, lines)
     select id, $1, site_id, member_id, store_id, currency, to_pay, points_used, points_value, reserved_until, lines
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
       $10::timestamptz[], $11::jsonb[])
       as t(id, site_id, member_id, store_id, currency, to_pay, points_used, points_value, reserved_until, lines)
     on conflict (id) do nothing`,
    [
      tx.groupId,
      rows.map((r) => r.id),
      rows.map((r) => r.siteId),
      rows.map((r) => r.memberId),
      rows.map((r) => r.storeId),
      rows.map((r) => r.currency),
      rows.map((r) => r.toPayMinor),
      rows.map((r) => r.pointsUsed),
      rows.map((r) => r.pointsValueMinor),
      rows.map((r) => r.reservedUntil),
      rows.map((r) => JSON.stringify(r.lines, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))),
    ],
  );
}

/** Locks reserved baskets, in id order: a basket is paid once. */
export async function lockCheckouts(tx: Tx, ids: readonly string[]): Promise<Map<string, CheckoutRow>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.prepared<Omit<CheckoutRow, 'lines'> & { lines: StoredLine[] }>(
    'settlement.checkout.lock',
    `select c.id, c.site_id as "siteId", coalesce(m.merged_into, c.member_id) as "memberId", c.store_id as "storeId",
       c.currency, c.to_pay_minor as "toPayMinor", c.points_used as "pointsUsed", c.points_value_minor as "pointsValueMinor",
       c.reserved_until as "reservedUntil", c.purchase_id as "purchaseId", c.lines
     from checkout c left join member m on m.id = c.member_id where c.id = any($1) order by c.id for update of c`,
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, { ...row, lines: row.lines.map(readLine) }]));
}

const readLine = (line: StoredLine): Amounts => ({
  lineNo: line.lineNo,
  grossMinor: BigInt(line.grossMinor),
  shopDiscountMinor: BigInt(line.shopDiscountMinor),
  tierDiscountMinor: BigInt(line.tierDiscountMinor),
  couponDiscountMinor: BigInt(line.couponDiscountMinor),
  pointsValueMinor: BigInt(line.pointsValueMinor),
  toPayMinor: BigInt(line.toPayMinor),
});

export async function useCheckouts(tx: Tx, uses: readonly { id: string; purchaseId: string }[]): Promise<void> {
  if (uses.length === 0) return;
  await tx.prepared(
    'settlement.checkout.use',
    `update checkout c set purchase_id = t.purchase_id from unnest($1::uuid[], $2::uuid[]) as t(id, purchase_id) where c.id = t.id`,
    [uses.map((u) => u.id), uses.map((u) => u.purchaseId)],
  );
}

export async function insertReleases(tx: Tx, rows: readonly { id: string; cause: string; at: Date }[]): Promise<void> {
  await tx.prepared(
    'settlement.checkout.release',
    `insert into checkout_release (checkout_id, group_id, cause, released_at)
     select id, $1, cause, at from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as t(id, cause, at)
     on conflict (checkout_id) do nothing`,
    [tx.groupId, rows.map((r) => r.id), rows.map((r) => r.cause), rows.map((r) => r.at)],
  );
}
