// What a fact obliges whom to, as totals: every account's balance that the newest totals of the fact ask for.
import { allocate, floor, multiply, rational } from '@atrium/kernel';
import { shareOf, type Terms, valueOf } from './terms';

export type Account =
  | 'RECEIVABLE'
  | 'PAYABLE'
  | 'POINTS_LIABILITY'
  | 'POINTS_COST'
  | 'MERCHANT_SHARE_INCOME'
  | 'BREAKAGE'
  | 'MEMBER_POINTS_DEBT'
  | 'WRITE_OFF'
  | 'COUPON_COST'
  | 'TIER_DISCOUNT_COST'
  | 'INTER_MERCHANT'
  | 'PARTNER_RECEIVABLE'
  | 'PARTNER_PAYABLE';

/** Debit less credit of each account. A sound target sums to zero. */
export type Target = Partial<Record<Account, bigint>>;

export interface EarnTotals {
  earned: bigint;
  reversed: bigint;
  /** The part of `reversed` that was spent before: the member owes it. */
  debt: bigint;
  /** Parts of `reversed` that nobody owes: left to the member; and paid in cash, because a till kept so much. */
  waived?: bigint;
  covered?: bigint;
  coveredMinor?: bigint;
}

/**
 * The merchant buys the points that its customer earned; the mall carries the rest of their value, and all of what it leaves
 * to the member. Cash that a till kept for points is with the merchant, who owes it to the mall.
 */
export function earnTarget(totals: EarnTotals, terms: Terms, currency: string): Target {
  const { earned, reversed, debt, waived = 0n, covered = 0n, coveredMinor = 0n } = totals;
  const net = earned - reversed;
  const owed = valueOf(net + debt, terms.pointUnitValue, currency) - valueOf(net, terms.pointUnitValue, currency);
  const receivable = valueOf(net, terms.pointPriceAtEarn, currency) + coveredMinor;
  // Points that were taken back only on paper are still out, or were spent: the liability for them went with the spending.
  const issued = valueOf(net + debt + waived + covered, terms.pointUnitValue, currency);
  return {
    RECEIVABLE: receivable,
    POINTS_COST: issued - receivable - owed,
    MEMBER_POINTS_DEBT: owed,
    POINTS_LIABILITY: -issued,
  };
}

export interface BurnTotals {
  points: bigint;
  valueMinor: bigint;
  /** The part of `points` that the member no longer had. */
  debt: bigint;
  returnedPoints: bigint;
  returnedValueMinor: bigint;
}

/** The mall reimburses the merchant where points paid, less the merchant's share. */
export function burnTarget(totals: BurnTotals, terms: Terms, currency: string): Target {
  const { points, debt } = totals;
  // Given back before the payment itself was heard of: nothing to settle yet.
  if (points === 0n) return {};
  const tender = totals.valueMinor - totals.returnedValueMinor;
  const value = valueOf(points - totals.returnedPoints, terms.pointUnitValue, currency);
  const owed = valueOf(points, terms.pointUnitValue, currency) - valueOf(points - debt, terms.pointUnitValue, currency);
  const payable = shareOf(tender, 10_000 - terms.burnShareBps);
  return {
    POINTS_LIABILITY: value - owed,
    MEMBER_POINTS_DEBT: owed,
    POINTS_COST: tender - value,
    PAYABLE: -payable,
    MERCHANT_SHARE_INCOME: payable - tender,
  };
}

export interface Funding {
  /** MALL, MERCHANT (where it is used), BY_CONTRACT, or the id of a named merchant. */
  party: string;
  shareBps: number;
}

/** What each party bears of an amount, by largest remainder in the order of the shares. */
export interface FundingSplit {
  mallMinor: bigint;
  merchantMinor: bigint;
  others: { merchantId: string; amountMinor: bigint }[];
}

export function splitFunding(
  amountMinor: bigint,
  funding: readonly Funding[],
  merchantId: string,
  terms: Terms,
): FundingSplit {
  const shares = funding.flatMap(({ party, shareBps }) => {
    if (party !== 'BY_CONTRACT') return [{ party, weight: BigInt(shareBps) * 10_000n }];
    const merchants = BigInt(shareBps) * BigInt(terms.couponShareBps);
    return [
      { party: 'MALL', weight: BigInt(shareBps) * 10_000n - merchants },
      { party: 'MERCHANT', weight: merchants },
    ];
  });
  // A coupon that names no funder is the mall's.
  const known = shares.some(({ weight }) => weight > 0n) ? shares : [{ party: 'MALL', weight: 1n }];
  const parts = allocate(
    amountMinor,
    known.map(({ weight }) => weight),
  );
  const split: FundingSplit = { mallMinor: 0n, merchantMinor: 0n, others: [] };
  known.forEach(({ party }, i) => {
    const part = parts[i] ?? 0n;
    if (party === 'MALL') split.mallMinor += part;
    else if (party === 'MERCHANT' || party === merchantId) split.merchantMinor += part;
    else split.others.push({ merchantId: party, amountMinor: part });
  });
  return split;
}

