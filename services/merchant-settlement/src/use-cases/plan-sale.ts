// Decides what a stated sale becomes, from everything that is known of its place, member and basket. Writes nothing.
import { createHash } from 'node:crypto';
import { businessDate, err, isUuid, ok, type Result } from '@atrium/kernel';
import { findOrgNodes, type OrgNode, type Tx } from '@atrium/platform';
import {
  type Invalid,
  type InvalidReason,
  type PricedSale,
  priceSale,
  type SaleDraft,
  saleContent,
} from '../domain/sale';
import { contractAsOf, type ContractVersion } from '../domain/terms';
import { findContractsOf } from '../storage/contract.repository';
import {
  type CheckoutRow,
  findIdentifiers,
  type IdentifierRow,
  currentMembers,
  lockCheckouts,
} from '../storage/directory.repository';
import { findPurchases, type PurchaseRow } from '../storage/purchase.repository';

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

export interface Plan {
  row: PurchaseRow;
  sale: PricedSale;
  /** A code for one use that this sale uses up. */
  code: string | null;
}

export interface Known {
  stores: Map<string, OrgNode>;
  malls: Map<string, OrgNode>;
  purchases: Map<string, PurchaseRow>;
  /** By the id that was named: who that is now. */
  members: Map<string, string>;
  identifiers: Map<string, IdentifierRow>;
  checkouts: Map<string, CheckoutRow>;
  contracts: ContractVersion[];
}

/** A code is good this long before it was heard of: clocks of tills differ. */
const CODE_TOLERANCE_MS = 5 * 60_000;

export async function lookUp(tx: Tx, stated: readonly StatedPurchase[], ids: readonly string[]): Promise<Known> {
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
  const members = await currentMembers(tx, uuids(drafts.map((d) => d.memberId)));
  const contracts = await findContractsOf(tx, paths);
  return { stores, malls, purchases, members, identifiers, checkouts, contracts };
}

export const hashOf = ({ draft, identifierIndex }: StatedPurchase): Buffer =>
  createHash('sha256').update(saleContent(draft, identifierIndex)).digest();

export const invalid = (
  reason: InvalidReason,
  ...path: string[]
): { readonly ok: false; readonly error: RecordRefusal } => err({ code: 'INVALID', path, reason });

export function planSale(
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
  if (memberId !== null) memberId = known.members.get(memberId) ?? null;
  if (memberId === null && draft.memberId !== null) return absent('member');
  let code: string | null = null;
  if (identifierIndex !== null) {
    const found = known.identifiers.get(identifierIndex);
    if (!found && patient) return err({ code: 'NOT_ARRIVED', what: 'identifier' });
    if (found && names(found, draft.occurredAt, id)) {
      memberId = found.memberId;
      if (found.validUntil) code = identifierIndex;
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
  const used = code === null ? undefined : known.identifiers.get(code);
  if (used) used.usedBy = id;
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
    channel: draft.channel,
    payments: draft.payments,
    status: 'RECORDED',
    cashRefundedMinor: 0n,
    pointsValueRefundedMinor: 0n,
    pointsReturned: 0n,
    pointsDeductionMinor: 0n,
    refundNo: 0n,
    contentHash: hashOf(stated),
    recordedAtSite: false,
  };
  return ok({ row, sale: sale.value, code });
}

/** Whether an identifier named its member at that instant; a code for one use also, whether it is still free. */
function names(identifier: IdentifierRow, at: Date, purchaseId: string): boolean {
  if (identifier.validUntil === null) return true;
  if (identifier.usedBy !== null && identifier.usedBy !== purchaseId) return false;
  return at < identifier.validUntil && at.getTime() >= identifier.validFrom.getTime() - CODE_TOLERANCE_MS;
}
