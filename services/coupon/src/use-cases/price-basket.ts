// What a basket costs this member here before points: reads everything that decides, changes nothing.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { type Caller, can, findOrgNode, isSelf, requirePermission, type Tx } from '@atrium/platform';
import {
  type BasketDraft,
  DEFAULT_POLICY,
  type InputProblem,
  knownIds,
  type PricedBasket,
  readBasket,
} from '../domain/basket';
import { bestSet } from '../domain/best-set';
import { unusableBecause, type Coupon } from '../domain/coupon';
import { tierAt } from '../domain/gifts';
import { price, type QuoteLine, type UsableCoupon } from '../domain/quote';
import { coversStore, type TemplateVersion } from '../domain/template';
import { policyNow } from '../storage/checkout.repository';
import { findCoupons, findUsable } from '../storage/coupon.repository';
import { findMembers, findTierChanges, ladderNow } from '../storage/member.repository';
import { findExactVersions } from '../storage/template.repository';

export type Basket = BasketDraft & { storeId: string; memberId: string };

export type BasketRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; problem: InputProblem }
  | { code: 'COUPON_NOT_USABLE'; couponId: string; reason: string };

export async function priceBasket(
  tx: Tx,
  caller: Caller,
  basket: Basket,
): Promise<Result<PricedBasket, BasketRefusal>> {
  if (!isUuid(basket.storeId) || !isUuid(basket.memberId)) return err({ code: 'NOT_FOUND' });
  const memberId = basket.memberId.toLowerCase();
  const store = await findOrgNode(tx, basket.storeId.toLowerCase());
  const [, mallId, merchantId, storeId] = store?.path ?? [];
  if (!store || store.kind !== 'STORE' || !mallId || !merchantId || !storeId) return err({ code: 'NOT_FOUND' });
  if (caller.kind === 'MEMBER') {
    if (!isSelf(caller, memberId)) return err({ code: 'NOT_FOUND' });
  } else {
    requirePermission(caller, 'checkout:reserve', store.path);
    if (!(await findMembers(tx, [memberId])).has(memberId)) return err({ code: 'NOT_FOUND' });
  }
  const read = readBasket(basket, store.currency);
  if ('problem' in read) return err({ code: 'INVALID_INPUT', problem: read.problem });

  const policy = (await policyNow(tx)) ?? DEFAULT_POLICY;
  const mall = await findOrgNode(tx, mallId);
  const tier = tierAt(await findTierChanges(tx, [memberId]), tx.now);
  const rung = tier ? (await ladderNow(tx)).find(({ code }) => code === tier.toCode) : undefined;
  const tierBps = BigInt(rung?.discountBps ?? 0);
  const chosen = await chooseCoupons(tx, memberId, basket, read.lines, {
    path: store.path,
    currency: store.currency,
    tierBps,
    maxCoupons: policy.maxCoupons,
  });
  if (!chosen.ok) return chosen;
  return ok({
    memberId,
    place: { storeId, merchantId, mallId, mallCode: mall?.code ?? null },
    currency: store.currency,
    lines: read.lines,
    priced: chosen.value.priced,
    tierNames: rung?.names ?? {},
    couponNames: chosen.value.names,
    requestedPoints: basket.points ?? 0n,
    quotedRuleVersionId: basket.pointsRuleVersionId?.toLowerCase() ?? null,
    quoteMinutes: policy.quoteMinutes,
    holdMinutes: policy.holdMinutes,
  });
}

interface Terms {
  path: readonly string[];
  currency: string;
  tierBps: bigint;
  maxCoupons: number;
}

/** Absent ids: the best legal set. Given ids: all of them must apply. */
async function chooseCoupons(tx: Tx, memberId: string, basket: Basket, lines: readonly QuoteLine[], terms: Terms) {
  const wanted = basket.couponIds ?? null;
  const coupons = wanted ? await findCoupons(tx, memberId, knownIds(wanted)) : await findUsable(tx, memberId);
  const templates = await templatesOf(tx, coupons);
  const names = Object.fromEntries(coupons.map((coupon) => [coupon.id, templates.get(keyOf(coupon))?.names ?? {}]));
  const fits = (coupon: Coupon) => obstacleHere(templates.get(keyOf(coupon)), terms);
  const toUsable = (coupon: Coupon) => usable(coupon, templates.get(keyOf(coupon)) as TemplateVersion);
  if (!wanted) {
    const candidates = coupons.filter((coupon) => fits(coupon) === null).map(toUsable);
    return ok({ priced: bestSet(lines, terms.tierBps, candidates, terms.maxCoupons), names });
  }
  const byId = new Map(coupons.map((coupon) => [coupon.id, coupon]));
  const set: UsableCoupon[] = [];
  for (const couponId of wanted) {
    const coupon = byId.get(couponId.toLowerCase());
    const reason = coupon ? (unusableBecause(coupon, tx.now) ?? fits(coupon)) : 'NOT_FOUND';
    if (!coupon || reason) return err({ code: 'COUPON_NOT_USABLE' as const, couponId, reason: reason ?? 'NOT_FOUND' });
    set.push(toUsable(coupon));
  }
  const result = price(lines, terms.tierBps, set, terms.maxCoupons);
  return result.ok
    ? ok({ priced: result.priced, names })
    : err({ code: 'COUPON_NOT_USABLE' as const, couponId: result.couponId, reason: result.obstacle });
}

const keyOf = (coupon: Coupon): string => `${coupon.templateId}:${coupon.templateVersion}`;

async function templatesOf(tx: Tx, coupons: readonly Coupon[]): Promise<Map<string, TemplateVersion>> {
  const keys = new Map(coupons.map((c) => [keyOf(c), { templateId: c.templateId, version: c.templateVersion }]));
  if (keys.size === 0) return new Map();
  const versions = await findExactVersions(tx, [...keys.values()]);
  return new Map(versions.map((version) => [`${version.id}:${version.version}`, version]));
}

function obstacleHere(template: TemplateVersion | undefined, { path, currency }: Terms): string | null {
  if (!template) return 'NOT_FOUND';
  if (template.currency !== currency) return 'OTHER_CURRENCY';
  return coversStore(template.scope, path) ? null : 'OUT_OF_SCOPE';
}

function usable(coupon: Coupon, template: TemplateVersion): UsableCoupon {
  const { categories, merchantIds, storeIds } = template.scope;
  return {
    id: coupon.id,
    kind: keyOf(coupon),
    level: categories.length > 0 ? 'ITEM' : merchantIds.length + storeIds.length > 0 ? 'MERCHANT' : 'MALL',
    stackCategory: template.stackCategory,
    categories,
    thresholdMinor: template.thresholdMinor,
    off:
      template.type === 'CASH'
        ? { type: 'CASH', faceMinor: template.faceMinor ?? 0n }
        : { type: 'PERCENT', bps: BigInt(template.percentOffBps ?? 0), maxOffMinor: template.maxOffMinor },
    validUntil: coupon.validUntil,
  };
}

/** Who may see and give up a reservation: the member, and whoever may reserve at its store or read coupons there. */
export function seesCheckout(
  caller: Caller,
  checkout: { memberId: string; mallId: string; merchantId: string; storeId: string },
): boolean {
  if (isSelf(caller, checkout.memberId)) return true;
  const path = [caller.groupId ?? '', checkout.mallId, checkout.merchantId, checkout.storeId];
  return can(caller, 'checkout:reserve', path) || (caller.kind !== 'TILL' && can(caller, 'coupon:read', path));
}