/** At the merchant where the coupon was used: it gets back what others fund; its own part is its own loss. */
export function couponTarget(split: FundingSplit): Target {
  const others = split.others.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { COUPON_COST: split.mallMinor, INTER_MERCHANT: others, PAYABLE: -split.mallMinor - others };
}

/** At another merchant that funds a part: it owes that part. */
export const coFunderTarget = (amountMinor: bigint): Target => ({
  RECEIVABLE: amountMinor,
  INTER_MERCHANT: -amountMinor,
});

/** A tier discount is funded like a coupon: the merchant bears its share by contract, the mall the rest. */
export function tierDiscountTarget(amountMinor: bigint, terms: Terms): Target {
  const mall = amountMinor - shareOf(amountMinor, terms.couponShareBps);
  return { TIER_DISCOUNT_COST: mall, PAYABLE: -mall };
}

/** What is left of a line's tier discount after refunds, in proportion; nothing when the line is given back as a whole. */
export function remainingDiscount(discountMinor: bigint, refundedMinor: bigint, refundableMinor: bigint): bigint {
  if (refundedMinor >= refundableMinor) return refundableMinor === 0n ? discountMinor : 0n;
  const taken = floor(multiply(rational(discountMinor, refundableMinor), rational(refundedMinor)));
  return discountMinor - taken;
}

/** Points that nobody will ask for any more. */
export function expiryTarget(points: bigint, terms: Terms, currency: string): Target {
  const value = valueOf(points, terms.pointUnitValue, currency);
  return { POINTS_LIABILITY: value, BREAKAGE: -value };
}

/** A member's debt is repaid by new points, or the mall gives it up. */
export function debtSettledTarget(points: bigint, cause: string, terms: Terms, currency: string): Target {
  const value = valueOf(points, terms.pointUnitValue, currency);
  return cause === 'WRITTEN_OFF'
    ? { WRITE_OFF: value, MEMBER_POINTS_DEBT: -value }
    : { POINTS_LIABILITY: value, MEMBER_POINTS_DEBT: -value };
}

/** Points that no sale issued, or that a person took away (then below 0): the mall's own cost. */
export function creditTarget(points: bigint, terms: Terms, currency: string): Target {
  const value = signedValueOf(points, terms, currency);
  return { POINTS_COST: value, POINTS_LIABILITY: -value };
}

/** As many points taken away are worth as much as when they were given, also where a part of a unit is dropped. */
const signedValueOf = (points: bigint, { pointUnitValue }: Terms, currency: string): bigint =>
  points < 0n ? -valueOf(-points, pointUnitValue, currency) : valueOf(points, pointUnitValue, currency);

/** Expired points that were given again. */
export function reinstatedTarget(points: bigint, terms: Terms, currency: string): Target {
  const value = valueOf(points, terms.pointUnitValue, currency);
  return { BREAKAGE: value, POINTS_LIABILITY: -value };
}

/**
 * Points that paid for something else than a recorded sale. A merchant that took them for a price is reimbursed as for a
 * sale; what the mall gave itself (parking, a gift) was its cost when the points were issued, and is no cost twice.
 */
export function redeemedTarget(
  totals: Omit<BurnTotals, 'debt'>,
  atMerchant: boolean,
  terms: Terms,
  currency: string,
): Target {
  if (atMerchant && totals.valueMinor > 0n) return burnTarget({ ...totals, debt: 0n }, terms, currency);
  if (totals.points === 0n) return {};
  const value = valueOf(totals.points - totals.returnedPoints, terms.pointUnitValue, currency);
  return { POINTS_LIABILITY: value, POINTS_COST: -value };
}

export interface ExchangeTotals {
  direction: 'ISSUE' | 'BURN';
  points: bigint;
  priceMinor: bigint;
  reversed: boolean;
  /** Of an issue that was undone: points that were spent before, owed by the member. */
  debt: bigint;
}

/** Partner and mall group sell each other points at the price of the rate; what they are worth beyond it is the mall's. */
export function exchangeTarget(totals: ExchangeTotals, terms: Terms, currency: string): Target {
  const { direction, reversed } = totals;
  const price = reversed ? 0n : totals.priceMinor;
  const value = reversed ? 0n : valueOf(totals.points, terms.pointUnitValue, currency);
  if (direction === 'BURN') return { POINTS_LIABILITY: value, PARTNER_PAYABLE: -price, POINTS_COST: price - value };
  const owed = reversed ? valueOf(totals.debt, terms.pointUnitValue, currency) : 0n;
  return {
    PARTNER_RECEIVABLE: price,
    POINTS_COST: value - price,
    MEMBER_POINTS_DEBT: owed,
    // What was spent was issued all the same: its liability went with the spending.
    POINTS_LIABILITY: -value - owed,
  };
}
