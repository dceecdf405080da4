// Parts of rules that the graph reads and writes alike: each class is an object type and an input type. Defaults are
// those of a programme that says nothing.
import { DecimalScalar, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  type AcrossGroups,
  type CampaignCalendar,
  type CampaignTerms,
  DEFAULT_PROGRAMME,
  type EarningTerms,
  type ExpiryTerms,
  type InteractionTerms,
  type RefundTerms,
  type SpentPointsPolicy,
  type WithinGroup,
} from '../domain/terms';
import * as enums from './terms.enums';

const D = DEFAULT_PROGRAMME;

/** One class, two types: `Name` and `NameInput`. */
function both(name: string, description: string): ClassDecorator {
  return (target) => {
    ObjectType(name, { description })(target);
    InputType(`${name}Input`, { description })(target);
  };
}

@both('PointsRuleName', 'A name in one language.')
export class PointsRuleName {
  @Field(() => String, { description: 'zh-CN or en.' })
  locale: string;

  @Field(() => String, { description: 'As members read it.' })
  name: string;
}

@both('PointsExpiry', 'Until when points live, in the time zone of the mall.')
export class PointsExpiry {
  @Field(() => enums.PointsExpiryMode, { description: 'Says which of the other fields are set.' })
  mode: ExpiryTerms['mode'];

  @Field(() => Int, { nullable: true, description: 'For AFTER and END_OF_PERIOD.' })
  count?: number | null;

  @Field(() => enums.PointsExpiryUnit, { nullable: true, description: 'For AFTER.' })
  unit?: 'DAY' | 'MONTH' | null;

  @Field(() => enums.PointsExpiryStart, { nullable: true, description: 'For AFTER; EARNED when left out.' })
  from?: 'EARNED' | 'AVAILABLE' | null;

  @Field(() => enums.PointsExpiryRounding, { nullable: true, description: 'For AFTER; DAY when left out.' })
  roundTo?: 'NONE' | 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR' | null;

  @Field(() => enums.PointsPeriod, { nullable: true, description: 'For END_OF_PERIOD.' })
  period?: 'MONTH' | 'QUARTER' | 'YEAR' | null;

  @Field(() => String, { nullable: true, description: 'For FIXED_DATE: the last day, YYYY-MM-DD.' })
  date?: string | null;

  @Field(() => Int, { nullable: true, description: 'For SLIDING.' })
  months?: number | null;
}

const WITHIN = { defaultValue: 'BEST_OF' as WithinGroup };

@both('MultipliersWithinGroups', 'How several multipliers of one group meet, group by group.')
export class MultipliersWithinGroups {
  @Field(() => enums.MultiplierWithinGroup, { ...WITHIN, description: 'Tier multipliers.' })
  tier: WithinGroup;

  @Field(() => enums.MultiplierWithinGroup, { ...WITHIN, description: 'Campaigns.' })
  campaign: WithinGroup;

  @Field(() => enums.MultiplierWithinGroup, { ...WITHIN, description: "The member's own days." })
  member: WithinGroup;

  @Field(() => enums.MultiplierWithinGroup, { ...WITHIN, description: 'Ways of paying.' })
  payment: WithinGroup;
}

@both('PointsPending', 'When earned points can be spent.')
export class PointsPending {
  @Field(() => enums.PointsPendingMode, { description: 'By time or by confirmation.' })
  mode: EarningTerms['pending']['mode'];

  @Field(() => Int, { nullable: true, description: 'For DAYS; 0 is at once.' })
  days?: number | null;
}

@both('PointsBackdated', 'What becomes of sales that were reported late. A limit that is absent does not exist.')
export class PointsBackdated {
  @Field(() => Int, { nullable: true, description: 'Reported more days later, a person must agree before they earn.' })
  approvalAfterDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'Reported more days later, they earn nothing.' })
  rejectAfterDays?: number | null;
}

@both('PointsEarningTerms', 'How sales earn.')
export class PointsEarningTerms {
  @Field(() => enums.PointsEarnBasis, { defaultValue: D.earning.basis, description: 'What of a line counts.' })
  basis: EarningTerms['basis'];

  @Field(() => MultipliersWithinGroups, { nullable: true, description: 'How multipliers of one group meet.' })
  withinGroup?: MultipliersWithinGroups | null;

