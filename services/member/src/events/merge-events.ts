import {
  IdentifierType,
  MemberIdentifierAddedSchema,
  MembersMergeAbandonedSchema,
  MembersMergedSchema,
  MembersMergeRequestedSchema,
} from '@atrium/contracts';
import { event, type FactAddress, publish, publishAll, type Tx } from '@atrium/platform';
import type { Merge } from '../domain/merge';

const addressOf = (tx: Tx, { id, loserId }: Merge, version: bigint): FactAddress => ({
  aggregateId: id,
  ownerId: loserId,
  version,
  occurredAt: tx.now,
});

const about = (tx: Tx, { id: mergeId, survivorId, loserId }: Merge) => ({
  mergeId,
  survivorId,
  loserId,
  occurredAt: tx.now.toISOString(),
});

export const publishMergeRequested = (tx: Tx, merge: Merge): Promise<void> =>
  publish(tx, event(MembersMergeRequestedSchema, about(tx, merge)), addressOf(tx, merge, 1n));

export const publishMergeAbandoned = (tx: Tx, merge: Merge): Promise<void> =>
  publish(
    tx,
    event(MembersMergeAbandonedSchema, { ...about(tx, merge), reason: merge.refusal ?? '' }),
    addressOf(tx, merge, 2n),
  );

export const publishMerged = (tx: Tx, merge: Merge): Promise<void> =>
  publish(tx, event(MembersMergedSchema, about(tx, merge)), addressOf(tx, merge, 2n));

/** What named the loser names the survivor from now on. */
export const publishInherited = (
  tx: Tx,
  survivorId: string,
  identifiers: readonly { type: 'CARD' | 'PHONE'; blindIndex: string }[],
): Promise<void> =>
  publishAll(
    tx,
    identifiers.map(({ type, blindIndex }) => [
      event(MemberIdentifierAddedSchema, { memberId: survivorId, type: IdentifierType[type], blindIndex }),
      { aggregateId: survivorId, ownerId: survivorId, version: BigInt(tx.now.getTime()), occurredAt: tx.now },
    ]),
  );
