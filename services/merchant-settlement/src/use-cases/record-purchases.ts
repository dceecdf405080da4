// States sales that happened. Each gets its own answer; the good ones are stored in one set-based transaction.
import { createHash } from 'node:crypto';
import { businessDate, err, isUuid, naturalId, ok, type Result } from '@atrium/kernel';
import { findOrgNodes, type OrgNode, publishAll, type Tx } from '@atrium/platform';
import {
  type Invalid,
  type InvalidReason,
  type PricedSale,
  priceSale,
  type SaleDraft,
  saleContent,
} from '../domain/sale';
import { contractAsOf, type ContractVersion } from '../domain/terms';
import { purchaseRecorded } from '../events/settlement-events';
import { findContractsOf } from '../storage/contract.repository';
import {
  type CheckoutRow,
  findIdentifiers,
  type IdentifierRow,
  knownMembers,
  lockCheckouts,
  useCheckouts,
  useIdentifiers,
} from '../storage/directory.repository';
import { findPurchases, insertPurchaseLines, insertPurchases, type PurchaseRow } from '../storage/purchase.repository';
import { applyParkedRefunds } from './apply-refund';
import { postObligations } from './post-obligations';
import { tierDiscountChange } from './post-tier-discount';

export type { PurchaseRow };

/** What the caller may do where; decided at the door, asked here because only here the places are known. */
export interface SaleAccess {
  mayRecord(path: readonly string[]): boolean;
  mayRead(path: readonly string[], memberId: string | null): boolean;
}

export interface StatedPurchase {
  draft: SaleDraft;
  /** Blind index of what the member showed. */
  identifierIndex: string | null;
}

export type Missing = 'store' | 'member' | 'checkout';

export type RecordRefusal =
  | ({ code: 'INVALID' } & Invalid)
  | { code: 'CONFLICT'; purchase: PurchaseRow }
  | { code: 'NOT_FOUND'; what: Missing }
  /** Named by an id or code that this service has not heard of yet: worth a short wait. */
  | { code: 'NOT_ARRIVED'; what: Missing | 'identifier' };

export type RecordAnswer = Result<{ purchase: PurchaseRow; duplicate: boolean }, RecordRefusal>;

interface Plan {
  row: PurchaseRow;
  sale: PricedSale;
  /** A code for one use that this sale uses up. */
  code: string | null;
}

/** A code is good this long before it was heard of: clocks of tills differ. */
const CODE_TOLERANCE_MS = 5 * 60_000;

const purchasePath = (groupId: string | null, p: PurchaseRow): string[] => [
  groupId ?? '',
  p.siteId,
  p.merchantId,
  p.storeId,
];

export const purchaseIdOf = (groupId: string, sourceSystem: string, externalId: string): string =>
  naturalId('purchase', groupId, sourceSystem, externalId);

/**
 * Records what is sound and new. With `patient`, what has not arrived yet is answered as such instead of not found, and an
 * identifier that names nobody is not yet taken for a stranger's.
 */
export async function recordPurchases(
  tx: Tx,
  stated: readonly StatedPurchase[],
  access: SaleAccess,
  patient: boolean,
): Promise<RecordAnswer[]> {
  const groupId = tx.groupId ?? '';
  const ids = stated.map(({ draft }) => purchaseIdOf(groupId, draft.sourceSystem, draft.externalId));
  const known = await lookUp(tx, stated, ids);
  const plans = new Map<string, Plan>();
  const waiting = new Set<string>();
  const decided = stated.map((sale, i): RecordAnswer | 'PLANNED' => {
    const id = ids[i] ?? '';
    const place = known.stores.get(sale.draft.storeId);
    if (!place || place.kind !== 'STORE' || !access.mayRecord(place.path))
      return err({ code: 'NOT_FOUND', what: 'store' });
    const earlier = known.purchases.get(id);
    if (earlier) return repeated(tx, earlier, sale, access);
    if (plans.has(id)) return 'PLANNED';
    if (waiting.has(id)) return err({ code: 'NOT_ARRIVED', what: 'member' });
    const plan = planSale(tx, id, sale, place, known, patient);
    if (plan.ok) {
      plans.set(id, plan.value);
      return 'PLANNED';
    }
    if (plan.error.code === 'NOT_ARRIVED') waiting.add(id);
    return plan;
  });
  const { added, stored } = await storeSales(tx, [...plans.values()], known);
  return decided.map((decision, i) => {
    if (decision !== 'PLANNED') return decision;
    const id = ids[i] ?? '';
    const purchase = stored.get(id);
    const sale = stated[i];
    if (!purchase || !sale) throw new Error(`sale ${id} was neither stored nor there before`);
    // The first of equals in the batch recorded it, unless another transaction was faster.
    return added.delete(id) ? ok({ purchase, duplicate: false }) : repeated(tx, purchase, sale, access);
  });
}

