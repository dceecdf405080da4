import { CurrencyCodeScalar, DateTimeScalar, DecimalScalar } from '@atrium/platform';
import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { CouponTypeEnum } from './coupon.type';

export enum CouponValidityKind {
  RELATIVE = 'RELATIVE',
  FIXED = 'FIXED',
}
registerEnumType(CouponValidityKind, {
  name: 'CouponValidityKind',
  description: 'RELATIVE counts days from the issue, FIXED is the same span for all.',
});

@InputType()
export class CouponNameInput {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String)
  name: string;
}

@InputType()
export class CouponDescriptionInput {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String)
  description: string;
}

@InputType({ description: 'Where and for what. Empty or absent lists do not narrow.' })
export class CouponScopeInput {
  @Field(() => [ID], { nullable: true })
  mallIds?: string[] | null;

  @Field(() => [ID], { nullable: true })
  merchantIds?: string[] | null;

  @Field(() => [ID], { nullable: true })
  storeIds?: string[] | null;

  @Field(() => [String], { nullable: true })
  categories?: string[] | null;
}

@InputType()
export class CouponValidityInput {
  @Field(() => CouponValidityKind)
  kind: CouponValidityKind;

  @Field(() => Int, { nullable: true, description: 'RELATIVE: days until it begins; 0 or absent begins at once.' })
  startDelayDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'RELATIVE: local days, the first one counted.' })
  days?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'FIXED.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'FIXED: first instant at which it is over.' })
  until?: Date | null;
}

@InputType()
export class CouponFundingInput {
  @Field(() => String, { description: 'MALL, MERCHANT (the one where it is redeemed) or the id of a merchant.' })
  party: string;

  @Field(() => Int)
  shareBps: number;
}

@InputType()
export class PublishCouponTemplateInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID, { nullable: true, description: 'The mall that publishes; absent for the whole group.' })
  nodeId?: string | null;

  @Field(() => String, { description: 'The same code again is a new version.' })
  code: string;

  @Field(() => CouponTypeEnum, { description: 'CASH or PERCENT.' })
  type: CouponTypeEnum;

  @Field(() => [CouponNameInput])
  names: CouponNameInput[];

  @Field(() => [CouponDescriptionInput], { nullable: true })
  descriptions?: CouponDescriptionInput[] | null;

  @Field(() => CurrencyCodeScalar)
  currency: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'CASH: what it takes off.' })
  faceAmount?: string | null;

  @Field(() => Int, { nullable: true, description: 'PERCENT: what it takes off, 1 to 10000.' })
  percentOffBps?: number | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'PERCENT: the most that it takes off.' })
  maxOff?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The least amount that it can be used on.' })
  threshold?: string | null;

  @Field(() => CouponScopeInput, { nullable: true })
  scope?: CouponScopeInput | null;

  @Field(() => CouponValidityInput)
  validity: CouponValidityInput;

  @Field(() => DateTimeScalar)
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  effectiveTo?: Date | null;

  @Field(() => Int, { nullable: true, description: 'How many of this version can be claimed; absent for no limit.' })
  stock?: number | null;

  @Field(() => Int, { defaultValue: 1, description: 'Over all versions.' })
  claimLimitPerMember: number;

  @Field(() => [CouponFundingInput], { description: 'Who bears the cost; the shares sum to 10000.' })
  funding: CouponFundingInput[];

  @Field(() => [String], { nullable: true, description: 'Codes of tiers that this is the gift of, once in a year.' })
  grantOnTier?: string[] | null;

  @Field(() => Boolean, { defaultValue: true })
  claimable: boolean;

  @Field(() => [String], { nullable: true, description: 'Codes of tiers that may claim; absent for all.' })
  tiers?: string[] | null;

  @Field(() => String, { defaultValue: 'DEFAULT', description: 'At most one coupon of a category in one checkout.' })
  stackCategory: string;
}

@InputType()
export class PauseCouponTemplateInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  templateId: string;

  @Field(() => Boolean, { defaultValue: true, description: 'False resumes.' })
  paused: boolean;
}

@InputType()
export class PublishCheckoutPolicyInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => Int, { description: 'How long a reserved basket waits for its payment. 15 until published.' })
  holdMinutes: number;

  @Field(() => Int, { description: 'How long a quote is worth asking for. 10 until published.' })
  quoteMinutes: number;

  @Field(() => Int, { description: 'Coupons in one checkout, at most 3. 3 until published.' })
  maxCoupons: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Absent for at once.' })
  effectiveFrom?: Date | null;
}
