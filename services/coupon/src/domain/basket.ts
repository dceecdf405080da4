// The till's basket: what it must be like, and how its price, its points and its quote come together.
import { isInt64, isUuid, parseMoney, parseRational } from '@atrium/kernel';
import type { CheckoutStep, Quote } from './checkout';
import type { Priced, QuoteLine } from './quote';

export interface BasketLine extends QuoteLine {
  sku: string;
  quantity: string;
}

/** As it came: amounts are decimal texts. */
export interface BasketDraft {
  lines: readonly {
    lineNo: number;
    sku: string;
    category: string;
    quantity: string;
    gross: { amount: string; currency: string };
    discount?: { amount: string; currency: string } | null;
  }[];
  couponIds?: readonly string[] | null;
  points?: bigint | null;
  pointsRuleVersionId?: string | null;
}

export interface InputProblem {
  path: string[];
  reason: string;
}

const MAX_LINES = 200;
const MAX_COUPONS = 20;
const MAX_TEXT = 100;

/** The basket's lines in minor units of the store's currency, or the first thing that is wrong. */
export function readBasket(draft: BasketDraft, currency: string): { lines: BasketLine[] } | { problem: InputProblem } {
  const wrong = (reason: string, ...path: (string | number)[]) => ({ problem: { path: path.map(String), reason } });
  if (draft.lines.length < 1 || draft.lines.length > MAX_LINES) return wrong(`1 to ${MAX_LINES} lines`, 'lines');
  const numbers = new Set<number>();
  const lines: BasketLine[] = [];
  let total = 0n;
  for (const [i, line] of draft.lines.entries()) {
    if (line.lineNo < 1) return wrong('must be at least 1', 'lines', i, 'lineNo');
    if (numbers.has(line.lineNo)) return wrong('stands there twice', 'lines', i, 'lineNo');
    numbers.add(line.lineNo);
    for (const field of ['sku', 'category'] as const) {
      const text = line[field];
      if (text.trim() === '' || text.length > MAX_TEXT) return wrong('1 to 100 characters', 'lines', i, field);
    }
    const quantity = parseRational(line.quantity);
    if (!quantity || quantity.num <= 0n) return wrong('must be more than 0', 'lines', i, 'quantity');
    const amounts = { gross: 0n, discount: 0n };
    for (const field of ['gross', 'discount'] as const) {
      const given = line[field];
      if (!given) continue;
      if (given.currency !== currency) return wrong(`must be in ${currency}`, 'lines', i, field, 'currency');
      const parsed = parseMoney(given.amount, currency);
      if (!parsed.ok) return wrong(`is no amount of ${currency}`, 'lines', i, field, 'amount');
      if (parsed.value.amountMinor < 0n) return wrong('must not be negative', 'lines', i, field, 'amount');
      amounts[field] = parsed.value.amountMinor;
    }
    if (amounts.discount > amounts.gross) return wrong('must not exceed gross', 'lines', i, 'discount', 'amount');
    total += amounts.gross;
    if (!isInt64(total)) return wrong('the sum is too large', 'lines', i, 'gross', 'amount');
    lines.push({
      lineNo: line.lineNo,
      sku: line.sku,
      category: line.category,
      quantity: line.quantity,
      grossMinor: amounts.gross,
      shopDiscountMinor: amounts.discount,
    });
  }
  const ids = draft.couponIds ?? [];
  if (ids.length > MAX_COUPONS) return wrong(`at most ${MAX_COUPONS}`, 'couponIds');
  const again = ids.findIndex((id, i) => ids.findIndex((other) => other.toLowerCase() === id.toLowerCase()) < i);
  if (again >= 0) return wrong('stands there twice', 'couponIds', again);
  if (draft.pointsRuleVersionId && !isUuid(draft.pointsRuleVersionId)) {
    return wrong('is no id of a quote', 'pointsRuleVersionId');
  }
  if ((draft.points ?? 0n) < 0n) return wrong('must not be negative', 'points');
  return { lines };
}

/** Where a basket is paid. */
export interface Place {
  storeId: string;
  merchantId: string;
  mallId: string;
  mallCode: string | null;
}

