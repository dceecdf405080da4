import { uuidv7 } from '@atrium/kernel';
import type { Tx, Write } from '@atrium/platform';
import { type Ledger, openLedger } from '../domain/ledger';
import { type Account, EMPTY_ACCOUNT, type Hold, type Lot, type Mark, type SourceKind } from '../domain/records';
import { passTime } from '../domain/pass-time';
import { change, insertion, type Row } from './rows';

export interface LedgerScope {
  /** Reads see a copy of the moment; verbs lock the accounts, in id order. */
  lock: boolean;
  /** Members whose unspent lots are all needed, because points will be taken from them. */
  spending?: readonly string[];
  /** Checkouts and orders whose holds are needed, in whatever state. */
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
  await tx.prepared('points.account.lock', 'select points_lock($1, $2, $3)', [tx.groupId, tx.now, ids]);
}

/**
 * Opens members' accounts as they are now: what lapsed has lapsed, whether a job has written it down yet or not. Under the id
 * of a member who was merged into another stands the other's account.
 */
export async function openLedgers(
  tx: Tx,
  memberIds: readonly string[],
  scope: LedgerScope,
): Promise<Map<string, Ledger>> {
  const ids = [...new Set(memberIds)].sort();
  return ledgersOf(tx, ids, await readState(tx, ids, scope));
}

/**
 * Locks and opens, of these accounts, those that nobody else is working on. The database ends the transaction when it takes
 * longer than the limit (0: none), whatever becomes of this process.
 */
export async function openFreeLedgers(
  tx: Tx,
  memberIds: readonly string[],
  limitMs: number,
): Promise<Map<string, Ledger>> {
  const values = [tx.groupId, tx.now, memberIds, limitMs];
  const rows = await tx.prepared<StateRow>('points.openFree', `${STATE} from points_open_free($1, $2, $3, $4)`, values);
  const ids = rows.flatMap(({ what, memberId }) => (what === 'ACCOUNT' ? [memberId] : []));
  return ledgersOf(tx, ids, rows);
}

function ledgersOf(tx: Tx, ids: readonly string[], rows: readonly StateRow[]): Map<string, Ledger> {
  const states = new Map<string, { account: Account; lots: Lot[]; holds: Hold[] }>();
  const stateOf = (id: string) => {
    const known = states.get(id) ?? { account: EMPTY_ACCOUNT, lots: [], holds: [] };
    states.set(id, known);
    return known;
  };
  const leads = new Map<string, string>();
  for (const row of rows) {
    const state = stateOf(row.memberId);
    if (row.what === 'ACCOUNT') {
      state.account = toAccount(row);
      if (row.mergedInto !== null) leads.set(row.memberId, row.mergedInto);
    } else if (row.what === 'HOLD') state.holds.push(toHold(row));
    else state.lots.push(toLot(row));
  }
  const opened = new Map<string, Ledger>();
  const open = (id: string): Ledger => {
    const into = leads.get(id);
    if (into !== undefined) return open(into);
    const known = opened.get(id);
    if (known) return known;
    const ledger = openLedger(id, stateOf(id), tx.now, () => uuidv7(tx.now));
    passTime(ledger);
    opened.set(id, ledger);
    return ledger;
  };
  return new Map(ids.map((id) => [id, open(id)]));
}

/** What `points_open` gives: an account, or a hold with its parts, or a lot. */
type StateRow = { memberId: string } & (
  | ({ what: 'ACCOUNT'; mergeId: string | null; mergedInto: string | null } & Omit<Account, 'merging'>)
  | ({ what: 'HOLD' } & Omit<Hold, 'parts' | 'mark'> & { lotIds: string[] | null; amounts: bigint[] | null })
  | ({ what: 'LOT' } & Omit<Lot, 'mark' | 'source'> & { sourceKind: SourceKind | null; sourceId: string | null })
);
type RowOf<What extends StateRow['what']> = Extract<StateRow, { what: What }>;

