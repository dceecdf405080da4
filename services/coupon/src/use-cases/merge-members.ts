// A merge of two members, as far as coupons go. Coupons are not added up, so they need not be copied: from the merge on they
// are found under both ids, whichever a late fact names.
import { CouponMergePreparedSchema, CouponsMergedSchema } from '@atrium/contracts';
import { event, type FactAddress, publish, type Tx } from '@atrium/platform';
import { lockMembers } from '../storage/member.repository';
import { hasOpenLocks, leadTo } from '../storage/merge.repository';

export interface Merge {
  mergeId: string;
  survivorId: string;
  loserId: string;
}

const about = (tx: Tx, { mergeId, survivorId, loserId }: Merge) => ({
  mergeId,
  survivorId,
  loserId,
  occurredAt: tx.now.toISOString(),
});

const addressOf = (tx: Tx, { mergeId, loserId }: Merge, version: bigint): FactAddress => ({
  aggregateId: mergeId,
  ownerId: loserId,
  version,
  occurredAt: tx.now,
});

/** Says whether a basket stands in the way. */
export async function prepareMerges(tx: Tx, merges: readonly Merge[]): Promise<void> {
  for (const merge of merges) {
    const refusal = (await hasOpenLocks(tx, [merge.loserId, merge.survivorId])) ? 'OPEN_LOCKS' : '';
    await publish(tx, event(CouponMergePreparedSchema, { ...about(tx, merge), refusal }), addressOf(tx, merge, 1n));
  }
}

export async function joinMembers(tx: Tx, merges: readonly Merge[]): Promise<void> {
  await lockMembers(
    tx,
    merges.flatMap(({ loserId, survivorId }) => [loserId, survivorId]),
  );
  for (const merge of merges) {
    await leadTo(tx, merge.loserId, merge.survivorId);
    await publish(tx, event(CouponsMergedSchema, about(tx, merge)), addressOf(tx, merge, 2n));
  }
}
