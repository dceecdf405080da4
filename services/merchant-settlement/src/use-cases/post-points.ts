// What points oblige mall and merchant to: earned, taken back, spent, given back, expired, owed.
import type {
  PointsCaptured,
  PointsDebtSettled,
  PointsExpired,
  PointsRedemptionReversed,
  PointsReinstated,
  PurchasePointsPosted,
} from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import { type Delivered, type Tx } from '@atrium/platform';
import {
  burnTarget,
  type BurnTotals,
  debtSettledTarget,
  earnTarget,
  type EarnTotals,
  expiryTarget,
  reinstatedTarget,
} from '../domain/obligations';
import type { ContractVersion } from '../domain/terms';
import { type Place, placesOf } from './places-of';
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

type Owner = Omit<ObligationChange, 'kind' | 'sourceId' | 'merge' | 'target' | 'name'>;

const ofSite = ({ site }: Place, terms: ContractVersion, currency: string, occurredAt: Date): Owner => ({
  merchantId: site.id,
  siteId: site.id,
  purchaseId: null,
  contractId: terms.id,
  currency: currency || site.currency,
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
              waived: message.waivedTotal,
              covered: message.coveredTotal,
              coveredMinor: message.coveredMinorTotal,
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

/** Under the terms of the sale that issued them, else under those of the place. */
export async function postExpiredPoints(tx: Tx, events: readonly Delivered<PointsExpired>[]): Promise<void> {
  const ownerOf = await ownersOf(
    tx,
    events.map(({ message }) => message),
  );
  const changes = events.map(({ message, eventId, occurredAt }) => {
    const owner = ownerOf(message, parseInstant(message.expiredAt) ?? occurredAt);
    return obligationChange<{ points: bigint }>({
      ...owner.of,
      kind: 'EXPIRY',
      sourceId: eventId,
      merge: () => ({ points: message.points }),
      target: ({ points }) => expiryTarget(points, owner.terms, owner.of.currency),
      name: () => 'EXPIRY',
    });
  });
  await postObligations(tx, changes);
}

/** The way back from expiry. */
export async function postReinstatedPoints(tx: Tx, events: readonly Delivered<PointsReinstated>[]): Promise<void> {
  const ownerOf = await ownersOf(
    tx,
    events.map(({ message }) => message),
  );
  const changes = events.map(({ message, occurredAt }) => {
    const owner = ownerOf(message, parseInstant(message.occurredAt) ?? occurredAt);
    return obligationChange<{ points: bigint }>({
      ...owner.of,
      kind: 'REINSTATE',
      sourceId: message.entryId,
      merge: () => ({ points: message.points }),
      target: ({ points }) => reinstatedTarget(points, owner.terms, owner.of.currency),
      name: () => 'REINSTATE',
    });
  });
  await postObligations(tx, changes);
}

type Issued = Pick<PointsExpired, 'purchaseId' | 'mallId' | 'merchantId' | 'currency'>;

/** Whose books points of a lot are in: those of its sale, else those of the mall or group that gave them. */
async function ownersOf(tx: Tx, lots: readonly Issued[]) {
  const saleOf = await salesOf(
    tx,
    lots.flatMap(({ purchaseId }) => (purchaseId === '' ? [] : [purchaseId])),
  );
  const placeOf = await placesOf(
    tx,
    lots.filter(({ purchaseId }) => purchaseId === ''),
  );
  return (lot: Issued, at: Date): { of: Owner; terms: ContractVersion } => {
    if (lot.purchaseId !== '') {
      const sale = saleOf(lot.purchaseId);
      return { of: ofSale(sale, at), terms: sale.terms };
    }
    const place = placeOf(lot);
    const terms = place.termsAt(at);
    return { of: ofSite(place, terms, lot.currency, at), terms };
  };
}

/** Debt is between the mall and the member: no merchant is concerned, the mall itself owns the posting. */
export async function postSettledDebt(tx: Tx, events: readonly Delivered<PointsDebtSettled>[]): Promise<void> {
  const placeOf = await placesOf(
    tx,
    events.map(({ message: { mallId } }) => ({ mallId })),
  );
  const changes = events.map(({ message, occurredAt }) => {
    const place = placeOf({ mallId: message.mallId });
    const at = parseInstant(message.occurredAt) ?? occurredAt;
    const terms = place.termsAt(at);
    const of = ofSite(place, terms, message.currency, at);
    return obligationChange<{ points: bigint; cause: string }>({
      ...of,
      kind: 'DEBT',
      sourceId: message.entryId,
      merge: () => ({ points: message.points, cause: message.cause }),
      target: ({ points, cause }) => debtSettledTarget(points, cause, terms, of.currency),
      name: (_, { cause }) => (cause === 'WRITTEN_OFF' ? 'DEBT_WRITTEN_OFF' : 'DEBT_REPAID'),
    });
  });
  await postObligations(tx, changes);
}