const STATE = `select what, coalesce((of_account).member_id, (of_hold).member_id, (of_lot).member_id) as "memberId",
    coalesce((of_account).pending, (of_lot).pending) as pending,
    coalesce((of_account).available, (of_lot).available) as available, coalesce((of_account).held, (of_lot).held) as held,
    (of_account).debt, (of_account).growth, (of_account).version,
    (of_account).frozen, (of_account).freeze_version as "freezeVersion", (of_account).merge_id as "mergeId", (of_account).merged_into as "mergedInto", (of_account).last_activity_at as "lastActivityAt",
    coalesce((of_hold).id, (of_lot).id) as id, coalesce((of_hold).site_id, (of_lot).site_id) as "mallId",
    coalesce((of_hold).expires_at, (of_lot).expires_at) as "expiresAt",
    (of_hold).kind, (of_hold).checkout_id as "checkoutId", (of_hold).order_ref as "orderRef", (of_hold).points,
    (of_hold).value_minor as "valueMinor", (of_hold).status, (of_hold).store_id as "storeId", (of_hold).extended,
    (of_hold).captured, (of_hold).redemption_id as "redemptionId", (of_hold).created_at as "createdAt",
    lot_ids as "lotIds", amounts,
    (of_lot).issued, (of_lot).redeemed, (of_lot).expired, (of_lot).revoked, (of_lot).earned_at as "earnedAt",
    (of_lot).available_at as "availableAt", (of_lot).purchase_id as "purchaseId", coalesce((of_hold).merchant_id, (of_lot).merchant_id) as "merchantId",
    coalesce((of_hold).currency, (of_lot).currency) as currency, (of_lot).reinstated, (of_lot).moving_expiry as moving, (of_lot).source_kind as "sourceKind",
    (of_lot).source_id as "sourceId", (of_lot).origin_lot_id as "originLotId",
    nullif((of_lot).funder_id, (of_lot).group_id) as "funderId"`;

const toAccount = (r: RowOf<'ACCOUNT'>): Account => ({
  pending: r.pending,
  available: r.available,
  held: r.held,
  debt: r.debt,
  growth: r.growth,
  frozen: r.frozen,
  freezeVersion: r.freezeVersion,
  merging: r.mergeId !== null,
  lastActivityAt: r.lastActivityAt,
  version: r.version,
});

const toHold = (r: RowOf<'HOLD'>): Hold => ({
  id: r.id,
  kind: r.kind,
  checkoutId: r.checkoutId,
  orderRef: r.orderRef,
  mallId: r.mallId,
  merchantId: r.merchantId,
  storeId: r.storeId,
  currency: r.currency,
  points: r.points,
  valueMinor: r.valueMinor,
  status: r.status,
  expiresAt: r.expiresAt,
  extended: r.extended,
  captured: r.captured,
  redemptionId: r.redemptionId,
  createdAt: r.createdAt,
  parts: (r.lotIds ?? []).map((lotId, i) => ({ lotId, amount: r.amounts?.[i] ?? 0n })),
  mark: 'STORED',
});

const toLot = (r: RowOf<'LOT'>): Lot => ({
  id: r.id,
  issued: r.issued,
  pending: r.pending,
  available: r.available,
  held: r.held,
  redeemed: r.redeemed,
  expired: r.expired,
  revoked: r.revoked,
  reinstated: r.reinstated,
  earnedAt: r.earnedAt,
  availableAt: r.availableAt,
  expiresAt: r.expiresAt,
  moving: r.moving,
  source: r.sourceKind && r.sourceId ? { kind: r.sourceKind, id: r.sourceId } : null,
  originLotId: r.originLotId,
  purchaseId: r.purchaseId,
  mallId: r.mallId,
  merchantId: r.merchantId,
  funderId: r.funderId,
  currency: r.currency,
  mark: 'STORED',
});

/** One call, whatever is asked for: waits for the locks, then reads what is true under them. */
async function readState(tx: Tx, ids: readonly string[], scope: LedgerScope): Promise<StateRow[]> {
  if (ids.length === 0) return [];
  const spending = [...new Set(scope.spending ?? [])];
  const values = [tx.groupId, tx.now, ids, spending, scope.checkouts ?? [], scope.lots ?? [], scope.lock];
  return tx.prepared<StateRow>('points.open', `${STATE} from points_open($1, $2, $3, $4, $5, $6, $7)`, values);
}
/** Writes what changed, with the transaction's other changes in one statement. */
export async function saveLedgers(tx: Tx, ledgers: Iterable<Ledger>): Promise<void> {
  const changed = [...new Set(ledgers)].filter(
    (l) => l.account.version !== l.storedVersion || [...l.holds.values()].some(({ mark }) => mark !== 'STORED'),
  );
  const group_id = tx.groupId;
  const accounts = changed.map(({ memberId: member_id, account: { lastActivityAt, freezeVersion, ...account } }) => ({
    member_id,
    group_id,
    ...account,
    last_activity_at: lastActivityAt,
    freeze_version: freezeVersion,
    updated_at: tx.now,
  }));
  await tx.write(
    ...lotWrites(tx, changed),
    ...entryWrites(tx, changed),
    ...holdWrites(tx, changed),
    change(
      'account',
      ['member_id', 'group_id'],
      [
        'pending',
        'available',
        'held',
        'debt',
        'growth',
        'frozen',
        'freeze_version',
        'last_activity_at',
        'version',
        'updated_at',
      ],
      accounts,
      // A hold's mark may change without a posting; a posting always raises the version.
      'and account.version <= u.version',
    ),
  );
}

