// The terms of a contract, and what points are worth under them.
import { floor, minorDigits, multiply, rational } from '@atrium/kernel';

export interface Terms {
  /** Money for one point, in major units. */
  pointUnitValue: string;
  pointPriceAtEarn: string;
  burnShareBps: number;
  couponShareBps: number;
}

export interface ContractVersion extends Terms {
  id: string;
  nodeId: string;
  version: number;
  status: 'DRAFT' | 'APPROVED' | 'ACTIVE' | 'RETIRED';
  effectiveFrom: Date;
}

const WHOLE_BPS = 10_000n;

/** Points at a price in major units, in whole minor units; what is less than one is left to the mall. */
export function valueOf(points: bigint, price: string, currency: string): bigint {
  const perPoint = multiply(rational(price), rational(10n ** BigInt(minorDigits(currency))));
  return floor(multiply(perPoint, rational(points)));
}

/** The merchant's side of an amount, rounded down: what is less than one minor unit is left to the mall. */
export function shareOf(amountMinor: bigint, bps: number): bigint {
  return floor(multiply(rational(BigInt(bps), WHOLE_BPS), rational(amountMinor)));
}

/**
 * The version that holds for a sale: the latest one that is effective at its instant, of the nearest node that has any
 * (the merchant's own, then the mall's, then the group's).
 */
export function contractAsOf(
  contracts: readonly ContractVersion[],
  path: readonly string[],
  at: Date,
): ContractVersion | null {
  for (const nodeId of [...path].reverse()) {
    let best: ContractVersion | null = null;
    for (const contract of contracts) {
      if (contract.nodeId !== nodeId || contract.status !== 'ACTIVE' || contract.effectiveFrom > at) continue;
      if (!best || contract.version > best.version) best = contract;
    }
    if (best) return best;
  }
  return null;
}
