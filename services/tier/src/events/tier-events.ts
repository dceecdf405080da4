import { TierChangedSchema, TierLadderPublishedSchema } from '@atrium/contracts';
import { yearOf } from '@atrium/kernel';
import { event, type Fact, type FactAddress } from '@atrium/platform';
import type { Ladder } from '../domain/ladder';
import type { StatedChange } from '../domain/reconcile';

type Statement = readonly [Fact, FactAddress];

export interface StatedForMember {
  memberId: string;
  change: StatedChange;
  supersededIds: string[];
  /** The member's own, rising with each statement. */
  version: bigint;
  zone: string;
}

export function tierChanged({ memberId, change, supersededIds, version, zone }: StatedForMember): Statement {
  const fact = event(TierChangedSchema, {
    changeId: change.id,
    memberId,
    fromCode: change.from?.code ?? '',
    fromRank: change.from?.rank ?? 0,
    toCode: change.to.code,
    toRank: change.to.rank,
    effectiveAt: change.effectiveAt.toISOString(),
    cause: change.cause,
    purchaseId: change.purchaseId ?? '',
    ladderVersionId: change.ladderId,
    supersededChangeIds: supersededIds,
    year: yearOf(change.effectiveAt, zone),
    validUntil: change.validUntil?.toISOString() ?? '',
  });
  return [fact, { aggregateId: memberId, ownerId: memberId, version, occurredAt: change.effectiveAt }];
}

export function tierLadderPublished(groupId: string, ladder: Ladder, publishedAt: Date): Statement {
  const fact = event(TierLadderPublishedSchema, {
    ladderVersionId: ladder.id,
    version: ladder.version,
    effectiveFrom: ladder.effectiveFrom.toISOString(),
    tiers: ladder.tiers.map(({ code, rank, earnMultiplier, discountBps, names }) => ({
      code,
      rank,
      earnMultiplier,
      discountBps,
      names: { ...names },
    })),
  });
  return [fact, { aggregateId: ladder.id, ownerId: groupId, version: ladder.version, occurredAt: publishedAt }];
}