function lotWrites(tx: Tx, ledgers: readonly Ledger[]): Write[] {
  const marked = (mark: Mark): Row[] =>
    rowsOf(
      ledgers,
      (l) => [...l.lots.values()].filter((lot) => lot.mark === mark),
      ({ memberId }, lot) => lotRow(tx, memberId, lot),
    );
  const parts = [
    ...['pending', 'available', 'held', 'redeemed', 'expired', 'revoked', 'reinstated'],
    ...['alive', 'available_at', 'expires_at', 'moving_expiry'],
  ];
  return [insertion('lot', marked('NEW')), change('lot', ['member_id', 'id'], parts, marked('CHANGED'))];
}

function entryWrites(tx: Tx, ledgers: readonly Ledger[]): Write[] {
  const group_id = tx.groupId;
  const entries = rowsOf(
    ledgers,
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
      source_kind: e.source?.kind ?? null,
      source_id: e.source?.id ?? null,
      explanation: e.explanation,
      actor: e.actor,
      reason: e.reason,
    }),
  );
  const parts = rowsOf(
    ledgers,
    (l) => l.entries,
    ({ memberId: member_id }, e) =>
      e.parts.map(({ lot, amount }) => ({ member_id, entry_id: e.id, lot_id: lot.id, group_id, amount })),
  ).flat();
  const growth = rowsOf(
    ledgers,
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
      source_kind: e.source?.kind ?? null,
      source_id: e.source?.id ?? null,
    }),
  );
  // Until a block has them: see proof/use-cases/close-block.ts.
  const unblocked = entries.map(({ member_id, id: entry_id }) => ({ group_id, entry_id, member_id }));
  return [
    insertion('entry', entries),
    insertion('entry_unblocked', unblocked),
    insertion('entry_lot', parts),
    insertion('growth_entry', growth),
  ];
}

function holdWrites(tx: Tx, ledgers: readonly Ledger[]): Write[] {
  const group_id = tx.groupId;
  const marked = (mark: Mark) =>
    rowsOf(
      ledgers,
      (l) => [...l.holds.values()].filter((hold) => hold.mark === mark),
      ({ memberId: member_id }, hold) => ({
        member_id,
        id: hold.id,
        group_id,
        site_id: hold.mallId,
        kind: hold.kind,
        checkout_id: hold.checkoutId,
        order_ref: hold.orderRef,
        merchant_id: hold.merchantId,
        store_id: hold.storeId,
        currency: hold.currency,
        points: hold.points,
        value_minor: hold.valueMinor,
        status: hold.status,
        expires_at: hold.expiresAt,
        extended: hold.extended,
        captured: hold.captured,
        redemption_id: hold.redemptionId,
        created_at: hold.createdAt,
        updated_at: tx.now,
      }),
    );
  const parts = rowsOf(
    ledgers,
    (l) => [...l.holds.values()].filter((hold) => hold.mark === 'NEW'),
    ({ memberId: member_id }, hold) =>
      hold.parts.map(({ lotId: lot_id, amount }) => ({ member_id, hold_id: hold.id, lot_id, group_id, amount })),
  ).flat();
  return [
    insertion('hold', marked('NEW')),
    insertion('hold_lot', parts),
    change(
      'hold',
      ['member_id', 'id'],
      ['status', 'expires_at', 'extended', 'captured', 'redemption_id', 'updated_at'],
      marked('CHANGED'),
    ),
  ];
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
  pending: lot.pending,
  available: lot.available,
  held: lot.held,
  redeemed: lot.redeemed,
  expired: lot.expired,
  revoked: lot.revoked,
  reinstated: lot.reinstated,
  alive: lot.pending > 0n || lot.available > 0n || lot.held > 0n,
  earned_at: lot.earnedAt,
  available_at: lot.availableAt,
  expires_at: lot.expiresAt,
  moving_expiry: lot.moving,
  source_kind: lot.source?.kind ?? null,
  source_id: lot.source?.id ?? null,
  origin_lot_id: lot.originLotId,
  purchase_id: lot.purchaseId,
  merchant_id: lot.merchantId,
  funder_id: lot.funderId ?? tx.groupId,
  currency: lot.currency,
});
