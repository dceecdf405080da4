// Sales arrive: what paid in points is captured, what they earn is credited. Facts: never refused.
import { naturalId } from '@atrium/kernel';
import { findOrgNodes, type Tx } from '@atrium/platform';
import { openException } from '../../desk/use-cases/open-exception';
import type { SaleReference } from '../../ledger/domain/facts';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRuleBook } from '../../programme/storage/rule.repository';
import { capturePoints } from '../../spending/domain/burn';
import { dependsOnDay } from '../domain/day';
import { inputsFor, type SaleToRate } from '../domain/inputs';
import { newSale, type Sale } from '../domain/sale';
import type { AskBirthdays } from '../events/birthday-requests';
import { tierAt } from '../domain/tier-timeline';
import { saveBirthdays } from '../storage/birthday.repository';
import { openBudgets } from '../storage/budget.repository';
import { findSales, saveSales } from '../storage/sale.repository';
import { findLadders, findTierPeriods, keepLadderStill } from '../storage/tier.repository';
import { knowBirthdays } from './know-birthdays';
import { budgetedCampaigns, findCompanions, postRated, rateSales } from './rate-sales';

export interface RecordedSale extends SaleReference, Omit<SaleToRate, 'receivedAt' | keyof SaleReference> {
  memberId: string;
  /** Null: not said, so it is now. */
  receivedAt: Date | null;
  /** What the reserved basket paid in points. */
  payment: {
    checkoutId: string;
    points: bigint;
    valueMinor: bigint;
    lineValues: { lineNo: number; valueMinor: bigint }[];
  } | null;
}

export const holdIdOf = (checkoutId: string): string => naturalId('points-hold', checkoutId);

export async function earnPoints(tx: Tx, recorded: readonly RecordedSale[], ask: AskBirthdays): Promise<void> {
  if (recorded.length === 0) return;
  const book = await findRuleBook(tx);
  const birthdays = await knowBirthdays(tx, book, recorded, ask);
  const memberIds = recorded.map(({ memberId }) => memberId);
  const paying = recorded.filter(({ payment }) => payment !== null);
  const capped = recorded.filter(({ occurredAt }) => dependsOnDay(book, occurredAt));
  // In this order, in one go; what is read under the locks: a tier change of one of these members comes wholly before or wholly after.
  const [, ledgers, stored, ladders, periods] = await Promise.all([
    keepLadderStill(tx, 'SHARED'),
    openLedgers(tx, memberIds, {
      lock: true,
      spending: [...paying, ...capped].map(({ memberId }) => memberId),
      checkouts: paying.map(({ payment }) => payment?.checkoutId ?? ''),
    }),
    findSales(
      tx,
      memberIds,
      recorded.map(({ purchaseId }) => purchaseId),
    ),
    findLadders(tx),
    findTierPeriods(tx, memberIds),
    saveBirthdays(tx, birthdays.fresh),
    // Events will name their codes.
    findOrgNodes(
      tx,
      recorded.map(({ mallId }) => mallId),
    ),
  ]);
  const known = new Set(stored.keys());
  const fresh: { fact: RecordedSale; sale: Sale }[] = [];
  for (const fact of recorded) {
    if (known.has(fact.purchaseId)) continue;
    known.add(fact.purchaseId);
    const { purchaseId, mallId, merchantId, storeId, currency, memberId, occurredAt, zone } = fact;
    const about = {
      tier: tierAt(periods.get(memberId) ?? [], ladders, occurredAt),
      birthday: birthdays.of.get(memberId) ?? null,
    };
    const inputs = inputsFor(book, { ...fact, receivedAt: fact.receivedAt ?? tx.now }, about);
    const reference = { purchaseId, mallId, merchantId, storeId, currency, memberId, occurredAt, zone };
    fresh.push({ fact, sale: newSale(reference, inputs) });
  }
  const sales = fresh.map(({ sale }) => sale);
  const companions = await findCompanions(tx, book, sales);
  const budgets = await openBudgets(tx, book, budgetedCampaigns(book, sales));
  const changed = rateSales(book, sales, companions, budgets.purse);
  for (const { fact, sale } of fresh) {
    const ledger = ledgers.get(sale.memberId);
    if (!ledger) continue;
    if (fact.payment) capturePoints(ledger, sale, { ...fact.payment, holdId: holdIdOf(fact.payment.checkoutId) });
    postRated(tx, book, ledger, sale, { cause: 'EARNED', changedAt: sale.occurredAt });
  }
  for (const sale of changed) {
    const ledger = ledgers.get(sale.memberId);
    if (ledger) postRated(tx, book, ledger, sale, { cause: 'RERATED', changedAt: tx.now });
  }
  await budgets.save(tx);
  await saveSales(tx, [...sales, ...changed]);
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  for (const sale of sales) if (sale.inputs.late === 'NEEDS_APPROVAL') await askSomebody(tx, sale);
}

/** A sale that was reported so late that a person must agree before it earns. */
const askSomebody = (tx: Tx, { purchaseId, memberId, mallId, occurredAt }: Sale): Promise<void> =>
  openException(tx, {
    kind: 'LATE_SALE',
    subjectId: purchaseId,
    memberId,
    mallId,
    purchaseId,
    details: { occurredAt: occurredAt.toISOString() },
  });
