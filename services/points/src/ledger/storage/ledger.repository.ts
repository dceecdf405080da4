import { uuidv7 } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { type Account, type Hold, type Ledger, type Lot, openLedger } from '../domain/ledger';
import { passTime } from '../domain/pass-time';
import { insertRows, type Row, updateRows } from './rows';

export interface LedgerScope {
  /** Reads see a copy of the moment; verbs lock the accounts, in id order. */
  lock: boolean;
  /** Members whose unspent lots are all needed, because points will be taken from them. */
  spending?: readonly string[];
  /** Checkouts whose hold is needed, in whatever state. */
  checkouts?: readonly string[];
  /** Further lots, whatever is left of them. */
  lots?: readonly string[];
}

/** For reads of more than one table: all see the same moment. The first statement of its transaction. */
export async function readOneMoment(tx: Tx): Promise<void> {
  await tx.query('set transaction isolation level repeatable read, read only');
}

/** Makes the accounts that are missing, then locks all of them in id order. */
export async function lockAccounts(tx: Tx, memberIds: readonly string[]): Promise<void> {
  const ids = [...new Set(memberIds)].sort();
  if (ids.length === 0) return;
  await tx.prepared(
    'points.account.ensure',
    `insert into account (member_id, group_id, available, held, debt, growth, version, updated_at)
     select id, $2, 0, 0, 0, 0, 0, $3 from unnest($1::uuid[]) as id order by id on conflict do nothing`,
    [ids, tx.groupId, tx.now],
  );
  await tx.prepared(
    'points.account.lock',
    `select member_id from account where member_id = any($1::uuid[]) and group_id = $2 order by member_id for update`,
    [ids, tx.groupId],
  );
}

/** Opens members' accounts as they are now: what lapsed has lapsed, whether a job has written it down yet or not. */
export async function openLedgers(
  tx: Tx,
  memberIds: readonly string[],
  scope: LedgerScope,
): Promise<Map<string, Ledger>> {
  const ids = [...new Set(memberIds)].sort();
  if (ids.length === 0) return new Map();
  if (scope.lock) await lockAccounts(tx, ids);
  const accounts = await findAccounts(tx, ids);
  const holds = await findHolds(tx, ids, scope.checkouts ?? []);
  const lotIds = [...(scope.lots ?? []), ...holds.flatMap(({ parts }) => parts.map(({ lotId }) => lotId))];
  const lots = await findLots(tx, ids, scope.spending ?? [], lotIds);
  const ledgers = new Map<string, Ledger>();
  for (const id of ids) {
    const ledger = openLedger(
      id,
      {
        account: accounts.get(id) ?? { available: 0n, held: 0n, debt: 0n, growth: 0n, version: 0n },
        lots: lots.filter(({ memberId }) => memberId === id).map(({ lot }) => lot),
        holds: holds.filter(({ memberId }) => memberId === id).map(({ memberId: _, ...hold }) => hold),
      },
      tx.now,
      () => uuidv7(tx.now),
    );
    passTime(ledger);
    ledgers.set(id, ledger);
  }
  return ledgers;
}

async function findAccounts(tx: Tx, ids: readonly string[]): Promise<Map<string, Account>> {
  const rows = await tx.prepared<Account & { memberId: string }>(
    'points.account.find',
    `select member_id as "memberId", available, held, debt, growth, version from account
     where member_id = any($1::uuid[]) and group_id = $2`,
    [ids, tx.groupId],
  );
  return new Map(rows.map(({ memberId, ...account }) => [memberId, account]));
}

async function findHolds(
  tx: Tx,
  ids: readonly string[],
  checkouts: readonly string[],
): Promise<(Hold & { memberId: string })[]> {
  const rows = await tx.prepared<Hold & { memberId: string; lot_ids: string[]; amounts: bigint[] }>(
    'points.hold.find',
    `select h.member_id as "memberId", h.id, h.checkout_id as "checkoutId", h.site_id as "mallId", h.points,
       h.value_minor as "valueMinor", h.status, h.expires_at as "expiresAt",
       array_agg(l.lot_id order by l.lot_id) filter (where l.lot_id is not null) as lot_ids,
       array_agg(l.amount order by l.lot_id) filter (where l.lot_id is not null) as amounts
     from hold h left join hold_lot l on l.member_id = h.member_id and l.hold_id = h.id and h.status = 'HELD'
     where h.member_id = any($1::uuid[]) and h.group_id = $2
       and ((h.status = 'HELD' and h.expires_at <= $3) or h.checkout_id = any($4::uuid[]))
     group by h.member_id, h.id`,
    [ids, tx.groupId, tx.now, checkouts],
  );
  return rows.map(({ lot_ids, amounts, ...hold }) => ({
    ...hold,
    parts: (lot_ids ?? []).map((lotId, i) => ({ lotId, amount: amounts[i] ?? 0n })),
    mark: 'STORED',
  }));
}

async function findLots(
  tx: Tx,
  ids: readonly string[],
  spending: readonly string[],
  lotIds: readonly string[],
): Promise<{ memberId: string; lot: Lot }[]> {
  const columns = `member_id as "memberId", id, issued, available, held, redeemed, expired, revoked,
    earned_at as "earnedAt", available_at as "availableAt", expires_at as "expiresAt", purchase_id as "purchaseId",
    site_id as "mallId", merchant_id as "merchantId", currency, 'STORED' as mark`;
  // Three ways in, each with its own index; almost always the first two find nothing.
  const rows = await tx.prepared<Lot & { memberId: string }>(
    'points.lot.find',
    `select ${columns} from lot
       where member_id = any($1::uuid[]) and group_id = $2 and available > 0 and expires_at <= $3
     union
     select ${columns} from lot where member_id = any($1::uuid[]) and id = any($4::uuid[]) and group_id = $2
     union
     select ${columns} from lot where member_id = any($5::uuid[]) and group_id = $2 and available > 0`,
    [ids, tx.groupId, tx.now, lotIds, spending],
  );
  return rows.map(({ memberId, ...lot }) => ({ memberId, lot }));
}

