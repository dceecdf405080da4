import { isUuid } from '@atrium/kernel';
import {
  type Caller,
  DateTimeScalar,
  DecimalScalar,
  fromMoneyInput,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  type Locale,
  make,
  MoneyInput,
  NotFoundError,
  PointsAmountScalar,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ANY_SALE, DEFAULT_PROGRAMME, type ExpiryTerms, PLAIN_CAMPAIGN } from '../domain/terms';
import type { RuleDraft, RuleFault } from '../use-cases/publish-rule';
import type { PointsContext } from '../../api/context';
import { PointsDebtPolicy, PointsExpiryPolicy, PointsRule, toRule } from './points-rule.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: 'So many points are worth so much money.' })
export class PointsConversionInput {
  @Field(() => PointsAmountScalar, { description: 'Above 0.' })
  points: bigint;

  @Field(() => MoneyInput, { description: 'Above 0.' })
  value: MoneyInput;
}

@InputType({ description: 'What becomes of sales that were reported late. A limit that is absent does not exist.' })
export class PointsBackdatedInput {
  @Field(() => Int, { nullable: true, description: 'Reported more days later, a person must agree before they earn.' })
  approvalAfterDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'Reported more days later, they earn nothing.' })
  rejectAfterDays?: number | null;
}

@InputType({ description: 'A version of the programme as a whole.' })
export class PublishPointsProgrammeInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => DateTimeScalar, {
    description: 'First instant at which it holds; sales that were rated before stay as they are.',
  })
  effectiveFrom: Date;

  @Field(() => PointsExpiryPolicy, {
    defaultValue: PointsExpiryPolicy.END_OF_NEXT_YEAR,
    description: 'Until when points live.',
  })
  expiry: PointsExpiryPolicy;

  @Field(() => Int, { nullable: true, description: 'For MONTHS_TO_MONTH_END.' })
  expiryMonths?: number | null;

  @Field(() => [PointsConversionInput], { description: 'One for each currency in which points pay.' })
  conversions: PointsConversionInput[];

  @Field(() => PointsAmountScalar, { description: 'Fewer points than this are not taken as payment.' })
  minPoints: bigint;

  @Field(() => PointsAmountScalar, { description: 'Points are taken in multiples of this.' })
  stepPoints: bigint;

  @Field(() => DecimalScalar, { description: 'Share of what is left to pay that points may cover, 0 to 100.' })
  maxPercentOfEligible: string;

  @Field(() => Int, { description: 'How long points stay set aside for a checkout.' })
  holdMinutes: number;

  @Field(() => PointsAmountScalar, { description: 'Larger adjustments need a second person.' })
  adjustApprovalAbove: bigint;

  @Field(() => PointsDebtPolicy, {
    defaultValue: PointsDebtPolicy.ALLOW_NEGATIVE,
    description: 'What happens when a refund takes back points that were spent.',
  })
  debtPolicy: PointsDebtPolicy;

  @Field(() => DecimalScalar, { description: 'Growth value for a unit of currency.' })
  growthPerUnit: string;

  @Field(() => Int, {
    defaultValue: 30,
    description: 'Points credited late, or returned after their expiry, live at least this many days.',
  })
  graceDays: number;

  @Field(() => PointsBackdatedInput, {
    nullable: true,
    description: 'Absent: approval after 7 days, nothing after 90. Empty: history earns like any sale.',
  })
  backdated?: PointsBackdatedInput | null;
}

@InputType({
  description: 'A version of an earn rule. The most specific one wins: merchant and category, merchant, category, all.',
})
export class PublishEarnRuleInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => String, { description: 'Names the rule; the same code again makes its next version.' })
  code: string;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant at which it no longer holds; absent: without end.',
  })
  effectiveTo?: Date | null;

  @Field(() => ID, { nullable: true, description: 'Absent: at every merchant.' })
  merchantId?: string | null;

  @Field(() => String, { nullable: true, description: 'Absent: for every category.' })
  category?: string | null;

  @Field(() => DecimalScalar, { description: 'Points for a major unit of currency.' })
  rate: string;

  @Field(() => DecimalScalar, { nullable: true, description: "Growth for a major unit; absent: the programme's own." })
  growthRate?: string | null;
}

@InputType({ description: 'A name in one language.' })
export class CampaignNameInput {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String, { description: 'As members read it.' })
  name: string;
}

@InputType({ description: 'A version of a campaign that multiplies points for a time.' })
export class PublishCampaignInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => String, { description: 'Names the campaign; the same code again makes its next version.' })
  code: string;

  @Field(() => DateTimeScalar, { description: 'First instant.' })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { description: 'First instant after it.' })
  effectiveTo: Date;

  @Field(() => DecimalScalar, { description: 'At least 1.' })
  multiplier: string;

  @Field(() => [CampaignNameInput], { description: 'By language.' })
  names: CampaignNameInput[];
}

@ObjectType({ description: 'The version that is published.' })
export class PublishPointsRuleSuccess {
  @Field(() => PointsRule, { description: 'As it holds from now on.' })
  rule: PointsRule;
}

