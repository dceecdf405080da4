// Sales arrive: what paid in points is captured, what they earn is credited. Facts: never refused.
import { naturalId } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { capturePoints } from '../../spending/domain/burn';
import { inputsFor, type LineToRate } from '../domain/earn';
import { availableFrom, lifeOf } from '../../ledger/domain/expiry';
import type { SaleReference } from '../../ledger/domain/facts';
import { programmeAt } from '../../programme/domain/rules';
import { newSale, postSale, type Sale } from '../domain/sale';
import { tierAt } from '../domain/tier-timeline';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { findSales, saveSales } from '../storage/sale.repository';
import { findLadders, findTierPeriods, keepLadderStill } from '../storage/tier.repository';

export interface RecordedSale extends SaleReference {
  memberId: string;
  occurredAt: Date;
  zone: string;
  lines: readonly LineToRate[];
  /** What the reserved basket paid in points. */
  payment: { checkoutId: string; points: bigint; valueMinor: bigint } | null;
}

export const holdIdOf = (checkoutId: string): string => naturalId('points-hold', checkoutId);

export async function earnPoints(tx: Tx, recorded: readonly RecordedSale[]): Promise<void> {
  if (recorded.length === 0) return;
  const memberIds = recorded.map(({ memberId }) => memberId);
  await keepLadderStill(tx, 'SHARED');
  await lockAccounts(tx, memberIds);
  // Under the locks: a tier change of one of these members comes wholly before or wholly after.
  const known = await findSales(
    tx,
    memberIds,
    recorded.map(({ purchaseId }) => purchaseId),
  );
  const rules = await findRules(tx);
  const ladders = await findLadders(tx);
  const periods = await findTierPeriods(tx, memberIds);
  const paying = recorded.filter(({ payment }) => payment !== null);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: false,
    spending: paying.map(({ memberId }) => memberId),
    checkouts: paying.map(({ payment }) => payment?.checkoutId ?? ''),
  });
  const sales: Sale[] = [];
  for (const fact of recorded) {
    const ledger = ledgers.get(fact.memberId);
    if (!ledger || known.has(fact.purchaseId)) continue;
    const { purchaseId, mallId, merchantId, storeId, currency, memberId, occurredAt, zone } = fact;
    const tier = tierAt(periods.get(memberId) ?? [], ladders, occurredAt);
    const sale = newSale(
      { purchaseId, mallId, merchantId, storeId, currency, memberId, occurredAt, zone },
      inputsFor(rules, fact, tier),
    );
    known.set(purchaseId, sale);
    sales.push(sale);
    if (fact.payment) capturePoints(ledger, sale, { ...fact.payment, holdId: holdIdOf(fact.payment.checkoutId) });
    const terms = programmeAt(rules, occurredAt)?.terms ?? null;
    const availableAt = terms ? availableFrom(terms.earning.pending, occurredAt, zone) : occurredAt;
    const life = lifeOf(terms, { earnedAt: occurredAt, availableAt, zone, postedAt: tx.now });
    postSale(ledger, sale, { cause: 'EARNED', refundId: null, changedAt: occurredAt, life });
  }
  await saveSales(tx, sales);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
}
