// Rating of sales together with the other sales of their days, and posting what comes out.
import type { Tx } from '@atrium/platform';
import { availableFrom, lifeOf } from '../../ledger/domain/expiry';
import type { Ledger } from '../../ledger/domain/ledger';
import type { RuleBook } from '../../programme/domain/rule-book';
import type { RuleVersion } from '../../programme/domain/rules';
import type { CampaignTerms } from '../../programme/domain/terms';
import { around, dependsOnDay, rateDays } from '../domain/day';
import type { Purse } from '../domain/earn';
import { postSale, rate, type Sale, type SaleChange } from '../domain/sale';
import { findSalesBetween } from '../storage/sale.repository';

/** Stored sales whose day is capped together with one of these. The caller holds the locks of the accounts. */
export async function findCompanions(tx: Tx, book: RuleBook, sales: readonly Sale[]): Promise<Sale[]> {
  const capped = sales.filter(({ occurredAt }) => dependsOnDay(book, occurredAt));
  if (capped.length === 0) return [];
  const windows = capped.map(({ occurredAt }) => around(occurredAt));
  const found = await findSalesBetween(
    tx,
    capped.map(({ memberId }) => memberId),
    windows.map(({ from }) => from),
    windows.map(({ to }) => to),
  );
  const own = new Set(sales.map(({ purchaseId }) => purchaseId));
  return found.filter(({ purchaseId }) => !own.has(purchaseId));
}

/** Rates `due`; answers the companions whose points changed with them. */
export function rateSales(book: RuleBook, due: readonly Sale[], companions: readonly Sale[], purse?: Purse): Sale[] {
  const capped = new Map<string, Sale[]>();
  for (const sale of due) {
    if (!dependsOnDay(book, sale.occurredAt)) rate(book, sale, purse);
    else capped.set(sale.memberId, [...(capped.get(sale.memberId) ?? []), sale]);
  }
  return [...capped].flatMap(([memberId, sales]) => {
    const others = companions.filter((sale) => sale.memberId === memberId);
    return rateDays(book, [...others, ...sales], new Set(sales), purse);
  });
}

/** Campaigns with a budget that may have to give something to these sales. */
export const budgetedCampaigns = (book: RuleBook, sales: readonly Sale[]): RuleVersion<CampaignTerms>[] =>
  [...new Set(sales.flatMap(({ inputs }) => inputs.campaignIds))]
    .map((id) => book.campaign(id))
    .filter(({ terms }) => terms.budget !== null);

/** Posts what a sale's rating comes to now. */
export function postRated(
  tx: Tx,
  book: RuleBook,
  ledger: Ledger,
  sale: Sale,
  change: Pick<SaleChange, 'cause' | 'changedAt'>,
): void {
  const { inputs, occurredAt: earnedAt, zone } = sale;
  const terms = inputs.programmeId === null ? null : book.programme(inputs.programmeId).terms;
  // What is added after the word has come does not wait again.
  const from = terms ? availableFrom(terms.earning.pending, earnedAt, zone) : earnedAt;
  const availableAt = from ?? sale.confirmedAt;
  const life = lifeOf(terms, { earnedAt, availableAt, zone, postedAt: tx.now });
  // A rating that falls takes back like a refund.
  const spentPoints = terms?.refunds.spentPoints;
  postSale(ledger, sale, { ...change, refundId: null, life, ...(spentPoints ? { spentPoints } : {}) });
}