const PublishPointsRuleResult = createUnionType({
  name: 'PublishPointsRuleResult',
  description: 'The published version, or why it was not published.',
  types: () =>
    [PublishPointsRuleSuccess, NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});
type PublishResult = typeof PublishPointsRuleResult;

@Resolver()
export class PublishRuleMutations {
  @Mutation(() => PublishPointsRuleResult, { description: 'Publishes a version of the programme.' })
  publishPointsProgramme(
    @Arg('input', () => PublishPointsProgrammeInput) input: PublishPointsProgrammeInput,
    @Ctx() context: PointsContext,
  ): Promise<PublishResult> | PublishResult {
    mayPublish(context.caller);
    const { idempotencyKey, effectiveFrom, conversions, expiryMonths, graceDays } = input;
    const worth: { points: bigint; valueMinor: bigint; currency: string }[] = [];
    for (const { points, value } of conversions) {
      const money = fromMoneyInput(value);
      if (!money.ok) return invalid('conversions', 'CONVERSION', context.locale);
      worth.push({ points, valueMinor: money.value.amountMinor, currency: money.value.currency });
    }
    return publish(context, idempotencyKey, {
      kind: 'PROGRAMME',
      code: 'PROGRAMME',
      effectiveFrom,
      effectiveTo: null,
      terms: {
        ...DEFAULT_PROGRAMME,
        expiry: toExpiry(input.expiry, expiryMonths ?? 0),
        lateCreditDays: graceDays,
        earning: { ...DEFAULT_PROGRAMME.earning, backdated: backdatedOf(input.backdated) },
        growth: { ...DEFAULT_PROGRAMME.growth, perUnit: input.growthPerUnit },
        spending: {
          ...DEFAULT_PROGRAMME.spending,
          conversions: worth,
          minPoints: input.minPoints,
          stepPoints: input.stepPoints,
          maxPercentOfEligible: input.maxPercentOfEligible,
          holdMinutes: input.holdMinutes,
        },
        refunds: { ...DEFAULT_PROGRAMME.refunds, afterExpiry: { mode: 'GRACE_DAYS', days: graceDays } },
        desk: { ...DEFAULT_PROGRAMME.desk, approvalAbove: input.adjustApprovalAbove },
      },
    });
  }

  @Mutation(() => PublishPointsRuleResult, { description: 'Publishes a version of an earn rule.' })
  publishEarnRule(
    @Arg('input', () => PublishEarnRuleInput) input: PublishEarnRuleInput,
    @Ctx() context: PointsContext,
  ): Promise<PublishResult> | PublishResult {
    mayPublish(context.caller);
    const { idempotencyKey, code, effectiveFrom, effectiveTo, merchantId, category, rate, growthRate } = input;
    if (merchantId && !isUuid(merchantId)) return refuse(NotFoundError, 'NOT_FOUND', context.locale, {});
    return publish(context, idempotencyKey, {
      kind: 'EARN',
      code,
      effectiveFrom,
      effectiveTo: effectiveTo ?? null,
      terms: {
        ...ANY_SALE,
        merchantId: merchantId?.toLowerCase() ?? null,
        category: category ?? null,
        rate,
        growthRate: growthRate ?? null,
      },
    });
  }

  @Mutation(() => PublishPointsRuleResult, { description: 'Publishes a version of a campaign.' })
  publishCampaign(
    @Arg('input', () => PublishCampaignInput) input: PublishCampaignInput,
    @Ctx() context: PointsContext,
  ): Promise<PublishResult> {
    mayPublish(context.caller);
    const { idempotencyKey, code, effectiveFrom, effectiveTo, multiplier } = input;
    const names = Object.fromEntries(input.names.map(({ locale, name }) => [locale, name]));
    return publish(context, idempotencyKey, {
      kind: 'CAMPAIGN',
      code,
      effectiveFrom,
      effectiveTo,
      terms: { ...PLAIN_CAMPAIGN, multiplier, names },
    });
  }
}

const backdatedOf = (input: PointsBackdatedInput | null | undefined) =>
  input
    ? { approvalAfterDays: input.approvalAfterDays ?? null, rejectAfterDays: input.rejectAfterDays ?? null }
    : DEFAULT_PROGRAMME.earning.backdated;

function toExpiry(policy: PointsExpiryPolicy, months: number): ExpiryTerms {
  switch (policy) {
    case PointsExpiryPolicy.END_OF_NEXT_YEAR:
      return { mode: 'END_OF_PERIOD', period: 'YEAR', count: 1 };
    case PointsExpiryPolicy.MONTHS_TO_MONTH_END:
      return { mode: 'AFTER', count: months, unit: 'MONTH', from: 'EARNED', roundTo: 'MONTH' };
    case PointsExpiryPolicy.NEVER:
      return { mode: 'NEVER' };
  }
}

/** A programme is the whole group's. */
function mayPublish(caller: Caller): void {
  requirePermission(caller, 'points:rules', [requireTenant(caller)]);
}

const invalid = (field: string, fault: RuleFault, locale: Locale) =>
  refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: [field] }, { reason: FAULTS[fault][locale] });

async function publish({ app, caller, locale }: PointsContext, key: string, draft: RuleDraft): Promise<PublishResult> {
  const result = await app.publishRule(caller, { key, actor: caller.id, draft });
  if (result.ok) return make(PublishPointsRuleSuccess, { rule: toRule(result.value) });
  const { error } = result;
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT':
      return refuse(
        InvalidInputError,
        'INVALID_INPUT',
        locale,
        { path: error.path },
        { reason: FAULTS[error.reason][locale] },
      );
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}
