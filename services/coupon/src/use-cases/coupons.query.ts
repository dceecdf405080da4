// Reads shaped for the screen: a member's coupons, what she could claim, a checkout, what a sale brought.
import { isUuid } from '@atrium/kernel';
import { type Caller, canAnywhere, findOrgNode, isSelf, type Page, type Tx } from '@atrium/platform';
import { type CheckoutStatus, checkoutStatusAt, type Checkout } from '../domain/checkout';
import { type CouponStatus, statusAt, type Coupon } from '../domain/coupon';
import { tierAt } from '../domain/gifts';
import type { TemplateVersion } from '../domain/template';
import { findCheckouts } from '../storage/checkout.repository';
import { findCoupons, findGranted, listCoupons } from '../storage/coupon.repository';
import { claimedOf, findMembers, findTierChanges } from '../storage/member.repository';
import { findPurchases, type Purchase } from '../storage/purchase.repository';
import { stockLeft } from '../storage/stock.repository';
import { findExactVersions, findOffered, type VersionKey } from '../storage/template.repository';
import { seesCheckout } from './price-basket';

export type { Checkout, Coupon, CouponStatus, CheckoutStatus, Purchase, TemplateVersion, VersionKey };
export { statusAt, checkoutStatusAt, seesCheckout };

export const couponsOf = (tx: Tx, memberId: string, status: CouponStatus | null, page: Page): Promise<Coupon[]> =>
  listCoupons(tx, memberId, status, page);

export const couponsById = async (tx: Tx, keys: readonly { memberId: string; id: string }[]): Promise<Coupon[]> => {
  const found: Coupon[] = [];
  for (const memberId of new Set(keys.map((key) => key.memberId))) {
    const ids = keys.filter((key) => key.memberId === memberId).map(({ id }) => id);
    found.push(...(await findCoupons(tx, memberId, ids)));
  }
  return found;
};

export const templatesByVersion = (tx: Tx, keys: readonly VersionKey[]): Promise<TemplateVersion[]> =>
  findExactVersions(tx, keys);

export const membersKnown = (tx: Tx, ids: readonly string[]): Promise<Set<string>> => findMembers(tx, ids);

export const purchasesById = (tx: Tx, ids: readonly string[]): Promise<Purchase[]> => findPurchases(tx, ids);

/** Coupons that followed from these sales, for callers who may see the member's coupons. */
export const couponsGrantedBy = (tx: Tx, purchaseIds: readonly string[]): Promise<Coupon[]> =>
  findGranted(tx, purchaseIds);

/** Checkouts that were reserved at some time and that the caller may see. */
export async function visibleCheckouts(tx: Tx, caller: Caller, ids: readonly string[]): Promise<Checkout[]> {
  const found = await findCheckouts(tx, ids.filter(isUuid));
  return found.filter(
    (checkout) => checkout.status !== 'RESERVING' && checkout.status !== 'FAILED' && seesCheckout(caller, checkout),
  );
}

export const seesCouponsOf = (caller: Caller, memberId: string): boolean =>
  isSelf(caller, memberId) || canAnywhere(caller, 'coupon:read');

export interface Offer {
  template: TemplateVersion;
  /** Null without a limit. */
  stockLeft: bigint | null;
  /** Why not, as a stable code; null when it can be claimed now. */
  reason: string | null;
}

export async function offersFor(tx: Tx, memberId: string | null, mallId: string | null, page: Page): Promise<Offer[]> {
  if (mallId !== null) {
    const mall = isUuid(mallId) ? await findOrgNode(tx, mallId.toLowerCase()) : null;
    if (mall?.kind !== 'MALL') return [];
  }
  const templates = await findOffered(tx, mallId?.toLowerCase() ?? null, page);
  const limited = templates.filter(({ stock }) => stock !== null);
  const left = await stockLeft(
    tx,
    limited.map(({ id }) => id),
    limited.map(({ version }) => version),
  );
  const ids = templates.map(({ id }) => id);
  const claimed = memberId ? await claimedOf(tx, memberId, ids) : new Map<string, number>();
  const tier = memberId ? tierAt(await findTierChanges(tx, [memberId]), tx.now) : null;
  return templates.map((template) => {
    const stock = template.stock === null ? null : (left.get(template.id) ?? 0n);
    const reason = !memberId
      ? 'MEMBERS_ONLY'
      : template.tiers.length > 0 && !template.tiers.includes(tier?.toCode ?? '')
        ? 'NOT_ELIGIBLE'
        : (claimed.get(template.id) ?? 0) >= template.claimLimit
          ? 'CLAIM_LIMIT_REACHED'
          : stock === 0n
            ? 'SOLD_OUT'
            : null;
    return { template, stockLeft: stock, reason };
  });
}
