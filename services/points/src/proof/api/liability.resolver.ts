import { isUuid } from '@atrium/kernel';
import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  make,
  refusals,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsLiability, PointsLiabilityGrouping, toLiability } from './liability.type';

@InputType({ description: 'A wish for figures of this instant.' })
export class RefreshPointsLiabilityInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;
}

@ObjectType({ description: 'The figures are being added up.' })
export class RefreshPointsLiabilitySuccess {
  @Field(() => DateTimeScalar, {
    description: 'The instant whose figures they will be; `pointsLiability` shows them when they are done.',
  })
  asOf: Date;
}

const RefreshPointsLiabilityResult = createUnionType({
  name: 'RefreshPointsLiabilityResult',
  description: 'That figures are on their way, or why not.',
  types: () => [RefreshPointsLiabilitySuccess, IdempotencyConflictError, InProgressError] as const,
});

const refuse = refusals({});

@Resolver(() => PointsLiability)
export class PointsLiabilityResolver {
  @Query(() => PointsLiability, {
    nullable: true,
    description: 'What is outstanding, added up once a day or when somebody asked for it. Null before the first time.',
  })
  async pointsLiability(
    @Arg('asOf', () => DateTimeScalar, { nullable: true, description: 'The newest figures of this instant or before.' })
    asOf: Date | null | undefined,
    @Arg('mallId', () => ID, { nullable: true, description: 'Only what was earned in this mall.' })
    mallId: string | null | undefined,
    @Arg('groupBy', () => PointsLiabilityGrouping, { nullable: true, defaultValue: PointsLiabilityGrouping.FUNDER })
    groupBy: PointsLiabilityGrouping | null,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsLiability | null> {
    const groupId = requireTenant(caller);
    const mall = mallId ?? null;
    requirePermission(caller, 'settlement:read', mall === null ? [groupId] : [groupId, mall]);
    if (mall !== null && !(isUuid(mall) && (await app.isMall(caller, mall)))) return null;
    const ask = { asOf: asOf ?? null, mallId: mall, groupBy: groupBy ?? PointsLiabilityGrouping.FUNDER };
    const found = await app.liability(caller, ask);
    return found && toLiability(found, { ...ask, groupId }, locale);
  }

  @Mutation(() => RefreshPointsLiabilityResult, {
    description: 'Asks for figures of now. What is being added up already is not begun again.',
  })
  async refreshPointsLiability(
    @Arg('input', () => RefreshPointsLiabilityInput) { idempotencyKey: key }: RefreshPointsLiabilityInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof RefreshPointsLiabilityResult> {
    requirePermission(caller, 'settlement:read', [requireTenant(caller)]);
    const result = await app.refreshLiability(caller, { key, actor: caller.id });
    if (result.ok) return make(RefreshPointsLiabilitySuccess, result.value);
    return result.error.code === 'IN_PROGRESS'
      ? refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 })
      : refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
  }
}