  @Field(() => enums.MultiplierAcrossGroups, {
    defaultValue: D.earning.acrossGroups,
    description: 'How the groups of multipliers meet.',
  })
  acrossGroups: AcrossGroups;

  @Field(() => DecimalScalar, { nullable: true, description: 'Cap on the combined multiplier; absent: none.' })
  maxMultiplier?: string | null;

  @Field(() => enums.PointsRounding, { defaultValue: D.earning.rounding, description: 'Once for each sale.' })
  rounding: EarningTerms['rounding'];

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Cap for one sale; absent: none.' })
  maxPointsPerTransaction?: bigint | null;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'Cap for a member on a business day; absent: none.',
  })
  maxPointsPerDay?: bigint | null;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'Cap for a member at one merchant on a business day; absent: none.',
  })
  maxPointsPerMerchantDay?: bigint | null;

  @Field(() => PointsPending, { nullable: true, description: 'When earned points can be spent; absent: at once.' })
  pending?: PointsPending | null;

  @Field(() => PointsBackdated, {
    nullable: true,
    description:
      'Sales reported late; absent: approval after 7 days, nothing after 90. Empty: history earns like any sale.',
  })
  backdated?: PointsBackdated | null;
}

@both('PointsGrowthTerms', 'How sales raise the growth value.')
export class PointsGrowthTerms {
  @Field(() => DecimalScalar, {
    defaultValue: D.growth.perUnit,
    description: 'Growth value for a major unit of currency where the earn rule has no rate of its own.',
  })
  perUnit: string;

  @Field(() => Boolean, { defaultValue: D.growth.multiplied, description: 'Whether multipliers speed it up as well.' })
  multiplied: boolean;

  @Field(() => enums.PointsRounding, { defaultValue: D.growth.rounding, description: 'Once for each sale.' })
  rounding: EarningTerms['rounding'];
}

@both('SpentPointsTerms', 'What happens when a refund takes back points that were spent.')
export class SpentPointsTerms {
  @Field(() => enums.SpentPointsMode, { description: 'Who bears it.' })
  mode: SpentPointsPolicy['mode'];

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'For ALLOW_NEGATIVE: the most that may be owed; absent: the points of one sale.',
  })
  limit?: bigint | null;
}

@both('AfterExpiryTerms', 'Points given back after their expiry.')
export class AfterExpiryTerms {
  @Field(() => enums.AfterExpiryMode, { description: 'What becomes of them.' })
  mode: RefundTerms['afterExpiry']['mode'];

  @Field(() => Int, { nullable: true, description: 'For GRACE_DAYS.' })
  days?: number | null;
}

@both('PointsRefundTerms', 'What refunds do.')
export class PointsRefundTerms {
  @Field(() => SpentPointsTerms, {
    nullable: true,
    description: 'Points that were spent and are taken back; absent: owed, up to the points of one sale.',
  })
  spentPoints?: SpentPointsTerms | null;

  @Field(() => enums.SplitTenderMode, {
    defaultValue: D.refunds.splitTender,
    description: 'How a refund is shared between money and points.',
  })
  splitTender: RefundTerms['splitTender'];

  @Field(() => AfterExpiryTerms, {
    nullable: true,
    description: 'Points given back after their expiry; absent: 30 days of grace.',
  })
  afterExpiry?: AfterExpiryTerms | null;
}

@both('PointsDeskTerms', 'What staff may do alone.')
export class PointsDeskTerms {
  @Field(() => PointsAmountScalar, {
    defaultValue: D.desk.approvalAbove,
    description: 'Adjustments of more points than this need a second person.',
  })
  approvalAbove: bigint;

  @Field(() => PointsAmountScalar, {
    defaultValue: D.desk.writeOffAbove,
    description: 'Write-offs of more owed points than this need a second person; 0: every one.',
  })
  writeOffAbove: bigint;

  @Field(() => Int, {
    defaultValue: D.desk.approvalDays,
    description: 'So many days a request waits for a second person.',
  })
  approvalDays: number;

  @Field(() => Int, {
    defaultValue: D.desk.exceptionDays,
    description: 'So many days staff have to settle an exception.',
  })
  exceptionDays: number;

  @Field(() => [String], {
    defaultValue: [...D.desk.reasonCodes],
    description: 'What staff may give as the reason of an adjustment or write-off, beside their own words.',
  })
  reasonCodes: string[];
}

