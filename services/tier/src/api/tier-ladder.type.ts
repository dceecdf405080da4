import { DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Ladder } from '../domain/ladder';
import { TierType, toTier } from './tier.type';

export enum TierLadderStatus {
  DRAFT = 'DRAFT',
  APPROVED = 'APPROVED',
  ACTIVE = 'ACTIVE',
  RETIRED = 'RETIRED',
}
registerEnumType(TierLadderStatus, {
  name: 'TierLadderStatus',
  description: 'APPROVED: published, not in force yet. RETIRED: a later version took its place.',
});

export enum TierDowngrade {
  ONE_DOWN = 'ONE_DOWN',
}
registerEnumType(TierDowngrade, { name: 'TierDowngrade', description: 'Where a tier that was not kept leads.' });

@ObjectType('TierLadder', { description: 'A version of the ladder, in force from an instant to another.' })
export class TierLadderType {
  @Field(() => ID)
  id: string;

  @Field(() => Int)
  version: number;

  @Field(() => TierLadderStatus)
  status: TierLadderStatus;

  @Field(() => DateTimeScalar)
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  effectiveTo: Date | null;

  @Field(() => Int, { nullable: true, description: 'Null: tiers are held without end.' })
  validityMonths: number | null;

  @Field(() => Int)
  graceDays: number;

  @Field(() => TierDowngrade)
  downgrade: TierDowngrade;

  @Field(() => Int)
  revertWithinDays: number;

  @Field(() => [TierType], { description: 'Lowest rank first.' })
  tiers: TierType[];
}

export function toTierLadder(ladder: Ladder, locale: string): TierLadderType {
  const { id, effectiveFrom, effectiveTo, validityMonths, graceDays, revertWithinDays } = ladder;
  return make(TierLadderType, {
    id,
    version: Number(ladder.version),
    status: TierLadderStatus[ladder.status],
    effectiveFrom,
    effectiveTo,
    validityMonths,
    graceDays,
    downgrade: TierDowngrade[ladder.downgrade],
    revertWithinDays,
    tiers: ladder.tiers.map((tier) => toTier(tier, ladder.currency, locale)),
  });
}
