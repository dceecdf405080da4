import { isUuid } from '@atrium/kernel';
import {
  CurrencyCodeScalar,
  DateTimeScalar,
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  type Locale,
  make,
  NotFoundError,
  PointsAmountScalar,
  requirePermission,
  requireTenant,
  type Caller,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import type { PartnerRefusal } from '../use-cases/manage-partners';
import { PartnerRate, PartnerRateDirection, PointsPartner, toPartner, toRate } from './partner.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: 'Another loyalty programme.' })
export class RegisterPartnerInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => String, { description: 'Unique in the group: 1 to 32 capitals, digits, - or _.' })
  code: string;

  @Field(() => String, { description: 'As people read it.' })
  name: string;
}

@InputType({ description: 'Whether anything is exchanged with a partner.' })
export class SuspendPartnerInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  partnerId: string;

  @Field(() => Boolean, { defaultValue: true, description: 'False: resume.' })
  suspended: boolean;
}

@InputType({ description: 'A version of the exchange with a partner.' })
export class PublishPartnerRateInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'With whom.' })
  partnerId: string;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  effectiveFrom: Date;

  @Field(() => CurrencyCodeScalar, { description: 'Of the prices.' })
  currency: string;

  @Field(() => PartnerRateDirection, { nullable: true, description: 'Absent: units do not become points.' })
  issue?: PartnerRateDirection | null;

  @Field(() => PartnerRateDirection, { nullable: true, description: 'Absent: points do not become units.' })
  burn?: PartnerRateDirection | null;

  @Field(() => PointsAmountScalar, { defaultValue: 0n, description: 'An exchange is of so many points at least.' })
  minPoints: bigint;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'A member, business day and direction; absent: no limit.',
  })
  maxPointsPerDay?: bigint | null;
}

@ObjectType({ description: 'The partner as it is now.' })
export class PartnerSuccess {
  @Field(() => PointsPartner, { description: 'The partner.' })
  partner: PointsPartner;
}

@ObjectType({ description: 'The rate is published.' })
export class PublishPartnerRateSuccess {
  @Field(() => PartnerRate, { description: 'As it holds from its first instant on.' })
  rate: PartnerRate;
}

const errors = [NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const;
const RegisterPartnerResult = createUnionType({
  name: 'RegisterPartnerResult',
  description: 'The partner, or why there is none.',
  types: () => [PartnerSuccess, ...errors] as const,
});
const SuspendPartnerResult = createUnionType({
  name: 'SuspendPartnerResult',
  description: 'The partner, or why nothing changed.',
  types: () => [PartnerSuccess, ...errors] as const,
});
const PublishPartnerRateResult = createUnionType({
  name: 'PublishPartnerRateResult',
  description: 'The rate, or why it was not published.',
  types: () => [PublishPartnerRateSuccess, ...errors] as const,
});

@Resolver()
export class ManagePartnersMutations {
  @Mutation(() => RegisterPartnerResult, { description: 'Names a programme to exchange points with.' })
  async registerPartner(
    @Arg('input', () => RegisterPartnerInput) input: RegisterPartnerInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof RegisterPartnerResult> {
    mayManage(caller);
    const { idempotencyKey: key, code, name } = input;
    const result = await app.registerPartner(caller, { key, actor: caller.id, code, name });
    return result.ok ? make(PartnerSuccess, { partner: toPartner(result.value) }) : toRefusal(result.error, locale);
  }

  @Mutation(() => SuspendPartnerResult, { description: 'Stops or resumes the exchange with a partner.' })
  async suspendPartner(
    @Arg('input', () => SuspendPartnerInput) input: SuspendPartnerInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof SuspendPartnerResult> {
    mayManage(caller);
    const { idempotencyKey: key, partnerId, suspended } = input;
    if (!isUuid(partnerId)) return toRefusal({ code: 'NOT_FOUND' }, locale);
    const result = await app.suspendPartner(caller, { key, actor: caller.id, partnerId, suspended });
    return result.ok ? make(PartnerSuccess, { partner: toPartner(result.value) }) : toRefusal(result.error, locale);
  }

  @Mutation(() => PublishPartnerRateResult, {
    description: 'Publishes at which rate points are exchanged from when on.',
  })
  async publishPartnerRate(
    @Arg('input', () => PublishPartnerRateInput) input: PublishPartnerRateInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof PublishPartnerRateResult> {
    mayManage(caller);
    const { idempotencyKey: key, partnerId, issue, burn, maxPointsPerDay, ...rest } = input;
    if (!isUuid(partnerId)) return toRefusal({ code: 'NOT_FOUND' }, locale);
    const rate = { ...rest, issue: issue ?? null, burn: burn ?? null, maxPointsPerDay: maxPointsPerDay ?? null };
    const result = await app.publishPartnerRate(caller, { key, actor: caller.id, partnerId, rate });
    return result.ok
      ? make(PublishPartnerRateSuccess, { rate: toRate(result.value) })
      : toRefusal(result.error, locale);
  }
}

/** Prices are the whole group's. */
function mayManage(caller: Caller): void {
  requirePermission(caller, 'partner:manage', [requireTenant(caller)]);
}

function toRefusal(error: PartnerRefusal | IdempotencyRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT': {
      const reason = FAULTS[error.reason][locale];
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: error.path }, { reason });
    }
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}
