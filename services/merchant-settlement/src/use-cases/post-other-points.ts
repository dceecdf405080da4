// What points oblige to that no recorded sale gave or took: corrections, interactions, orders elsewhere, partners.
import type {
  PartnerPointsExchanged,
  PointsAdjusted,
  PointsCredited,
  PointsRedeemed,
  PointsRedemptionUndone,
} from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import type { Delivered, Tx } from '@atrium/platform';
import {
  type BurnTotals,
  creditTarget,
  exchangeTarget,
  type ExchangeTotals,
  redeemedTarget,
} from '../domain/obligations';
import { type Place, placesOf } from './places-of';
import { type ObligationChange, obligationChange, postObligations } from './post-obligations';

/** What partners exchange is posted with its price: the neutral facts of the same movement say nothing more. */
const ofPartner = ({ sourceKind }: { sourceKind: string }): boolean => sourceKind === 'PARTNER';

export const postAdjustedPoints = (tx: Tx, events: readonly Delivered<PointsAdjusted>[]): Promise<void> =>
  postCredits(
    tx,
    'ADJUST',
    events.map(({ message, occurredAt }) => ({
      ...message,
      currency: '',
      points: message.pointsDelta,
      told: occurredAt,
    })),
  );

/** Without points it is growth alone, which obliges nobody. */
export const postCreditedPoints = (tx: Tx, events: readonly Delivered<PointsCredited>[]): Promise<void> =>
  postCredits(
    tx,
    'CREDIT',
    events.flatMap(({ message, occurredAt }) =>
      message.points === 0n || ofPartner(message) ? [] : [{ ...message, told: occurredAt }],
    ),
  );

interface Credit {
  entryId: string;
  mallId: string;
  currency: string;
  points: bigint;
  occurredAt: string;
  told: Date;
}

async function postCredits(tx: Tx, kind: string, credits: readonly Credit[]): Promise<void> {
  const placeOf = await placesOf(
    tx,
    credits.map(({ mallId }) => ({ mallId })),
  );
  const changes = credits.map(({ entryId, mallId, points, occurredAt, told, ...of }) => {
    const { site, termsAt } = placeOf({ mallId });
    const at = parseInstant(occurredAt) ?? told;
    const terms = termsAt(at);
    const currency = of.currency || site.currency;
    return obligationChange<{ points: bigint }>({
      ...{ merchantId: site.id, siteId: site.id, purchaseId: null, contractId: terms.id, currency, occurredAt: at },
      kind,
      sourceId: entryId,
      merge: () => ({ points }),
      target: (facts) => creditTarget(facts.points, terms, currency),
      name: () => kind,
    });
  });
  await postObligations(tx, changes);
}

/** The terms are those of the spending; null until it has been heard of. */
type RedeemTotals = Omit<BurnTotals, 'debt'> & { contractId: string | null };

const NOTHING_REDEEMED: RedeemTotals = {
  points: 0n,
  valueMinor: 0n,
  returnedPoints: 0n,
  returnedValueMinor: 0n,
  contractId: null,
};

export const postRedeemedPoints = (tx: Tx, events: readonly Delivered<PointsRedeemed>[]): Promise<void> =>
  postRedemptions(tx, events, ({ points, valueMinor }, known, place, at) => ({
    ...known,
    points,
    valueMinor,
    contractId: known.contractId ?? place.termsAt(at).id,
  }));

/** Totals: what was given back only grows, so the larger one is the newer. */
export const postUndoneRedemptions = (tx: Tx, events: readonly Delivered<PointsRedemptionUndone>[]): Promise<void> =>
  postRedemptions(tx, events, ({ pointsTotal, valueTotalMinor }, known) =>
    pointsTotal < known.returnedPoints || valueTotalMinor < known.returnedValueMinor
      ? known
      : { ...known, returnedPoints: pointsTotal, returnedValueMinor: valueTotalMinor },
  );

async function postRedemptions<E extends PointsRedeemed | PointsRedemptionUndone>(
  tx: Tx,
  events: readonly Delivered<E>[],
  merge: (message: E, known: RedeemTotals, place: Place, at: Date) => RedeemTotals,
): Promise<void> {
  const own = events.filter(({ message }) => !ofPartner(message));
  const placeOf = await placesOf(
    tx,
    own.map(({ message }) => message),
  );
  const changes = own.map(({ message, occurredAt }): ObligationChange => {
    const place = placeOf(message);
    const at = parseInstant(message.occurredAt) ?? occurredAt;
    const currency = message.currency || place.site.currency;
    return obligationChange<RedeemTotals>({
      ...{ merchantId: place.node.id, siteId: place.site.id, purchaseId: null, currency, occurredAt: at },
      contractId: place.termsAt(at).id,
      contractOf: ({ contractId }) => contractId,
      kind: 'REDEEM',
      sourceId: message.redemptionId,
      merge: (known) => merge(message, known ?? NOTHING_REDEEMED, place, at),
      target: ({ contractId, ...totals }) =>
        contractId === null ? {} : redeemedTarget(totals, message.merchantId !== '', place.terms(contractId), currency),
      name: (before, after) =>
        before && before.points > 0n && after.returnedPoints > before.returnedPoints ? 'REDEEM_REVERSAL' : 'REDEEM',
    });
  });
  await postObligations(tx, changes);
}

/** An exchange that was undone stays undone; its terms are those of its own instant. */
export async function postExchangedPoints(tx: Tx, events: readonly Delivered<PartnerPointsExchanged>[]): Promise<void> {
  const placeOf = await placesOf(
    tx,
    events.map(({ message: { mallId } }) => ({ mallId })),
  );
  const changes = events.map(({ message, occurredAt }) => {
    const { site, termsAt, terms } = placeOf({ mallId: message.mallId });
    const { currency, points, priceMinor, reversed, debt } = message;
    const at = parseInstant(message.occurredAt) ?? occurredAt;
    const direction: ExchangeTotals['direction'] = message.direction === 'BURN' ? 'BURN' : 'ISSUE';
    const contractId = termsAt(at).id;
    return obligationChange<ExchangeTotals & { contractId: string | null }>({
      ...{ merchantId: site.id, siteId: site.id, purchaseId: null, contractId, currency, occurredAt: at },
      contractOf: (facts) => facts.contractId,
      kind: 'EXCHANGE',
      sourceId: message.exchangeId,
      merge: (known) =>
        reversed
          ? { direction, points, priceMinor, reversed, debt, contractId: known?.contractId ?? null }
          : { direction, points, priceMinor, reversed: false, debt: 0n, ...undone(known), contractId },
      target: (facts) => (facts.contractId === null ? {} : exchangeTarget(facts, terms(facts.contractId), currency)),
      name: (_, after) => (after.reversed ? 'EXCHANGE_REVERSAL' : 'EXCHANGE'),
    });
  });
  await postObligations(tx, changes);
}

const undone = (known: ExchangeTotals | null) => (known?.reversed ? { reversed: true, debt: known.debt } : {});