interface Known {
  stores: Map<string, OrgNode>;
  malls: Map<string, OrgNode>;
  purchases: Map<string, PurchaseRow>;
  members: Set<string>;
  identifiers: Map<string, IdentifierRow>;
  checkouts: Map<string, CheckoutRow>;
  contracts: ContractVersion[];
}

async function lookUp(tx: Tx, stated: readonly StatedPurchase[], ids: readonly string[]): Promise<Known> {
  const drafts = stated.map(({ draft }) => draft);
  const uuids = (values: (string | null)[]) => values.filter((v): v is string => v !== null && isUuid(v));
  // Locks come first and in one order: baskets, codes, then sales.
  const checkouts = await lockCheckouts(tx, uuids(drafts.map((d) => d.checkoutId)));
  const identifiers = await findIdentifiers(
    tx,
    stated.flatMap((s) => (s.identifierIndex === null ? [] : [s.identifierIndex])),
    true,
  );
  const purchases = await findPurchases(tx, ids);
  const stores = await findOrgNodes(tx, uuids(drafts.map((d) => d.storeId)));
  const paths = [...stores.values()].flatMap(({ path }) => path);
  const malls = await findOrgNodes(tx, uuids([...stores.values()].map(({ path }) => path[1] ?? null)));
  const members = await knownMembers(tx, uuids(drafts.map((d) => d.memberId)));
  const contracts = await findContractsOf(tx, paths);
  return { stores, malls, purchases, members, identifiers, checkouts, contracts };
}

const hashOf = ({ draft, identifierIndex }: StatedPurchase): Buffer =>
  createHash('sha256').update(saleContent(draft, identifierIndex)).digest();

const invalid = (reason: InvalidReason, ...path: string[]): RecordAnswer & { ok: false } =>
  err({ code: 'INVALID', path, reason });

/** The same sale again: the first answer, or what differs. Of a sale that the caller may not see only that the number is used. */
function repeated(tx: Tx, earlier: PurchaseRow, sale: StatedPurchase, access: SaleAccess): RecordAnswer {
  const { statedPaidMinor } = sale.draft;
  const samePaid = statedPaidMinor === null || statedPaidMinor === earlier.paidMinor;
  if (samePaid && earlier.contentHash.equals(hashOf(sale))) return ok({ purchase: earlier, duplicate: true });
  return access.mayRead(purchasePath(tx.groupId, earlier), earlier.memberId)
    ? err({ code: 'CONFLICT', purchase: earlier })
    : invalid('NUMBER_USED', 'externalId');
}

