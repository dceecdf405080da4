// A merge of two members, as far as tiers go: the loser's facts count for the survivor from the merge on.
import { TierMergedSchema } from '@atrium/contracts';
import { event, publish, type Tx } from '@atrium/platform';
import { leadTo, lockMembers } from '../storage/member-tier.repository';
import { refoldMembers } from './refold-members';

export interface Merge {
  mergeId: string;
  survivorId: string;
  loserId: string;
  mergedAt: Date;
}

export async function joinMembers(tx: Tx, merges: readonly Merge[]): Promise<void> {
  await lockMembers(
    tx,
    merges.flatMap(({ loserId, survivorId }) => [loserId, survivorId]),
  );
  for (const { mergeId, survivorId, loserId, mergedAt } of merges) {
    await leadTo(tx, loserId, survivorId, mergedAt);
    await refoldMembers(tx, await lockMembers(tx, [loserId]));
    const message = { mergeId, survivorId, loserId, occurredAt: tx.now.toISOString() };
    await publish(tx, event(TierMergedSchema, message), { aggregateId: mergeId, ownerId: loserId, occurredAt: tx.now });
  }
}
