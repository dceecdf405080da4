import {
  CurrencyCodeScalar,
  DateTimeScalar,
  DecimalScalar,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  NotFoundError,
  UserError,
} from '@atrium/platform';
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ContractType } from './contract.type';
import { MallGroupType, MallType, MerchantType, StoreType } from './organisation.type';

const CODE = 'Letters, digits, "-" and "_", at most 40. Part of the identity, never changed.';

@InputType({ description: 'A new tenant.' })
export class CreateMallGroupInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => String, { description: CODE })
  code: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { description: 'IANA zone, like "Asia/Shanghai".' })
  timeZone: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;

  @Field(() => Int, {
    defaultValue: 240,
    description: 'Minutes after local midnight at which the business day begins.',
  })
  dayCutMinutes: number;

  @Field(() => DecimalScalar, {
    defaultValue: '0.01',
    description: "What one point is worth in money where no contract says otherwise; its cost is then the mall's.",
  })
  pointUnitValue: string;
}

@InputType({ description: 'A new mall of the group.' })
export class CreateMallInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => String, { description: CODE })
  code: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { description: 'IANA zone, like "Asia/Shanghai".' })
  timeZone: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;

  @Field(() => String, { defaultValue: '04:00', description: 'Local time at which the business day begins, HH:mm.' })
  dayCut: string;
}

@InputType({ description: 'A new merchant of a mall.' })
export class CreateMerchantInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  mallId: string;

  @Field(() => String, { description: CODE })
  code: string;

  @Field(() => String)
  name: string;
}

@InputType({ description: 'A new shop of a merchant.' })
export class CreateStoreInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  merchantId: string;

  @Field(() => String, { description: `${CODE} Unique in the whole group.` })
  code: string;

  @Field(() => String)
  name: string;
}

@InputType({
  description: 'The next version of the terms of a merchant, or of a mall for merchants without their own.',
})
export class PublishContractInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID, { nullable: true, description: 'Either the merchant or the mall.' })
  merchantId?: string | null;

  @Field(() => ID, { nullable: true })
  mallId?: string | null;

  @Field(() => DateTimeScalar, { description: 'Sales from this instant on have these terms.' })
  effectiveFrom: Date;

  @Field(() => DecimalScalar, { description: 'What one point is worth in money, like "0.01".' })
  pointUnitValue: string;

  @Field(() => DecimalScalar, { description: 'What the merchant pays for each point earned with it, like "0.008".' })
  pointPriceAtEarn: string;

  @Field(() => Int, { description: "The merchant's share of points spent with it, in basis points: 1000 is 10 %." })
  burnShareBps: number;

  @Field(() => Int, {
    description: "The merchant's share of tier discounts and of coupons funded by contract, in basis points.",
  })
  couponShareBps: number;
}

@ObjectType({ implements: UserError, description: 'The code belongs to something else already.' })
export class CodeTakenError extends UserError {}

@ObjectType({ description: 'The group, new or as it was created before.' })
export class CreateMallGroupSuccess {
  @Field(() => MallGroupType)
  mallGroup: MallGroupType;
}

@ObjectType({ description: 'The mall, new or as it was created before.' })
export class CreateMallSuccess {
  @Field(() => MallType)
  mall: MallType;
}

@ObjectType({ description: 'The merchant, new or as it was created before.' })
export class CreateMerchantSuccess {
  @Field(() => MerchantType)
  merchant: MerchantType;
}

@ObjectType({ description: 'The store, new or as it was created before.' })
export class CreateStoreSuccess {
  @Field(() => StoreType)
  store: StoreType;
}

@ObjectType({ description: 'The version that was published.' })
export class PublishContractSuccess {
  @Field(() => ContractType)
  contract: ContractType;
}

const refusals = [CodeTakenError, NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const;

export const CreateMallGroupResult = createUnionType({
  name: 'CreateMallGroupResult',
  types: () => [CreateMallGroupSuccess, ...refusals] as const,
});
export const CreateMallResult = createUnionType({
  name: 'CreateMallResult',
  types: () => [CreateMallSuccess, ...refusals] as const,
});
export const CreateMerchantResult = createUnionType({
  name: 'CreateMerchantResult',
  types: () => [CreateMerchantSuccess, ...refusals] as const,
});
export const CreateStoreResult = createUnionType({
  name: 'CreateStoreResult',
  types: () => [CreateStoreSuccess, ...refusals] as const,
});
export const PublishContractResult = createUnionType({
  name: 'PublishContractResult',
  types: () =>
    [PublishContractSuccess, NotFoundError, InvalidInputError, IdempotencyConflictError, InProgressError] as const,
});
