// Sales whose tier at their time is another one now are rated again; only the difference is posted.
import type { Tx } from '@atrium/platform';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRuleBook } from '../../programme/storage/rule.repository';
import { needsRerating } from '../domain/sale';
import { tierAt } from '../domain/tier-timeline';
import { findSalesAfter, saveSales } from '../storage/sale.repository';
import { findLadders, findTierPeriods } from '../storage/tier.repository';
import { findCompanions, postRated, rateSales } from './rate-sales';

/** The caller holds the locks of these members' accounts. */
export async function rerateSales(
  tx: Tx,
  since: readonly { memberId: string; after: Date }[],
  changedAt: Date,
): Promise<void> {
  const sales = await findSalesAfter(
    tx,
    since.map(({ memberId }) => memberId),
    since.map(({ after }) => after),
  );
  if (sales.length === 0) return;
  const memberIds = [...new Set(sales.map(({ memberId }) => memberId))];
  const periods = await findTierPeriods(tx, memberIds);
  const ladders = await findLadders(tx);
  const book = await findRuleBook(tx);
  const due = sales.filter((sale) => {
    const tier = tierAt(periods.get(sale.memberId) ?? [], ladders, sale.occurredAt);
    if (!needsRerating(book, sale, tier)) return false;
    sale.inputs = { ...sale.inputs, tier };
    return true;
  });
  if (due.length === 0) return;
  const companions = await findCompanions(tx, book, due);
  const affected = due.map(({ memberId }) => memberId);
  const ledgers = await openLedgers(tx, affected, { lock: false, spending: affected });
  const changed = [...due, ...rateSales(book, due, companions)];
  for (const sale of changed) {
    const ledger = ledgers.get(sale.memberId);
    if (ledger) postRated(tx, book, ledger, sale, { cause: 'RERATED', changedAt });
  }
  await saveSales(tx, changed);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
}
