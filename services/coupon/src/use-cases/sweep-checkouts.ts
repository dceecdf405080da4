// Sweep: baskets that nobody paid for in time, and reservations that a crash left half done.
import { findOrgNodes, publishAll, type Tx } from '@atrium/platform';
import { checkoutReleased } from '../events/coupon-events';
import { forgetKeys, freeKeys, groupsWithLapsed, lockLapsed } from '../storage/checkout.repository';
import type { Checkout } from '../domain/checkout';
import { release } from './reservation';

/** Longer than a reservation can wait for points. */
const UNFINISHED_MS = 30_000;
const KEEP_KEYS_MS = 7 * 86_400_000;
const BATCH = 200;

const unfinishedSince = (tx: Tx): Date => new Date(tx.now.getTime() - UNFINISHED_MS);

export const groupsToSweep = (tx: Tx): Promise<string[]> => groupsWithLapsed(tx, unfinishedSince(tx));

/** One batch of one tenant; returns how many were released. */
export async function sweepCheckouts(tx: Tx): Promise<number> {
  const lapsed = await lockLapsed(tx, unfinishedSince(tx), BATCH);
  if (lapsed.length === 0) return 0;
  const malls = await findOrgNodes(tx, [...new Set(lapsed.map(({ mallId }) => mallId))]);
  const unfinished = lapsed.filter(({ status }) => status === 'RESERVING');
  const expired = lapsed.filter(({ status }) => status === 'RESERVED');
  if (expired.length > 0) await release(tx, expired, 'EXPIRED');
  if (unfinished.length > 0) {
    await release(tx, unfinished, 'FAILED');
    await freeKeys(tx, unfinished);
  }
  const site = ({ mallId }: Checkout) => ({ id: mallId, code: malls.get(mallId)?.code ?? null });
  await publishAll(tx, [
    ...expired.map((checkout) => checkoutReleased(checkout, 'EXPIRED', tx.now, site(checkout))),
    ...unfinished.map((checkout) => checkoutReleased(checkout, 'FAILED', tx.now, site(checkout))),
  ]);
  return lapsed.length;
}

export const forgetOldKeys = (tx: Tx): Promise<number> =>
  forgetKeys(tx, new Date(tx.now.getTime() - KEEP_KEYS_MS), BATCH);