@both('PointsTransferTerms', 'Points from member to member.')
export class PointsTransferTerms {
  @Field(() => Boolean, { defaultValue: D.transfers.enabled, description: 'Whether there are any.' })
  enabled: boolean;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'For one transfer; absent: no limit.' })
  maxPointsPerTransfer?: bigint | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'For a sender on a business day; absent: no limit.' })
  maxPointsPerDay?: bigint | null;

  @Field(() => Int, { nullable: true, description: 'For a sender on a business day; absent: no limit.' })
  maxTransfersPerDay?: number | null;
}

@both('PointsSaleConditions', 'Which sales are meant; what is left out does not matter.')
export class PointsSaleConditions {
  @Field(() => ID, { nullable: true, description: 'Where; absent: at every merchant.' })
  merchantId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Where; absent: in every store.' })
  storeId?: string | null;

  @Field(() => String, { nullable: true, description: 'Which lines; absent: of every category.' })
  category?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the sale was made, as the source states it, like POS; absent: in any way.',
  })
  channel?: string | null;

  @Field(() => String, { nullable: true, description: 'How it was paid, as the source states it; absent: in any way.' })
  paymentMethod?: string | null;
}

@both('EarnRuleTerms', 'How many points and how much growth a unit of currency earns, and where.')
export class EarnRuleTerms extends PointsSaleConditions {
  @Field(() => DecimalScalar, { description: 'Points for a major unit of currency.' })
  rate: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Growth for a major unit of currency; absent: the programme's own.",
  })
  growthRate?: string | null;
}

@both('PointsCalendar', "When a campaign holds inside its dates, by the mall's business days.")
export class PointsCalendar {
  @Field(() => enums.CampaignCalendarMode, { description: 'Says which of the other fields is set.' })
  mode: CampaignCalendar['mode'];

  @Field(() => [Int], { nullable: true, description: 'For WEEKDAYS: 1 is Monday, 7 Sunday.' })
  weekdays?: number[] | null;

  @Field(() => [Int], { nullable: true, description: 'For MONTH_DAYS: 1 to 31.' })
  monthDays?: number[] | null;
}

@both('CampaignBudget', 'Points that a campaign may give in all, exact under concurrency.')
export class CampaignBudget {
  @Field(() => PointsAmountScalar, { description: 'For all members and all time of the rule.' })
  points: bigint;

  @Field(() => enums.BudgetExhaustion, { defaultValue: 'PARTIAL', description: 'What the last sale gets.' })
  onExhaustion: NonNullable<CampaignTerms['budget']>['onExhaustion'];
}

@both('InteractionStreak', 'Extra points on every so-many-th day in a row.')
export class InteractionStreak {
  @Field(() => Int, { description: 'Days in a row, 2 to 365.' })
  days: number;

  @Field(() => PointsAmountScalar, { description: 'Extra points on the last of them.' })
  points: bigint;
}

@both('InteractionTerms', 'Points for something other than a sale.')
export class InteractionTermsType {
  @Field(() => [PointsRuleName], { defaultValue: [], description: 'By language.' })
  names: PointsRuleName[];

  @Field(() => enums.InteractionKind, { description: 'What the member does.' })
  kind: InteractionTerms['kind'];

  @Field(() => PointsAmountScalar, { defaultValue: 0n, description: 'Points for it.' })
  points: bigint;

  @Field(() => PointsAmountScalar, { defaultValue: 0n, description: 'Growth value for it.' })
  growth: bigint;

  @Field(() => Int, { nullable: true, description: 'So often a member on a business day; absent: no limit.' })
  maxPerDay?: number | null;

  @Field(() => Int, { nullable: true, description: 'So often a member in all; absent: no limit.' })
  maxPerMember?: number | null;

  @Field(() => enums.InteractionProof, { defaultValue: 'NONE', description: 'What has to come with it.' })
  proof: InteractionTerms['proof'];

  @Field(() => String, {
    nullable: true,
    description: 'For SIGNED: the Ed25519 public key of who signs, 32 bytes as base64url.',
  })
  proofKey?: string | null;

  @Field(() => InteractionStreak, { nullable: true, description: 'Extra points for days in a row; absent: none.' })
  streak?: InteractionStreak | null;
}
