import { PointsMergedSchema, PointsMergePreparedSchema } from '@atrium/contracts';
import { event, type FactAddress, publish, type Tx } from '@atrium/platform';
import type { Merge, Merged, MergeRefusal } from '../domain/merge';

const addressOf = (tx: Tx, { mergeId, loserId }: Merge, version: bigint): FactAddress => ({
  aggregateId: mergeId,
  ownerId: loserId,
  version,
  occurredAt: tx.now,
});

const about = (tx: Tx, { mergeId, survivorId, loserId }: Merge) => ({
  mergeId,
  survivorId,
  loserId,
  occurredAt: tx.now.toISOString(),
});

export const publishPrepared = (tx: Tx, merge: Merge, refusal: MergeRefusal | null): Promise<void> =>
  publish(
    tx,
    event(PointsMergePreparedSchema, { ...about(tx, merge), refusal: refusal ?? '' }),
    addressOf(tx, merge, 1n),
  );

export const publishMerged = (tx: Tx, merge: Merge, moved: Merged): Promise<void> =>
  publish(tx, event(PointsMergedSchema, { ...about(tx, merge), ...moved }), addressOf(tx, merge, 2n));
