// What points oblige mall and merchant to: earned, taken back, spent, given back, expired, owed.
import type {
  PointsCaptured,
  PointsDebtSettled,
  PointsExpired,
  PointsRedemptionReversed,
  PurchasePointsPosted,
} from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import { type Delivered, findOrgNodes, MissingDependency, type Tx } from '@atrium/platform';
import {
  burnTarget,
  type BurnTotals,
  debtSettledTarget,
  earnTarget,
  type EarnTotals,
  expiryTarget,
} from '../domain/obligations';
import { contractAsOf } from '../domain/terms';
import { findContractsOf } from '../storage/contract.repository';
import { type ObligationChange, obligationChange, postObligations } from './post-obligations';
import { type SaleWithTerms, salesOf } from './sales-of';

const ofSale = ({ purchase }: SaleWithTerms, occurredAt: Date) => ({
  merchantId: purchase.merchantId,
  siteId: purchase.siteId,
  purchaseId: purchase.id,
  contractId: purchase.contractId,
  currency: purchase.currency,
  occurredAt,
});

const net = ({ earned, reversed }: EarnTotals) => earned - reversed;

/** A sale's points as totals: the newest version counts, an older one that comes late says nothing. */
export async function postEarnedPoints(tx: Tx, events: readonly Delivered<PurchasePointsPosted>[]): Promise<void> {
  const saleOf = await salesOf(
    tx,
    events.map(({ message }) => message.purchaseId),
  );
  const changes = events.map(({ message, occurredAt }) => {
    const sale = saleOf(message.purchaseId);
    return obligationChange<EarnTotals & { version: bigint }>({
      ...ofSale(sale, parseInstant(message.changedAt) ?? occurredAt),
      kind: 'EARN',
      sourceId: message.purchaseId,
      merge: (known) =>
        known && known.version >= message.version
          ? known
          : {
              version: message.version,
              earned: message.earnedTotal,
              reversed: message.reversedTotal,
              debt: message.debtTotal,
            },
      target: (totals) => earnTarget(totals, sale.terms, sale.purchase.currency),
      name: (before, after) => (before && net(after) <= net(before) ? 'EARN_REVERSAL' : 'EARN'),
    });
  });
  await postObligations(tx, changes);
}

const NOTHING_SPENT: BurnTotals = { points: 0n, valueMinor: 0n, debt: 0n, returnedPoints: 0n, returnedValueMinor: 0n };

function burnChange(sale: SaleWithTerms, occurredAt: Date, merge: (known: BurnTotals) => BurnTotals): ObligationChange {
  return obligationChange<BurnTotals>({
    ...ofSale(sale, occurredAt),
    kind: 'BURN',
    sourceId: sale.purchase.id,
    merge: (known) => merge(known ?? NOTHING_SPENT),
    target: (totals) => burnTarget(totals, sale.terms, sale.purchase.currency),
    name: (before, after) =>
      before && before.points > 0n && after.returnedPoints > before.returnedPoints ? 'BURN_REVERSAL' : 'BURN',
  });
}

export async function postSpentPoints(tx: Tx, events: readonly Delivered<PointsCaptured>[]): Promise<void> {
  const saleOf = await salesOf(
    tx,
    events.map(({ message }) => message.purchaseId),
  );
  const changes = events.map(({ message, occurredAt }) =>
    burnChange(saleOf(message.purchaseId), parseInstant(message.occurredAt) ?? occurredAt, (known) => ({
      ...known,
      points: message.points,
      valueMinor: message.valueMinor,
      debt: message.debt,
    })),
  );
  await postObligations(tx, changes);
}

/** Totals again: what was given back only grows, so the larger one is the newer. */
export async function postReturnedPoints(
  tx: Tx,
  events: readonly Delivered<PointsRedemptionReversed>[],
): Promise<void> {
  const saleOf = await salesOf(
    tx,
    events.map(({ message }) => message.purchaseId),
  );
  const changes = events.map(({ message, occurredAt }) =>
    burnChange(saleOf(message.purchaseId), parseInstant(message.occurredAt) ?? occurredAt, (known) =>
      message.pointsTotal < known.returnedPoints || message.valueTotalMinor < known.returnedValueMinor
        ? known
        : { ...known, returnedPoints: message.pointsTotal, returnedValueMinor: message.valueTotalMinor },
    ),
  );
  await postObligations(tx, changes);
}

/** Points that no sale issued have no liability here, so their end changes nothing. */
export async function postExpiredPoints(tx: Tx, events: readonly Delivered<PointsExpired>[]): Promise<void> {
  const issued = events.filter(({ message }) => message.purchaseId !== '');
  const saleOf = await salesOf(
    tx,
    issued.map(({ message }) => message.purchaseId),
  );
  const changes = issued.map(({ message, eventId, occurredAt }) => {
    const sale = saleOf(message.purchaseId);
    return obligationChange<{ points: bigint }>({
      ...ofSale(sale, parseInstant(message.expiredAt) ?? occurredAt),
      kind: 'EXPIRY',
      sourceId: eventId,
      merge: () => ({ points: message.points }),
      target: ({ points }) => expiryTarget(points, sale.terms, sale.purchase.currency),
      name: () => 'EXPIRY',
    });
  });
  await postObligations(tx, changes);
}

/** Debt is between the mall and the member: no merchant is concerned, the mall itself owns the posting. */
export async function postSettledDebt(tx: Tx, events: readonly Delivered<PointsDebtSettled>[]): Promise<void> {
  const groupId = tx.groupId ?? '';
  const siteOf = (mallId: string) => (mallId === '' ? groupId : mallId);
  const nodes = await findOrgNodes(
    tx,
    events.map(({ message }) => siteOf(message.mallId)),
  );
  const contracts = await findContractsOf(
    tx,
    [...nodes.values()].flatMap(({ path }) => path),
  );
  const changes = events.map(({ message, occurredAt }) => {
    const node = nodes.get(siteOf(message.mallId));
    const at = parseInstant(message.occurredAt) ?? occurredAt;
    const terms = node && contractAsOf(contracts, node.path, at);
    if (!node || !terms) throw new MissingDependency(`node ${siteOf(message.mallId)} is not here`);
    const currency = message.currency || node.currency;
    return obligationChange<{ points: bigint; cause: string }>({
      merchantId: node.id,
      siteId: node.id,
      purchaseId: null,
      contractId: terms.id,
      currency,
      occurredAt: at,
      kind: 'DEBT',
      sourceId: message.entryId,
      merge: () => ({ points: message.points, cause: message.cause }),
      target: ({ points, cause }) => debtSettledTarget(points, cause, terms, currency),
      name: (_, { cause }) => (cause === 'WRITTEN_OFF' ? 'DEBT_WRITTEN_OFF' : 'DEBT_REPAID'),
    });
  });
  await postObligations(tx, changes);
}
