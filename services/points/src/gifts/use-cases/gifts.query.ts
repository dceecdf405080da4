// What the mall shows, and to whom it would give it.
import type { Tx } from '@atrium/platform';
import { tierAt } from '../../earning/domain/tier-timeline';
import { findLadders, findTierPeriods } from '../../earning/storage/tier.repository';
import { openLedgers } from '../../ledger/storage/ledger.repository';
import { refusalToSpend, type SpendRefusal } from '../../spending/domain/redemption';
import { BAND_STARTS, type Gift, type GiftRefusal, leastPoints, refusalOf } from '../domain/gift';
import { findChanges, findGifts, type GiftChange } from '../storage/gift.repository';
import {
  countFacets,
  type GiftFilter,
  type GiftPlace,
  type GiftSort,
  searchGifts,
} from '../storage/gift-search.repository';
import { countOrdered } from '../storage/order.repository';
import { mallDay } from './mall-day';

export type { Gift, GiftChange, GiftFilter, GiftPlace, GiftSort };

export interface GiftPage {
  gifts: { gift: Gift; place: GiftPlace }[];
}

export interface GiftFacets {
  total: number;
  categories: { value: string; count: number }[];
  tags: { value: string; count: number }[];
  bands: { from: bigint; until: bigint | null; count: number }[];
}

/** What of it the caller wants to see more. */
export type GiftSearch = Omit<GiftFilter, 'onSaleAt'> & { onSale: boolean; affordableFor: string | null };

export async function gifts(
  tx: Tx,
  search: GiftSearch,
  page: { sort: GiftSort; after: GiftPlace | null; limit: number },
): Promise<GiftPage['gifts']> {
  return searchGifts(tx, await mallDay(tx), await filterOf(tx, search), page);
}

export async function giftFacets(tx: Tx, search: GiftSearch): Promise<GiftFacets> {
  const counts = await countFacets(tx, await mallDay(tx), await filterOf(tx, search));
  const of = (name: string) => counts.filter(({ facet }) => facet === name);
  return {
    total: of('TOTAL')[0]?.count ?? 0,
    categories: of('CATEGORY').map(({ value, count }) => ({ value, count })),
    tags: of('TAG').map(({ value, count }) => ({ value, count })),
    bands: of('BAND')
      .map(({ value, count }) => ({ band: Number(value), count }))
      .sort((a, b) => a.band - b.band)
      // width_bucket counts from 1.
      .map(({ band, count }) => ({ from: BAND_STARTS[band - 1] ?? 0n, until: BAND_STARTS[band] ?? null, count })),
  };
}

async function filterOf(tx: Tx, { onSale, affordableFor, ...filter }: GiftSearch): Promise<GiftFilter> {
  const onSaleAt = onSale ? tx.now : null;
  if (affordableFor === null) return { ...filter, onSaleAt };
  const ledger = (await openLedgers(tx, [affordableFor], { lock: false, spending: [affordableFor] })).get(
    affordableFor,
  );
  const { available = 0n } = (ledger && refusalToSpend(ledger, NEVER)) ?? {};
  return { ...filter, onSaleAt, priceMax: least(filter.priceMax ?? available, available) };
}

/** More than anybody has: asked for it, the ledger says what is there. */
const NEVER = 9_223_372_036_854_775_807n;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export const giftsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Gift>> =>
  findGifts(tx, ids, await mallDay(tx));

export const giftChanges = (tx: Tx, giftId: string, limit: number): Promise<GiftChange[]> =>
  findChanges(tx, giftId, limit);

export type Unredeemable = GiftRefusal | SpendRefusal['code'];

/** Why this member cannot have one of each of these gifts at its lowest price; not in the map: they can. */
export async function unredeemable(
  tx: Tx,
  memberId: string,
  wanted: readonly Gift[],
): Promise<Map<string, Unredeemable>> {
  const ordered = await countOrdered(
    tx,
    memberId,
    wanted.map(({ id }) => id),
  );
  const tier = await tierOf(tx, memberId);
  const ledger = (await openLedgers(tx, [memberId], { lock: false, spending: [memberId] })).get(memberId);
  const reasons = new Map<string, Unredeemable>();
  for (const gift of wanted) {
    const refusal =
      refusalOf(gift, { tier, ordered: ordered.get(gift.id) ?? 0 }, 1, tx.now) ??
      (ledger ? (refusalToSpend(ledger, leastPoints(gift.prices))?.code ?? null) : null);
    if (refusal !== null) reasons.set(gift.id, refusal);
  }
  return reasons;
}

export async function tierOf(tx: Tx, memberId: string): Promise<string | null> {
  const periods = (await findTierPeriods(tx, [memberId])).get(memberId) ?? [];
  return tierAt(periods, await findLadders(tx), tx.now)?.code ?? null;
}
