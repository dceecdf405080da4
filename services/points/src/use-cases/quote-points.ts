// What points could pay of a basket and what the basket would earn. Changes nothing.
import type { Tx } from '@atrium/platform';
import { inputsFor, rateSale } from '../domain/earn';
import type { Ledger } from '../domain/ledger';
import { type BasketQuote, quoteBasket } from '../domain/quote';
import { programmeAt, type ProgrammeTerms, type Rules } from '../domain/rules';
import { tierAt } from '../domain/tier-timeline';
import { openLedgers, readOneMoment } from '../storage/ledger.repository';
import { findRules } from '../storage/rule.repository';
import { findLadders, findTierPeriods } from '../storage/tier.repository';

export interface Basket {
  memberId: string;
  mallId: string;
  merchantId: string;
  currency: string;
  lines: readonly { lineNo: number; category: string; toPayMinor: bigint }[];
  requestedPoints: bigint;
}

export interface PointsQuoted extends BasketQuote {
  pointsToEarn: bigint;
  available: bigint;
}

export async function quotePoints(tx: Tx, basket: Basket): Promise<PointsQuoted> {
  await readOneMoment(tx);
  const ledgers = await openLedgers(tx, [basket.memberId], { lock: false });
  const ledger = ledgers.get(basket.memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const rules = await findRules(tx);
  const quote = quoteAgainst(ledger, rules, basket);
  const periods = await findTierPeriods(tx, [basket.memberId]);
  const tier = tierAt(periods.get(basket.memberId) ?? [], await findLadders(tx), tx.now);
  const { currency, merchantId } = basket;
  const lines = basket.lines.map(({ lineNo, category, toPayMinor }, i) => ({
    lineNo,
    category,
    eligibleMinor: toPayMinor - (quote.lineValuesMinor[i] ?? 0n),
  }));
  const rating = rateSale(inputsFor(rules, { occurredAt: tx.now, merchantId, currency, lines }, tier));
  return { ...quote, pointsToEarn: rating.points, available: ledger.account.available };
}

export function quoteAgainst(ledger: Ledger, rules: Rules, basket: Basket): BasketQuote {
  return quoteBasket(termsAt(rules, ledger.now), ledger.account, {
    currency: basket.currency,
    toPayMinor: basket.lines.map(({ toPayMinor }) => toPayMinor),
    requested: basket.requestedPoints,
  });
}

const termsAt = (rules: Rules, at: Date): ProgrammeTerms | null => programmeAt(rules, at)?.terms ?? null;
