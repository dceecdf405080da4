// Terms that hold money or other parts: what is read and what is written differ by Money and MoneyInput.
import { DecimalScalar, MoneyInput, MoneyType, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { type CampaignTerms, DEFAULT_PROGRAMME, PLAIN_CAMPAIGN } from '../domain/terms';
import { MultiplierGroupName } from './terms.enums';
import {
  CampaignBudget,
  PointsCalendar,
  PointsDeskTerms,
  PointsEarningTerms,
  PointsExpiry,
  PointsGrowthTerms,
  PointsRefundTerms,
  PointsRuleName,
  PointsSaleConditions,
  PointsTransferTerms,
} from './terms.parts';

const D = DEFAULT_PROGRAMME;

@ObjectType({ description: 'What points are worth as payment.' })
export class PointsConversion {
  @Field(() => PointsAmountScalar, { description: 'So many points …' })
  points: bigint;

  @Field(() => MoneyType, { description: '… are worth this much.' })
  value: MoneyType;
}

@InputType({ description: 'So many points are worth so much money.' })
export class PointsConversionInput {
  @Field(() => PointsAmountScalar, { description: 'Above 0.' })
  points: bigint;

  @Field(() => MoneyInput, { description: 'Above 0.' })
  value: MoneyInput;
}

@ObjectType({ description: 'What points are worth to members of a tier.' })
export class PointsTierConversions {
  @Field(() => String, { description: "The tier's code." })
  tierCode: string;

  @Field(() => [PointsConversion], { description: 'One for each currency.' })
  conversions: PointsConversion[];
}

@InputType({ description: 'What points are worth to members of a tier.' })
export class PointsTierConversionsInput {
  @Field(() => String, { description: "The tier's code." })
  tierCode: string;

  @Field(() => [PointsConversionInput], { description: 'One for each currency.' })
  conversions: PointsConversionInput[];
}

@ObjectType('PointsSpendingLimits')
@InputType('PointsSpendingLimitsInput')
abstract class SpendingLimits {
  @Field(() => PointsAmountScalar, {
    defaultValue: D.spending.minPoints,
    description: 'Fewer points than this are not taken as payment.',
  })
  minPoints: bigint;

  @Field(() => PointsAmountScalar, {
    defaultValue: D.spending.stepPoints,
    description: 'Points are taken in multiples of this.',
  })
  stepPoints: bigint;

  @Field(() => DecimalScalar, {
    defaultValue: D.spending.maxPercentOfEligible,
    description: 'Share of the eligible net amount that points may cover, 0 to 100.',
  })
  maxPercentOfEligible: string;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'For one order; absent: no limit.' })
  maxPointsPerOrder?: bigint | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'For a member on a business day; absent: no limit.' })
  maxPointsPerDay?: bigint | null;

  @Field(() => [ID], { nullable: true, description: 'Where points are taken; absent: at every merchant.' })
  merchantIds?: string[] | null;

  @Field(() => [String], { defaultValue: [], description: 'Lines of these categories are not paid with points.' })
  excludedCategories: string[];

  @Field(() => Int, {
    defaultValue: D.spending.holdMinutes,
    description: 'How long points stay set aside at a till and for a checkout at the most.',
  })
  holdMinutes: number;

  @Field(() => Int, {
    defaultValue: D.spending.parkingHoldMinutes,
    description: 'How long points stay set aside for parking.',
  })
  parkingHoldMinutes: number;

  @Field(() => Int, {
    defaultValue: D.spending.onlinePaymentMinutes,
    description: 'How long an online payment may take, when the shop does not say; points are set aside as long.',
  })
  onlinePaymentMinutes: number;

  @Field(() => Int, {
    defaultValue: D.spending.onlineGraceMinutes,
    description: 'So many minutes longer than an online payment may take.',
  })
  onlineGraceMinutes: number;

  @Field(() => Int, {
    defaultValue: D.spending.priceLockMinutes,
    description: 'So long after a newer version came into force, what was quoted under this one is still honoured.',
  })
  priceLockMinutes: number;
}

@ObjectType({ description: 'How points pay.' })
export class PointsSpendingTerms extends SpendingLimits {
  @Field(() => [PointsConversion], { description: 'One for each currency in which points pay.' })
  conversions: PointsConversion[];

  @Field(() => [PointsTierConversions], { description: 'For some tiers instead of `conversions`.' })
  tierConversions: PointsTierConversions[];
}

@InputType({ description: 'How points pay.' })
export class PointsSpendingTermsInput extends SpendingLimits {
  @Field(() => [PointsConversionInput], {
    defaultValue: [],
    description: 'One for each currency in which points pay; none: points do not pay.',
  })
  conversions: PointsConversionInput[];

  @Field(() => [PointsTierConversionsInput], {
    defaultValue: [],
    description: 'For some tiers instead of `conversions`.',
  })
  tierConversions: PointsTierConversionsInput[];
}

@ObjectType('PointsProgrammeFigures')
@InputType('PointsProgrammeFiguresInput')
abstract class ProgrammeFigures {
  @Field(() => Int, {
    defaultValue: D.lateCreditDays,
    description: 'Points that are credited late live at least this many days.',
  })
  lateCreditDays: number;

  @Field(() => [Int], {
    defaultValue: [...D.noticeDays],
    description: 'Days before an expiry on which the member is told.',
  })
  noticeDays: number[];

