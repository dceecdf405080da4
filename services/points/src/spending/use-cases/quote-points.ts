// What points could pay of a basket and what the basket would earn. Changes nothing.
import type { Tx } from '@atrium/platform';
import { inputsFor, rateSale } from '../../earning/domain/earn';
import type { Ledger } from '../../ledger/domain/ledger';
import { type BasketQuote, quoteBasket } from '../domain/quote';
import { programmeAt, type Rules } from '../../programme/domain/rules';
import type { SpendTerms } from '../../programme/domain/terms';
import { tierAt } from '../../earning/domain/tier-timeline';
import { openLedgers, readOneMoment } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { findLadders, findTierPeriods } from '../../earning/storage/tier.repository';

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

const termsAt = (rules: Rules, at: Date): SpendTerms | null => programmeAt(rules, at)?.terms.spending ?? null;
