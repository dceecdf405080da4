import { connectionTypes, DateTimeScalar, DecimalScalar, make } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { TierProgress } from '../domain/progress';
import { findTier, type Ladder } from '../domain/ladder';
import type { MembershipView, TierChangeRecord } from '../use-cases/tier-membership.query';
import { PurchaseStub } from './purchase.reference';
import { metricText, TierRuleMatch, TierType, toTier } from './tier.type';

export enum TierMembershipStatus {
  ACTIVE = 'ACTIVE',
  GRACE = 'GRACE',
}
registerEnumType(TierMembershipStatus, {
  name: 'TierMembershipStatus',
  description: 'GRACE: the validity is over, the benefits go on, and the tier can still be kept.',
});

@ObjectType('TierConditionProgress', { description: 'How far a member is on one condition.' })
export class TierConditionProgressType {
  @Field(() => String, { description: 'SPEND or GROWTH.' })
  metric: string;

  @Field(() => DecimalScalar)
  current: string;

  @Field(() => DecimalScalar)
  required: string;

  @Field(() => DecimalScalar)
  remaining: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant that counts; null when all do.' })
  windowStart: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant that no longer counts.' })
  windowEnd: Date | null;

  @Field(() => Boolean)
  met: boolean;
}

@ObjectType('TierProgress', { description: 'What is missing for a tier.' })
export class TierProgressType {
  @Field(() => TierType)
  tier: TierType;

  @Field(() => TierRuleMatch, { description: 'Whether all conditions must hold or one is enough.' })
  match: TierRuleMatch;

  @Field(() => [TierConditionProgressType])
  conditions: TierConditionProgressType[];
}

@ObjectType('TierChange', { description: 'A member moved from one tier to another, and why.' })
export class TierChangeType {
  @Field(() => ID)
  id: string;

  @Field(() => TierType, { nullable: true, description: 'Null for the first tier.' })
  from: TierType | null;

  @Field(() => TierType)
  to: TierType;

  @Field(() => String, {
    description: 'JOINED, QUALIFIED, REFUND_REVERTED, VALIDITY_ENDED, LADDER_CHANGED or MERGED.',
  })
  cause: string;

  @Field(() => DateTimeScalar, { description: 'Sales strictly after this instant are made in the new tier.' })
  at: Date;

  @Field(() => PurchaseStub, { nullable: true, description: 'The sale, or the refunded sale, that moved the tier.' })
  purchase: PurchaseStub | null;
}

const connection = connectionTypes('TierChange', () => TierChangeType);
export const TierChangeConnection = connection.Connection;

@ObjectType('TierMembership', { description: 'Where a member stands on the ladder.' })
export class TierMembershipType {
  /** Whose it is: not shown, the history needs it. */
  memberId: string;

  @Field(() => TierType)
  tier: TierType;

  @Field(() => TierMembershipStatus)
  status: TierMembershipStatus;

  @Field(() => DateTimeScalar)
  since: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which the tier is no longer certain. Null for a tier without end.',
  })
  validUntil: Date | null;

  @Field(() => TierProgressType, { nullable: true, description: 'What is missing to the next tier.' })
  next: TierProgressType | null;

  @Field(() => TierProgressType, { nullable: true, description: 'What is missing to keep this tier.' })
  retain: TierProgressType | null;
}

export function toMembership(view: MembershipView, locale: string): TierMembershipType {
  return make(TierMembershipType, {
    memberId: view.memberId,
    tier: toTier(view.tier, view.currency, locale),
    status: TierMembershipStatus[view.status],
    since: view.since,
    validUntil: view.validUntil,
    next: view.next && toProgress(view.next, view.currency, locale),
    retain: view.keep && toProgress(view.keep, view.currency, locale),
  });
}

const toProgress = ({ tier, match, conditions }: TierProgress, currency: string, locale: string): TierProgressType =>
  make(TierProgressType, {
    tier: toTier(tier, currency, locale),
    match: TierRuleMatch[match],
    conditions: conditions.map(({ condition, current, span, met }) => {
      const missing = condition.required - current;
      return make(TierConditionProgressType, {
        metric: condition.metric,
        current: metricText(condition, current, currency),
        required: metricText(condition, condition.required, currency),
        remaining: metricText(condition, missing > 0n ? missing : 0n, currency),
        windowStart: span.start === null ? null : new Date(span.start),
        windowEnd: span.end === null ? null : new Date(span.end),
        met,
      });
    }),
  });

export function toTierChange(change: TierChangeRecord, ladders: readonly Ladder[], locale: string): TierChangeType {
  const currency = ladders.find(({ id }) => id === change.ladderId)?.currency ?? '';
  const named = (code: string) => {
    const tier = findTier(ladders, change.ladderId, code);
    if (!tier) throw new Error(`no tier ${code} in any ladder`);
    return toTier(tier, currency, locale);
  };
  return make(TierChangeType, {
    id: change.id,
    from: change.from && named(change.from.code),
    to: named(change.to.code),
    cause: change.cause,
    at: change.effectiveAt,
    purchase: change.purchaseId === null ? null : make(PurchaseStub, { id: change.purchaseId }),
  });
}