function planSale(
  tx: Tx,
  id: string,
  stated: StatedPurchase,
  place: OrgNode,
  known: Known,
  patient: boolean,
): Result<Plan, RecordRefusal> {
  const { draft, identifierIndex } = stated;
  const absent = (what: Missing) => err<RecordRefusal>({ code: patient ? 'NOT_ARRIVED' : 'NOT_FOUND', what });
  if (draft.currency !== place.currency) return invalid('OTHER_CURRENCY', 'lines', '0', 'gross', 'currency');
  let memberId = draft.memberId;
  if (memberId !== null && !isUuid(memberId)) return err({ code: 'NOT_FOUND', what: 'member' });
  if (memberId !== null && !known.members.has(memberId)) return absent('member');
  let code: string | null = null;
  if (identifierIndex !== null) {
    const found = known.identifiers.get(identifierIndex);
    if (!found && patient) return err({ code: 'NOT_ARRIVED', what: 'identifier' });
    if (found && names(found, draft.occurredAt, id)) {
      memberId = found.memberId;
      if (found.validUntil) {
        code = identifierIndex;
        found.usedBy = id;
      }
    }
  }
  let basket: CheckoutRow | null = null;
  if (draft.checkoutId !== null) {
    if (!isUuid(draft.checkoutId)) return err({ code: 'NOT_FOUND', what: 'checkout' });
    basket = known.checkouts.get(draft.checkoutId) ?? null;
    if (!basket) return absent('checkout');
    if (basket.storeId !== place.id) return invalid('CHECKOUT_OF_ANOTHER_STORE', 'checkoutId');
    if (memberId !== null && memberId !== basket.memberId) return invalid('CHECKOUT_OF_ANOTHER_MEMBER', 'checkoutId');
    if (basket.purchaseId !== null && basket.purchaseId !== id) return invalid('CHECKOUT_USED', 'checkoutId');
    memberId = basket.memberId;
  }
  const sale = priceSale(draft, basket);
  if (!sale.ok) return err({ code: 'INVALID', ...sale.error });
  const contract = contractAsOf(known.contracts, place.path, draft.occurredAt);
  if (!contract) throw new Error(`group ${tx.groupId} has no terms`);
  // Taken for the rest of this batch, too.
  if (basket) basket.purchaseId = id;
  const [, siteId = '', merchantId = ''] = place.path;
  const row: PurchaseRow = {
    id,
    siteId,
    merchantId,
    storeId: place.id,
    sourceSystem: draft.sourceSystem,
    externalId: draft.externalId,
    memberId,
    identifierIndex: memberId === null ? identifierIndex : null,
    checkoutId: draft.checkoutId,
    contractId: contract.id,
    occurredAt: draft.occurredAt,
    receivedAt: tx.now,
    businessDate: businessDate(draft.occurredAt, place.timeZone, place.dayCutMinutes),
    timeZone: place.timeZone,
    currency: place.currency,
    grossMinor: sale.value.grossMinor,
    paidMinor: sale.value.paidMinor,
    pointsUsed: sale.value.pointsUsed,
    pointsValueMinor: sale.value.pointsValueMinor,
    status: 'RECORDED',
    cashRefundedMinor: 0n,
    pointsValueRefundedMinor: 0n,
    pointsReturned: 0n,
    refundNo: 0n,
    contentHash: hashOf(stated),
  };
  return ok({ row, sale: sale.value, code });
}

/** Whether an identifier named its member at that instant; a code for one use also, whether it is still free. */
function names(identifier: IdentifierRow, at: Date, purchaseId: string): boolean {
  if (identifier.validUntil === null) return true;
  if (identifier.usedBy !== null && identifier.usedBy !== purchaseId) return false;
  return at < identifier.validUntil && at.getTime() >= identifier.validFrom.getTime() - CODE_TOLERANCE_MS;
}

/** Answers which sales this transaction added, and every planned sale as it now stands. */
async function storeSales(
  tx: Tx,
  plans: readonly Plan[],
  known: Known,
): Promise<{ added: Set<string>; stored: Map<string, PurchaseRow> }> {
  const stored = new Map(plans.map(({ row }) => [row.id, row]));
  if (plans.length === 0) return { added: new Set(), stored };
  const added = await insertPurchases(
    tx,
    plans.map(({ row }) => row),
  );
  const fresh = plans.filter(({ row }) => added.has(row.id));
  await insertPurchaseLines(
    tx,
    fresh.flatMap(({ row, sale }) => sale.lines.map((line) => ({ ...line, purchaseId: row.id }))),
  );
  await useCheckouts(
    tx,
    fresh.flatMap(({ row }) => (row.checkoutId === null ? [] : [{ id: row.checkoutId, purchaseId: row.id }])),
  );
  await useIdentifiers(
    tx,
    fresh.flatMap(({ row, code }) => (code === null ? [] : [{ blindIndex: code, purchaseId: row.id }])),
  );
  await publishAll(
    tx,
    fresh.map(({ row, sale }) => purchaseRecorded(row, sale.lines, known.malls.get(row.siteId)?.code ?? null)),
  );
  await postObligations(
    tx,
    fresh.flatMap((plan) => tierDiscountOf(plan, known.contracts) ?? []),
  );
  const refunded = await applyParkedRefunds(tx, [...added]);
  // What another transaction recorded meanwhile, and what waiting refunds made of new sales.
  const changed = plans.filter(({ row }) => !added.has(row.id) || refunded.has(row.id)).map(({ row }) => row.id);
  for (const [id, row] of await findPurchases(tx, changed)) stored.set(id, row);
  return { added, stored };
}

function tierDiscountOf({ row, sale }: Plan, contracts: readonly ContractVersion[]) {
  const terms = contracts.find(({ id }) => id === row.contractId);
  if (!terms) return null;
  const lines = sale.lines.map((line) => ({ ...line, refundedMinor: 0n }));
  return tierDiscountChange(row, lines, terms, false, row.occurredAt);
}
