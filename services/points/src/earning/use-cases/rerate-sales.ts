// Sales whose tier at their time is another one now are rated again; only the difference is posted.
import type { Tx } from '@atrium/platform';
import { availableFrom, lifeOf } from '../../ledger/domain/expiry';
import { applyRating, needsRerating, postSale } from '../domain/sale';
import { tierAt } from '../domain/tier-timeline';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { findSalesAfter, saveSales } from '../storage/sale.repository';
import { findLadders, findTierPeriods } from '../storage/tier.repository';

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
  const due = sales
    .map((sale) => ({ sale, tier: tierAt(periods.get(sale.memberId) ?? [], ladders, sale.occurredAt) }))
    .filter(({ sale, tier }) => needsRerating(sale, tier));
  if (due.length === 0) return;
  const { programmes } = await findRules(tx);
  const affected = due.map(({ sale }) => sale.memberId);
  const ledgers = await openLedgers(tx, affected, { lock: false, spending: affected });
  for (const { sale, tier } of due) {
    const ledger = ledgers.get(sale.memberId);
    if (!ledger) continue;
    applyRating(sale, { ...sale.inputs, tier });
    const { occurredAt: earnedAt, zone } = sale;
    const terms = programmes.find(({ id }) => id === sale.inputs.programmeId)?.terms ?? null;
    const availableAt = terms ? availableFrom(terms.earning.pending, earnedAt, zone) : earnedAt;
    const life = lifeOf(terms, { earnedAt, availableAt, zone, postedAt: tx.now });
    postSale(ledger, sale, { cause: 'RERATED', refundId: null, changedAt, life });
  }
  await saveSales(
    tx,
    due.map(({ sale }) => sale),
  );
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
}