  @Field(() => Int, {
    defaultValue: D.dayCutHour,
    description: 'Hour of the local night at which the business day changes, 0 to 23.',
  })
  dayCutHour: number;
}

@ObjectType({ description: 'The terms of the programme as a whole.' })
export class PointsProgrammeTerms extends ProgrammeFigures {
  @Field(() => PointsExpiry, { description: 'Until when points live.' })
  expiry: PointsExpiry;

  @Field(() => PointsEarningTerms, { description: 'How sales earn.' })
  earning: PointsEarningTerms;

  @Field(() => PointsGrowthTerms, { description: 'How sales raise the growth value.' })
  growth: PointsGrowthTerms;

  @Field(() => PointsSpendingTerms, { description: 'How points pay.' })
  spending: PointsSpendingTerms;

  @Field(() => PointsRefundTerms, { description: 'What refunds do.' })
  refunds: PointsRefundTerms;

  @Field(() => PointsDeskTerms, { description: 'What staff may do alone.' })
  desk: PointsDeskTerms;

  @Field(() => PointsTransferTerms, { description: 'Points from member to member.' })
  transfers: PointsTransferTerms;
}

@InputType({
  description: 'The terms of the programme as a whole; each has the default of a programme that says nothing.',
})
export class PointsProgrammeTermsInput extends ProgrammeFigures {
  @Field(() => PointsExpiry, {
    nullable: true,
    description: 'Until when points live; absent: until the end of next year.',
  })
  expiry?: PointsExpiry | null;

  @Field(() => PointsEarningTerms, { nullable: true, description: 'How sales earn.' })
  earning?: PointsEarningTerms | null;

  @Field(() => PointsGrowthTerms, { nullable: true, description: 'How sales raise the growth value.' })
  growth?: PointsGrowthTerms | null;

  @Field(() => PointsSpendingTermsInput, { nullable: true, description: 'How points pay; absent: not at all.' })
  spending?: PointsSpendingTermsInput | null;

  @Field(() => PointsRefundTerms, { nullable: true, description: 'What refunds do.' })
  refunds?: PointsRefundTerms | null;

  @Field(() => PointsDeskTerms, { nullable: true, description: 'What staff may do alone.' })
  desk?: PointsDeskTerms | null;

  @Field(() => PointsTransferTerms, { nullable: true, description: 'Points from member to member.' })
  transfers?: PointsTransferTerms | null;
}

@ObjectType({ description: 'Fixed points from an eligible amount on; the highest step reached counts.' })
export class CampaignThreshold {
  @Field(() => MoneyType, { description: 'From this amount on.' })
  from: MoneyType;

  @Field(() => PointsAmountScalar, { description: 'So many points.' })
  points: bigint;
}

@InputType({ description: 'Fixed points from an eligible amount on; the highest step reached counts.' })
export class CampaignThresholdInput {
  @Field(() => MoneyInput, { description: 'From this amount on; steps of one currency rise.' })
  from: MoneyInput;

  @Field(() => PointsAmountScalar, { description: 'So many points.' })
  points: bigint;
}

@ObjectType('CampaignFigures')
@InputType('CampaignFiguresInput')
abstract class CampaignFigures {
  @Field(() => [PointsRuleName], { defaultValue: [], description: 'By language.' })
  names: PointsRuleName[];

  @Field(() => MultiplierGroupName, {
    defaultValue: PLAIN_CAMPAIGN.group,
    description: 'With which multipliers it competes.',
  })
  group: CampaignTerms['group'];

  @Field(() => DecimalScalar, {
    defaultValue: PLAIN_CAMPAIGN.multiplier,
    description: 'At least 1; 1 for a campaign of fixed points only.',
  })
  multiplier: string;

  @Field(() => Int, {
    defaultValue: PLAIN_CAMPAIGN.priority,
    description: 'Where a group goes by PRIORITY: the larger one wins.',
  })
  priority: number;

  @Field(() => [String], { defaultValue: [], description: 'Tier codes; none: for every tier.' })
  tiers: string[];

  @Field(() => CampaignBudget, { nullable: true, description: 'What it may give in all; absent: without end.' })
  budget?: CampaignBudget | null;
}

@ObjectType('CampaignTerms', { description: 'A time in which points are multiplied or given extra.' })
export class CampaignTermsType extends CampaignFigures {
  @Field(() => PointsSaleConditions, { description: 'Which sales are meant.' })
  conditions: PointsSaleConditions;

  @Field(() => PointsCalendar, { description: 'When it holds inside its dates.' })
  calendar: PointsCalendar;

  @Field(() => [CampaignThreshold], { description: 'Fixed points by amount.' })
  thresholds: CampaignThreshold[];
}

@InputType({ description: 'A time in which points are multiplied or given extra.' })
export class CampaignTermsInput extends CampaignFigures {
  @Field(() => PointsSaleConditions, { nullable: true, description: 'Which sales are meant; absent: every sale.' })
  conditions?: PointsSaleConditions | null;

  @Field(() => PointsCalendar, { nullable: true, description: 'When it holds inside its dates; absent: every day.' })
  calendar?: PointsCalendar | null;

  @Field(() => [CampaignThresholdInput], { defaultValue: [], description: 'Fixed points by amount.' })
  thresholds: CampaignThresholdInput[];
}
