import { isUuid } from '@atrium/kernel';
import {
  DateTimeScalar,
  IdempotencyConflictError,
  InProgressError,
  InsufficientPointsError,
  InvalidInputError,
  type Locale,
  make,
  NotEligibleError,
  NotFoundError,
  PointsAmountScalar,
  requireAnywhere,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { AccountFrozenError } from '../../ledger/api/account-frozen.error';
import { PointsAccount } from '../../ledger/api/points-account.type';
import type { ExchangeRefusal } from '../use-cases/exchange-points';
import {
  ExchangeDirection,
  ExchangeLimitError,
  PartnerExchange,
  PartnerExchangeConflictError,
  PartnerNotExchangedError,
  toExchange,
} from './partner.type';
import { FAULTS, refuse } from './texts';

@InputType({ description: "A partner's units to become points, or points to become units." })
export class ExchangePartnerPointsInput {
  @Field(() => ID, { description: 'With whom.' })
  partnerId: string;

  @Field(() => String, { description: "The partner's own number: the exchange's identity for ever." })
  externalId: string;

  @Field(() => ID, { description: 'Whose points.' })
  memberId: string;

  @Field(() => ExchangeDirection, { description: 'Which way.' })
  direction: ExchangeDirection;

  @Field(() => PointsAmountScalar, { description: "The partner's units, whole; above 0." })
  units: bigint;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Absent: now. The rate of that instant counts.' })
  occurredAt?: Date | null;
}

@ObjectType({ description: 'The exchange stands.' })
export class ExchangePartnerPointsSuccess {
  @Field(() => PartnerExchange, { description: 'With points and price.' })
  exchange: PartnerExchange;

  @Field(() => PointsAccount, { description: 'The balances now.' })
  account: PointsAccount;

  @Field(() => Boolean, {
    description: 'True when the same exchange had been posted before: the answer is the first one.',
  })
  duplicate: boolean;
}

const ExchangePartnerPointsResult = createUnionType({
  name: 'ExchangePartnerPointsResult',
  description: 'The exchange, or why there is none.',
  types: () =>
    [
      ExchangePartnerPointsSuccess,
      PartnerExchangeConflictError,
      PartnerNotExchangedError,
      ExchangeLimitError,
      InsufficientPointsError,
      AccountFrozenError,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
    ] as const,
});

@InputType({ description: 'An exchange to undo.' })
export class ReversePartnerExchangeInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'With whom it was.' })
  partnerId: string;

  @Field(() => String, { description: "The partner's own number." })
  externalId: string;
}

@ObjectType({ description: 'The exchange is undone.' })
export class ReversePartnerExchangeSuccess {
  @Field(() => PartnerExchange, { description: 'As it is now.' })
  exchange: PartnerExchange;
}

const ReversePartnerExchangeResult = createUnionType({
  name: 'ReversePartnerExchangeResult',
  description: 'The exchange that is undone, or why not.',
  types: () => [ReversePartnerExchangeSuccess, NotFoundError, IdempotencyConflictError, InProgressError] as const,
});

@Resolver()
export class ExchangePointsMutations {
  @Mutation(() => ExchangePartnerPointsResult, {
    description:
      "Exchanges with a partner's programme at the rate of that instant. The same number with the same content is one exchange.",
  })
  async exchangePartnerPoints(
    @Arg('input', () => ExchangePartnerPointsInput) input: ExchangePartnerPointsInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof ExchangePartnerPointsResult> {
    requireAnywhere(caller, 'partner:exchange');
    const { partnerId, memberId } = input;
    if (!isUuid(partnerId) || !isUuid(memberId)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.exchangePoints(caller, { ...input, occurredAt: input.occurredAt ?? null });
    if (!result.ok) return toRefusal(result.error, locale);
    const { exchange, duplicate } = result.value;
    const account = make(PointsAccount, await load.account.clear(memberId).load(memberId));
    return make(ExchangePartnerPointsSuccess, { exchange: toExchange(exchange), account, duplicate });
  }

  @Mutation(() => ReversePartnerExchangeResult, {
    description:
      'Undoes an exchange: issued points are taken back (spent ones are owed), burned ones return to their lots.',
  })
  async reversePartnerExchange(
    @Arg('input', () => ReversePartnerExchangeInput) input: ReversePartnerExchangeInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof ReversePartnerExchangeResult> {
    requireAnywhere(caller, 'partner:exchange');
    const { idempotencyKey: key, partnerId, externalId } = input;
    if (!isUuid(partnerId)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const result = await app.reverseExchange(caller, { key, actor: caller.id, partnerId, externalId });
    if (result.ok) return make(ReversePartnerExchangeSuccess, { exchange: toExchange(result.value) });
    switch (result.error.code) {
      case 'NOT_FOUND':
        return refuse(NotFoundError, 'NOT_FOUND', locale, {});
      case 'IDEMPOTENCY_CONFLICT':
        return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
      case 'IN_PROGRESS':
        return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    }
  }
}

function toRefusal(error: ExchangeRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT': {
      const reason = FAULTS[error.reason][locale];
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: error.path }, { reason });
    }
    case 'NOT_EXCHANGED':
      return refuse(PartnerNotExchangedError, 'PARTNER_NOT_EXCHANGED', locale, {});
    case 'CONFLICT':
      return refuse(PartnerExchangeConflictError, 'PARTNER_EXCHANGE_CONFLICT', locale, {
        exchange: toExchange(error.exchange),
      });
    case 'BELOW_MINIMUM':
      return refuse(
        ExchangeLimitError,
        'EXCHANGE_BELOW_MINIMUM',
        locale,
        { limit: error.minimum },
        { limit: error.minimum },
      );
    case 'LIMIT_REACHED':
      return refuse(
        ExchangeLimitError,
        'EXCHANGE_LIMIT_REACHED',
        locale,
        { limit: error.limit },
        { limit: error.limit },
      );
    case 'INSUFFICIENT_POINTS': {
      const { available, requested } = error;
      const figures = { available, requested };
      return refuse(InsufficientPointsError, 'INSUFFICIENT_POINTS', locale, figures, figures);
    }
    case 'IN_DEBT':
      return refuse(NotEligibleError, 'POINTS_IN_DEBT', locale, {});
    case 'ACCOUNT_FROZEN':
      return refuse(AccountFrozenError, 'ACCOUNT_FROZEN', locale, {});
  }
}
