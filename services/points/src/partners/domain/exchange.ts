// What points of another programme are worth in ours, and what the two programmes owe each other for them.
import { ceil, floor, multiply, type Points, rational, type Rational } from '@atrium/kernel';

/** Terms of one direction of an exchange, exact decimals. */
export interface Direction {
  /** Our points for one unit of the partner's. */
  readonly pointsPerUnit: string;
  /** Money for one of our points: the partner pays it when its units become ours, we pay it when ours become its. */
  readonly pricePerPoint: string;
}

export interface ExchangeRate {
  readonly id: string;
  readonly version: bigint;
  readonly effectiveFrom: Date;
  readonly currency: string;
  /** Null: units do not become points. */
  readonly issue: Direction | null;
  /** Null: points do not become units. */
  readonly burn: Direction | null;
  readonly minPoints: Points;
  /** Per member and business day, both directions counted apart; null: no limit. */
  readonly maxPointsPerDay: Points | null;
}

/** The version in force at an instant: the one that began last, between equals the later one. */
export function rateAt(rates: readonly ExchangeRate[], at: Date): ExchangeRate | null {
  let best: ExchangeRate | null = null;
  for (const rate of rates) {
    if (rate.effectiveFrom > at) continue;
    if (best === null || rate.effectiveFrom > best.effectiveFrom) best = rate;
    else if (rate.effectiveFrom.getTime() === best.effectiveFrom.getTime() && rate.version > best.version) best = rate;
  }
  return best;
}

/** Units are whole numbers of the partner's programme; what is less than a point is lost, as the rate says. */
export const pointsFor = (units: bigint, { pointsPerUnit }: Direction): Points =>
  floor(multiply(rational(units), rational(pointsPerUnit)));

/** The fewest points that give so many units. */
export const pointsNeeded = (units: bigint, { pointsPerUnit }: Direction): Points =>
  ceil(multiply(rational(units), rational(pointsPerUnit)));

/** Whole minor units, what is less stays with us. */
export function priceOf(points: Points, { pricePerPoint }: Direction, minorPerMajor: bigint): bigint {
  const exact: Rational = multiply(multiply(rational(points), rational(pricePerPoint)), rational(minorPerMajor));
  return floor(exact);
}