/** Writes what changed, in a fixed number of statements; the accounts, which others wait for, last. */
export async function saveLedgers(tx: Tx, ledgers: Iterable<Ledger>): Promise<void> {
  const changed = [...ledgers].filter(
    (l) => l.account.version !== l.storedVersion || [...l.holds.values()].some(({ mark }) => mark !== 'STORED'),
  );
  const group_id = tx.groupId;
  const lots = rowsOf(
    changed,
    (l) => l.lots.values(),
    ({ memberId }, lot) => ({ lot, row: lotRow(tx, memberId, lot) }),
  );
  await insertRows(
    tx,
    'lot',
    lots.filter(({ lot }) => lot.mark === 'NEW').map(({ row }) => row),
  );
  await updateRows(
    tx,
    'lot',
    ['member_id', 'id'],
    ['available', 'held', 'redeemed', 'expired', 'revoked', 'expires_at'],
    lots.filter(({ lot }) => lot.mark === 'CHANGED').map(({ row }) => row),
  );
  await insertRows(
    tx,
    'entry',
    rowsOf(
      changed,
      (l) => l.entries,
      ({ memberId: member_id }, e) => ({
        member_id,
        id: e.id,
        group_id,
        site_id: e.mallId,
        kind: e.kind,
        amount: e.amount,
        debt_delta: e.debtDelta,
        available_after: e.availableAfter,
        occurred_at: e.occurredAt,
        posted_at: tx.now,
        purchase_id: e.purchaseId,
        refund_id: e.refundId,
        explanation: e.explanation,
        actor: e.actor,
        reason: e.reason,
      }),
    ),
  );
  await insertRows(
    tx,
    'entry_lot',
    rowsOf(
      changed,
      (l) => l.entries,
      ({ memberId: member_id }, e) =>
        e.parts.map(({ lot, amount }) => ({ member_id, entry_id: e.id, lot_id: lot.id, group_id, amount })),
    ).flat(),
  );
  await insertRows(
    tx,
    'growth_entry',
    rowsOf(
      changed,
      (l) => l.growthEntries,
      ({ memberId: member_id }, e) => ({
        member_id,
        id: e.id,
        group_id,
        site_id: e.mallId,
        amount: e.amount,
        growth_after: e.growthAfter,
        occurred_at: e.occurredAt,
        posted_at: tx.now,
        purchase_id: e.purchaseId,
        refund_id: e.refundId,
      }),
    ),
  );
  await saveHolds(tx, changed);
  await updateRows(
    tx,
    'account',
    ['member_id', 'group_id'],
    ['available', 'held', 'debt', 'growth', 'version', 'updated_at'],
    changed.map(({ memberId: member_id, account }) => ({ member_id, group_id, ...account, updated_at: tx.now })),
    // A hold's mark may change without a posting; a posting always raises the version.
    'and account.version <= u.version',
  );
}

async function saveHolds(tx: Tx, ledgers: readonly Ledger[]): Promise<void> {
  const group_id = tx.groupId;
  const holds = rowsOf(
    ledgers,
    (l) => l.holds.values(),
    ({ memberId: member_id }, hold) => ({
      hold,
      row: {
        member_id,
        id: hold.id,
        group_id,
        site_id: hold.mallId,
        checkout_id: hold.checkoutId,
        points: hold.points,
        value_minor: hold.valueMinor,
        status: hold.status,
        expires_at: hold.expiresAt,
        created_at: tx.now,
        updated_at: tx.now,
      },
    }),
  );
  await insertRows(
    tx,
    'hold',
    holds.filter(({ hold }) => hold.mark === 'NEW').map(({ row }) => row),
  );
  await insertRows(
    tx,
    'hold_lot',
    holds
      .filter(({ hold }) => hold.mark === 'NEW')
      .flatMap(({ hold, row }) =>
        hold.parts.map(({ lotId, amount }) => ({
          member_id: row.member_id,
          hold_id: hold.id,
          lot_id: lotId,
          group_id,
          amount,
        })),
      ),
  );
  await updateRows(
    tx,
    'hold',
    ['member_id', 'id'],
    ['status', 'updated_at'],
    holds.filter(({ hold }) => hold.mark === 'CHANGED').map(({ row }) => row),
  );
}

function rowsOf<T, R>(
  ledgers: readonly Ledger[],
  itemsOf: (ledger: Ledger) => Iterable<T>,
  toRow: (ledger: Ledger, item: T) => R,
): R[] {
  return ledgers.flatMap((ledger) => [...itemsOf(ledger)].map((item) => toRow(ledger, item)));
}

const lotRow = (tx: Tx, member_id: string, lot: Lot): Row => ({
  member_id,
  id: lot.id,
  group_id: tx.groupId,
  site_id: lot.mallId,
  issued: lot.issued,
  available: lot.available,
  held: lot.held,
  redeemed: lot.redeemed,
  expired: lot.expired,
  revoked: lot.revoked,
  earned_at: lot.earnedAt,
  available_at: lot.availableAt,
  expires_at: lot.expiresAt,
  purchase_id: lot.purchaseId,
  merchant_id: lot.merchantId,
  // Who issued the points carries them until settlement says otherwise: the merchant, or the group itself.
  funder_id: lot.merchantId ?? tx.groupId,
  currency: lot.currency,
});
