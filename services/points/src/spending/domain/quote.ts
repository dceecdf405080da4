// How many points a basket can be paid with, and what they are worth.
import { allocate, floor, multiply, type Points, rational } from '@atrium/kernel';
import type { ConversionTerms, SpendTerms } from '../../programme/domain/terms';

/** Why fewer points are used than were asked for; empty when as asked. */
export const CUT_REASONS = [
  'FROZEN',
  'DEBT',
  'NOT_CONVERTIBLE',
  'MERCHANT',
  'CATEGORY',
  'BALANCE',
  'CAP',
  'ORDER_CAP',
  'DAY_CAP',
  'STEP',
  'MINIMUM',
] as const;
export type CutReason = (typeof CUT_REASONS)[number] | '';

/** Who pays. */
export interface Payer {
  readonly available: Points;
  readonly debt: Points;
  readonly frozen: boolean;
  readonly tierCode: string | null;
  /** Paid with on the mall's business day so far; needed only where the rule has a cap by day. */
  readonly spentToday: Points;
}

/** What is to be paid. */
export interface Payable {
  readonly merchantId: string | null;
  readonly currency: string;
  readonly lines: readonly { readonly category: string; readonly toPayMinor: bigint }[];
}

export interface BasketQuote {
  readonly points: Points;
  readonly valueMinor: bigint;
  /** Of each line, in the order given. */
  readonly lineValuesMinor: readonly bigint[];
  readonly cutReason: CutReason;
}

/** A tier may have conversions of its own. */
export const conversionFor = (
  terms: SpendTerms,
  currency: string,
  tierCode: string | null,
): ConversionTerms | undefined =>
  [...((tierCode !== null && terms.tierConversions[tierCode]) || []), ...terms.conversions].find(
    (conversion) => conversion.currency === currency,
  );

export const worthOf = (points: Points, conversion: ConversionTerms): bigint =>
  floor(rational(points * conversion.valueMinor, conversion.points));

/** The fewest points that are worth so much. */
export const pointsFor = (valueMinor: bigint, conversion: ConversionTerms): Points => {
  const points = floor(rational(valueMinor * conversion.points, conversion.valueMinor));
  return worthOf(points, conversion) < valueMinor ? points + 1n : points;
};

/**
 * applied = floorToStep(min(requested, available, caps)); below the minimum nothing. What cannot be paid with points
 * neither counts for the cap by percent nor gets a share; so points never pay more than what is left to pay.
 */
export function quoteBasket(terms: SpendTerms | null, payer: Payer, basket: Payable, requested: Points): BasketQuote {
  const nothing = (cutReason: CutReason): BasketQuote => ({
    points: 0n,
    valueMinor: 0n,
    lineValuesMinor: basket.lines.map(() => 0n),
    cutReason,
  });
  if (requested <= 0n) return nothing('');
  const conversion = terms ? conversionFor(terms, basket.currency, payer.tierCode) : undefined;
  if (!terms || !conversion) return nothing('NOT_CONVERTIBLE');
  if (payer.frozen) return nothing('FROZEN');
  if (payer.debt > 0n) return nothing('DEBT');
  if (!takesPart(terms, basket.merchantId)) return nothing('MERCHANT');
  const eligible = basket.lines.map(({ category, toPayMinor }) =>
    terms.excludedCategories.includes(category) ? 0n : toPayMinor,
  );
  const eligibleMinor = eligible.reduce((sum, minor) => sum + minor, 0n);
  if (eligibleMinor === 0n && basket.lines.some(({ toPayMinor }) => toPayMinor > 0n)) return nothing('CATEGORY');
  const capMinor = floor(multiply(rational(eligibleMinor), rational(terms.maxPercentOfEligible, 100n)));
  let points = requested;
  let cutReason = '' as CutReason;
  const limit = (to: Points | null, reason: CutReason) => {
    if (to === null || to >= points) return;
    points = to < 0n ? 0n : to;
    cutReason = reason;
  };
  limit(payer.available, 'BALANCE');
  limit(floor(rational(capMinor * conversion.points, conversion.valueMinor)), 'CAP');
  limit(terms.maxPointsPerOrder, 'ORDER_CAP');
  limit(terms.maxPointsPerDay === null ? null : terms.maxPointsPerDay - payer.spentToday, 'DAY_CAP');
  limit(points - (points % terms.stepPoints), cutReason === '' ? 'STEP' : cutReason);
  const valueMinor = worthOf(points, conversion);
  // Points that are worth nothing are not taken either.
  if (points < terms.minPoints || valueMinor === 0n) return nothing(cutReason === '' ? 'MINIMUM' : cutReason);
  return { points, valueMinor, lineValuesMinor: allocate(valueMinor, eligible), cutReason };
}

const takesPart = (terms: SpendTerms, merchantId: string | null): boolean =>
  terms.merchantIds === null || (merchantId !== null && terms.merchantIds.includes(merchantId));
