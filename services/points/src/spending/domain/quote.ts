// How many points a basket can be paid with, and what they are worth.
import { allocate, floor, multiply, type Points, rational } from '@atrium/kernel';
import type { SpendTerms } from '../../programme/domain/terms';

export type CutReason = 'DEBT' | 'BALANCE' | 'CAP' | 'STEP' | 'MINIMUM' | 'NOT_CONVERTIBLE' | '';

export interface BasketQuote {
  readonly points: Points;
  readonly valueMinor: bigint;
  /** Of each line, in the order given. */
  readonly lineValuesMinor: readonly bigint[];
  readonly cutReason: CutReason;
}

/** applied = floorToStep(min(requested, available, cap by percent of what is left to pay)); below the minimum nothing. */
export function quoteBasket(
  terms: SpendTerms | null,
  account: { available: Points; debt: Points },
  basket: { currency: string; toPayMinor: readonly bigint[]; requested: Points },
): BasketQuote {
  const nothing = (cutReason: CutReason): BasketQuote => ({
    points: 0n,
    valueMinor: 0n,
    lineValuesMinor: basket.toPayMinor.map(() => 0n),
    cutReason,
  });
  if (basket.requested <= 0n) return nothing('');
  const conversion = terms?.conversions.find(({ currency }) => currency === basket.currency);
  if (!terms || !conversion) return nothing('NOT_CONVERTIBLE');
  if (account.debt > 0n) return nothing('DEBT');
  const eligible = basket.toPayMinor.reduce((sum, minor) => sum + minor, 0n);
  const capMinor = floor(multiply(rational(eligible), rational(terms.maxPercentOfEligible, 100n)));
  const cap = floor(rational(capMinor * conversion.points, conversion.valueMinor));
  let points = basket.requested;
  let cutReason = '' as CutReason;
  const limit = (to: Points, reason: CutReason) => {
    if (to >= points) return;
    points = to;
    cutReason = reason;
  };
  limit(account.available, 'BALANCE');
  limit(cap, 'CAP');
  limit(points - (points % terms.stepPoints), cutReason === '' ? 'STEP' : cutReason);
  if (points < terms.minPoints || points === 0n) return nothing(cutReason === '' ? 'MINIMUM' : cutReason);
  const valueMinor = floor(rational(points * conversion.valueMinor, conversion.points));
  return { points, valueMinor, lineValuesMinor: allocate(valueMinor, basket.toPayMinor), cutReason };
}
