import {
  connectionTypes,
  CurrencyCodeScalar,
  DateTimeScalar,
  DecimalScalar,
  make,
  MoneyType,
  PointsAmountScalar,
  toMoneyType,
  UserError,
} from '@atrium/platform';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Exchange } from '../use-cases/exchange-points';
import type { ExchangeRate, Partner } from '../use-cases/manage-partners';

export enum PartnerStatus {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
}
registerEnumType(PartnerStatus, {
  name: 'PartnerStatus',
  description: 'Whether anything is exchanged with a partner.',
});

export enum ExchangeDirection {
  ISSUE = 'ISSUE',
  BURN = 'BURN',
}
registerEnumType(ExchangeDirection, {
  name: 'ExchangeDirection',
  description: "ISSUE: the partner's units become points. BURN: points become units.",
});

export enum ExchangeStatus {
  POSTED = 'POSTED',
  REVERSED = 'REVERSED',
}
registerEnumType(ExchangeStatus, { name: 'ExchangeStatus', description: 'Whether an exchange stands.' });

@ObjectType('PartnerRateDirection', { description: 'Terms of one direction.' })
@InputType('PartnerRateDirectionInput', { description: 'Terms of one direction.' })
export class PartnerRateDirection {
  @Field(() => DecimalScalar, { description: "Our points for one of the partner's units. Above 0." })
  pointsPerUnit: string;

  @Field(() => DecimalScalar, {
    description: 'Money for one of our points: ISSUE: what the partner pays us, BURN: what we pay the partner.',
  })
  pricePerPoint: string;
}

@ObjectType({ description: 'A version of the exchange with a partner.' })
export class PartnerRate {
  @Field(() => ID, { description: "This version's id, as explanations name it." })
  id: string;

  @Field(() => Int, { description: 'Rises from 1.' })
  version: number;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds; until the next one begins.' })
  effectiveFrom: Date;

  @Field(() => CurrencyCodeScalar, { description: 'Of the prices.' })
  currency: string;

  @Field(() => PartnerRateDirection, { nullable: true, description: 'Null: units do not become points.' })
  issue: PartnerRateDirection | null;

  @Field(() => PartnerRateDirection, { nullable: true, description: 'Null: points do not become units.' })
  burn: PartnerRateDirection | null;

  @Field(() => PointsAmountScalar, { description: 'An exchange is of so many points at least.' })
  minPoints: bigint;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'So many points a member, business day and direction at most. Null: no limit.',
  })
  maxPointsPerDay: bigint | null;
}

@ObjectType('PointsPartner', { description: 'Another loyalty programme that points are exchanged with.' })
export class PointsPartner {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;

  @Field(() => String, { description: 'As integrations name it.' })
  code: string;

  @Field(() => String, { description: 'As people read it.' })
  name: string;

  @Field(() => PartnerStatus, { description: 'Whether anything is exchanged now.' })
  status: PartnerStatus;
}

@ObjectType({ description: "A partner's units that became points, or points that became units." })
export class PartnerExchange {
  @Field(() => ID, { description: 'Follows from the partner and its number.' })
  id: string;

  @Field(() => ID, { description: 'With whom.' })
  partnerId: string;

  @Field(() => String, { description: "The partner's own number." })
  externalId: string;

  @Field(() => ExchangeDirection, { description: 'Which way.' })
  direction: ExchangeDirection;

  @Field(() => PointsAmountScalar, { description: "The partner's units, whole." })
  units: bigint;

  @Field(() => PointsAmountScalar, { description: 'Our points.' })
  points: bigint;

  @Field(() => MoneyType, { description: 'ISSUE: what the partner owes us. BURN: what we owe it.' })
  price: MoneyType;

  @Field(() => ExchangeStatus, { description: 'Whether it stands.' })
  status: ExchangeStatus;

  @Field(() => DateTimeScalar, { description: 'When it happened; the rate of that instant counts.' })
  occurredAt: Date;

  @Field(() => ID, { description: 'The version of the rate.' })
  rateId: string;
}

export const { Connection: PartnerExchangeConnection } = connectionTypes('PartnerExchange', () => PartnerExchange);
export type PartnerExchangeConnection = InstanceType<typeof PartnerExchangeConnection>;

@ObjectType({ implements: UserError, description: 'No rate for this direction, or the partner is suspended.' })
export class PartnerNotExchangedError extends UserError {}

@ObjectType({ implements: UserError, description: 'The number names an exchange with other content.' })
export class PartnerExchangeConflictError extends UserError {
  @Field(() => PartnerExchange, { description: 'The one that it names.' })
  exchange: PartnerExchange;
}

@ObjectType({ implements: UserError, description: 'Fewer points than the rate allows, or more than a day allows.' })
export class ExchangeLimitError extends UserError {
  @Field(() => PointsAmountScalar, { description: 'The limit.' })
  limit: bigint;
}

export const toPartner = ({ id, code, name, status }: Partner): PointsPartner =>
  make(PointsPartner, { id, code, name, status: PartnerStatus[status] });

const toDirection = (terms: PartnerRateDirection | null) => terms && make(PartnerRateDirection, { ...terms });

export const toRate = (rate: ExchangeRate): PartnerRate =>
  make(PartnerRate, {
    id: rate.id,
    version: Number(rate.version),
    effectiveFrom: rate.effectiveFrom,
    currency: rate.currency,
    issue: toDirection(rate.issue),
    burn: toDirection(rate.burn),
    minPoints: rate.minPoints,
    maxPointsPerDay: rate.maxPointsPerDay,
  });

export const toExchange = (e: Exchange): PartnerExchange =>
  make(PartnerExchange, {
    id: e.id,
    partnerId: e.partnerId,
    externalId: e.externalId,
    direction: ExchangeDirection[e.direction],
    units: e.units,
    points: e.points,
    price: toMoneyType(e.priceMinor, e.currency),
    status: ExchangeStatus[e.status],
    occurredAt: e.occurredAt,
    rateId: e.rateId,
  });
