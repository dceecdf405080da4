// What points could pay of a basket and what the basket would earn. Changes nothing.
import { findOrgNodes, type Tx } from '@atrium/platform';
import { rateSale } from '../../earning/domain/earn';
import { inputsFor } from '../../earning/domain/inputs';
import { type BasketQuote, quoteBasket } from '../domain/quote';
import { spendingProgrammeAt } from '../../programme/domain/rules';
import { tierAt } from '../../earning/domain/tier-timeline';
import { openLedgers, readOneMoment } from '../../ledger/storage/ledger.repository';
import { findBirthdays } from '../../earning/storage/birthday.repository';
import { findRuleBook } from '../../programme/storage/rule.repository';
import { findLadders, findTierPeriods } from '../../earning/storage/tier.repository';
import { payersFor } from './payers';

export interface Basket {
  memberId: string;
  mallId: string;
  merchantId: string;
  storeId: string;
  currency: string;
  lines: readonly { lineNo: number; category: string; toPayMinor: bigint }[];
  requestedPoints: bigint;
  /** The version that the payer was quoted before; honoured while its price lock lasts. */
  quotedRuleVersionId: string | null;
}

export interface PointsQuoted extends BasketQuote {
  pointsToEarn: bigint;
  available: bigint;
  /** Cite it when the points are held: so long a new version changes nothing. */
  ruleVersionId: string | null;
  lockedUntil: Date | null;
  /** False: the cited version is none of this group's. */
  quotedKnown: boolean;
}

export async function quotePoints(tx: Tx, basket: Basket): Promise<PointsQuoted> {
  await readOneMoment(tx);
  const { memberId, mallId, merchantId, currency } = basket;
  const ledgers = await openLedgers(tx, [memberId], { lock: false, spending: [memberId] });
  const ledger = ledgers.get(memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const book = await findRuleBook(tx);
  const programme = spendingProgrammeAt(book.rules, tx.now, basket.quotedRuleVersionId);
  const terms = programme?.terms.spending ?? null;
  const payer = (await payersFor(tx, [{ memberId, mallId, terms }])).payer(ledger, mallId);
  const quote = quoteBasket(terms, payer, basket, basket.requestedPoints);
  const periods = await findTierPeriods(tx, [memberId]);
  const tier = tierAt(periods.get(memberId) ?? [], await findLadders(tx), tx.now);
  const birthday = (await findBirthdays(tx, [memberId])).get(memberId) ?? null;
  const mall = (await findOrgNodes(tx, [mallId])).get(mallId);
  const sale = {
    merchantId,
    storeId: basket.storeId,
    // What a basket does not say cannot fulfil a condition: the sale itself may earn more.
    channel: null,
    payments: [],
    currency,
    zone: mall?.timeZone ?? 'UTC',
    occurredAt: tx.now,
    receivedAt: tx.now,
    lines: basket.lines.map(({ lineNo, category, toPayMinor }, i) => {
      const pointsValueMinor = quote.lineValuesMinor[i] ?? 0n;
      return { lineNo, category, grossMinor: toPayMinor, pointsValueMinor, paidMinor: toPayMinor - pointsValueMinor };
    }),
  };
  const rating = rateSale(book, inputsFor(book, sale, { tier, birthday }));
  return {
    ...quote,
    pointsToEarn: rating.points,
    available: payer.available,
    ruleVersionId: programme?.id ?? null,
    quotedKnown:
      basket.quotedRuleVersionId === null || book.rules.programmes.some(({ id }) => id === basket.quotedRuleVersionId),
    lockedUntil: terms && new Date(tx.now.getTime() + terms.priceLockMinutes * 60_000),
  };
}
