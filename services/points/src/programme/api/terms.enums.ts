// The choices that rules offer, as the graph names them; the words of the code are those of domain/terms.ts.
import { registerEnumType } from 'type-graphql';
import type {
  AcrossGroups,
  CampaignCalendar,
  CampaignTerms,
  EarningTerms,
  ExpiryTerms,
  InteractionTerms,
  MultiplierGroup,
  RefundTerms,
  SpentPointsPolicy,
  WithinGroup,
} from '../domain/terms';

/** An enum of the graph; `values` says what each of them means. */
function choice<T extends string>(name: string, description: string, values: Record<T, string>): Record<T, T> {
  const names = Object.keys(values) as T[];
  const members = Object.fromEntries(names.map((value) => [value, value])) as Record<T, T>;
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] }]));
  registerEnumType(members, { name, description, valuesConfig: valuesConfig as never });
  return members;
}

type After = Extract<ExpiryTerms, { mode: 'AFTER' }>;
type Period = Extract<ExpiryTerms, { mode: 'END_OF_PERIOD' }>['period'];
type Budget = NonNullable<CampaignTerms['budget']>;

export const PointsExpiryMode = choice<ExpiryTerms['mode']>('PointsExpiryMode', 'How the end of points is found.', {
  NEVER: 'They live for ever.',
  AFTER: '`count` days or months (`unit`) after they were earned or became available (`from`), rounded up (`roundTo`).',
  END_OF_PERIOD: 'At the end of the period of earning, `count` periods later: YEAR and 1 is the end of next year.',
  FIXED_DATE: 'At the end of the local day `date`.',
  SLIDING: "The whole account lives for `months` after the member's last activity.",
});
export const PointsExpiryUnit = choice<After['unit']>('PointsExpiryUnit', 'What is counted.', {
  DAY: 'Days.',
  MONTH: 'Calendar months.',
});
export const PointsExpiryStart = choice<After['from']>('PointsExpiryStart', 'From when it is counted.', {
  EARNED: 'From the sale.',
  AVAILABLE: 'From when the points could be spent.',
});
export const PointsExpiryRounding = choice<After['roundTo']>(
  'PointsExpiryRounding',
  "Up to the end of which local unit a lot's life is rounded.",
  {
    NONE: 'Not at all.',
    DAY: 'End of the day.',
    WEEK: 'End of Sunday.',
    MONTH: 'End of the month.',
    QUARTER: 'End of the quarter.',
    YEAR: 'End of the year.',
  },
);
export const PointsPeriod = choice<Period>('PointsPeriod', 'A period of the calendar.', {
  MONTH: 'Month.',
  QUARTER: 'Quarter.',
  YEAR: 'Year.',
});
export const PointsEarnBasis = choice<EarningTerms['basis']>('PointsEarnBasis', 'What of a line counts.', {
  GROSS: 'Before discounts.',
  NET_OF_COUPONS: 'After discounts and coupons.',
  NET_OF_COUPONS_AND_POINTS: 'After discounts, coupons and points: what was paid.',
});
export const PointsRounding = choice<EarningTerms['rounding']>(
  'PointsRounding',
  'How the exact sum is rounded, once.',
  {
    FLOOR: 'Down.',
    HALF_UP: 'To the nearest, halves up.',
    CEIL: 'Up.',
  },
);
export const MultiplierGroupName = choice<MultiplierGroup>('MultiplierGroup', 'Whom a multiplier belongs to.', {
  TIER: "The member's tier.",
  CAMPAIGN: 'A campaign.',
  MEMBER: 'The member, on a birthday for example.',
  PAYMENT: 'The way of paying.',
});
export const MultiplierWithinGroup = choice<WithinGroup>(
  'MultiplierWithinGroup',
  'How multipliers of one group meet.',
  {
    BEST_OF: 'The largest counts.',
    SUM: 'What each adds to 1 is added.',
    PRIORITY: 'The one of the largest priority counts.',
  },
);
export const MultiplierAcrossGroups = choice<AcrossGroups>('MultiplierAcrossGroups', 'How the groups meet.', {
  ADDITIVE: '1 + what each group adds to 1.',
  MULTIPLICATIVE: 'They are multiplied.',
  BEST_OF: 'The largest counts.',
});
export const PointsPendingMode = choice<EarningTerms['pending']['mode']>(
  'PointsPendingMode',
  'When earned points can be spent.',
  { DAYS: '`days` after the sale; 0 is at once.', ON_EVENT: 'When the sale is confirmed.' },
);
export const SpentPointsMode = choice<SpentPointsPolicy['mode']>(
  'SpentPointsMode',
  'What happens when a refund takes back points that were spent.',
  {
    ALLOW_NEGATIVE: 'They are owed, up to `limit` (absent: the points of one sale).',
    CLAMP: 'Only what is there is taken.',
    DEDUCT_FROM_CASH_REFUND: 'The till keeps their worth from the cash that it pays back.',
    REJECT: 'The till is told not to refund.',
  },
);
export const SplitTenderMode = choice<RefundTerms['splitTender']>(
  'SplitTenderMode',
  'How a refund is shared between money and points that paid.',
  { PRO_RATA: 'As they paid.', CASH_FIRST: 'Money first.', POINTS_FIRST: 'Points first.' },
);
export const AfterExpiryMode = choice<RefundTerms['afterExpiry']['mode']>(
  'AfterExpiryMode',
  'Points given back after their expiry.',
  {
    EXPIRED: 'Expire at once.',
    GRACE_DAYS: 'Live for `days` more.',
    NEW_POLICY: 'Live as if they were earned now.',
  },
);
export const CampaignCalendarMode = choice<CampaignCalendar['mode']>(
  'CampaignCalendarMode',
  "When a campaign holds inside its dates, by the mall's business days.",
  {
    ALWAYS: 'Every day.',
    WEEKDAYS: 'On `weekdays`.',
    MONTH_DAYS: 'On `monthDays`.',
    BIRTHDAY_MONTH: "In the month of the member's birthday.",
    BIRTHDAY: "On the member's birthday; 29 February is kept on the 28th when there is none.",
  },
);
export const BudgetExhaustion = choice<Budget['onExhaustion']>(
  'BudgetExhaustion',
  'What a sale gets that asks for more than is left of a budget.',
  { PARTIAL: 'What is left.', NONE: 'Nothing of the campaign.' },
);
export const InteractionKind = choice<InteractionTerms['kind']>('InteractionKind', 'What the member does.', {
  SIGN_IN: 'Signs in for the day.',
  SHARE: 'Shares something.',
  SURVEY: 'Answers questions.',
  CUSTOM: 'Something else that the group names.',
});
export const InteractionProof = choice<InteractionTerms['proof']>('InteractionProof', 'What has to come with it.', {
  NONE: 'Nothing.',
  REFERENCE: 'A reference that counts once for ever.',
  SIGNED: 'A reference signed by a service.',
});