/** A basket after tier discount and coupons; what is asked of points. */
export interface PricedBasket {
  memberId: string;
  place: Place;
  currency: string;
  lines: BasketLine[];
  priced: Priced;
  tierNames: Record<string, string>;
  couponNames: Record<string, Record<string, string>>;
  requestedPoints: bigint;
  /** The version of the points programme that the member was quoted before. */
  quotedRuleVersionId: string | null;
  quoteMinutes: number;
  holdMinutes: number;
}

/** What points answered. */
export interface PointsPart {
  pointsUsed: bigint;
  pointsValueMinor: bigint;
  lines: readonly { lineNo: number; pointsValueMinor: bigint }[];
  pointsToEarn: bigint;
  cutReason: string;
  /** Empty: there is no programme. */
  ruleVersionId: string;
  /** The version that the basket cites is none of this group's. */
  quotedUnknown: boolean;
}

const MINUTE_MS = 60_000;

/** The finished quote. An answer of points that does not add up is a broken assumption, not a price. */
export function finishQuote(basket: PricedBasket, points: PointsPart, now: Date): Quote {
  const { priced } = basket;
  const byLine = new Map(points.lines.map(({ lineNo, pointsValueMinor }) => [lineNo, pointsValueMinor]));
  const lines = priced.lines.map((line, i) => {
    const pointsValueMinor = byLine.get(line.lineNo) ?? 0n;
    if (pointsValueMinor < 0n || pointsValueMinor > line.remainingMinor) throw new Error('points exceed a line');
    return {
      lineNo: line.lineNo,
      sku: basket.lines[i]?.sku ?? '',
      category: line.category,
      quantity: basket.lines[i]?.quantity ?? '1',
      grossMinor: line.grossMinor,
      shopDiscountMinor: line.shopDiscountMinor,
      tierDiscountMinor: line.tierDiscountMinor,
      couponDiscountMinor: line.couponDiscountMinor,
      pointsValueMinor,
      toPayMinor: line.remainingMinor - pointsValueMinor,
    };
  });
  const sum = (of: (line: (typeof lines)[number]) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  if (sum((line) => line.pointsValueMinor) !== points.pointsValueMinor) throw new Error('points do not sum to lines');
  const steps: CheckoutStep[] = [];
  if (priced.tierDiscountMinor > 0n) {
    steps.push({
      kind: 'TIER_DISCOUNT',
      amountMinor: priced.tierDiscountMinor,
      couponId: null,
      names: basket.tierNames,
    });
  }
  for (const { id, amountMinor } of priced.coupons) {
    steps.push({ kind: 'COUPON', amountMinor, couponId: id, names: basket.couponNames[id] ?? {} });
  }
  if (points.pointsUsed > 0n) {
    steps.push({ kind: 'POINTS', amountMinor: points.pointsValueMinor, couponId: null, names: {} });
  }
  return {
    currency: basket.currency,
    grossMinor: sum((line) => line.grossMinor),
    shopDiscountMinor: sum((line) => line.shopDiscountMinor),
    toPayMinor: sum((line) => line.toPayMinor),
    steps,
    lines,
    pointsUsed: points.pointsUsed,
    pointsValueMinor: points.pointsValueMinor,
    pointsToEarn: points.pointsToEarn,
    pointsRuleVersionId: points.ruleVersionId || null,
    cutReason: points.cutReason === '' ? null : points.cutReason,
    validUntil: new Date(now.getTime() + basket.quoteMinutes * MINUTE_MS),
  };
}

/** When a reservation made now ends. */
export const reservedUntil = (holdMinutes: number, now: Date): Date =>
  new Date(now.getTime() + holdMinutes * MINUTE_MS);

/** How long a price holds and a basket is set aside, until a mall group publishes its own policy. */
export const DEFAULT_POLICY = { holdMinutes: 15, quoteMinutes: 10, maxCoupons: 3 } as const;

/** What looks like no id names nothing. */
export const knownIds = (ids: readonly string[]): string[] => ids.filter(isUuid).map((id) => id.toLowerCase());
