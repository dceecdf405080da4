// What the programme's rules can say. Every choice is data of a version with effective dates; nothing here is a constant.
import type { Points } from '@atrium/kernel';

/**
 * Until when points live, counted in the mall's time zone from when they were earned (or became available):
 * after so many days or months, at the end of a period plus `count` further ones, at a fixed date, while the account is
 * active (sliding), or for ever. The end is rounded up to the end of the local day, week, month, quarter or year.
 */
export type ExpiryTerms =
  | { readonly mode: 'NEVER' }
  | {
      readonly mode: 'AFTER';
      readonly count: number;
      readonly unit: 'DAY' | 'MONTH';
      readonly from: 'EARNED' | 'AVAILABLE';
      readonly roundTo: 'NONE' | 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';
    }
  /** The end of the period of earning, `count` periods later: YEAR and 1 is the end of next year. */
  | { readonly mode: 'END_OF_PERIOD'; readonly period: 'MONTH' | 'QUARTER' | 'YEAR'; readonly count: number }
  /** Local midnight that begins the day after `date` (ISO calendar day, the last day of life). */
  | { readonly mode: 'FIXED_DATE'; readonly date: string }
  /** The whole account lives for so many months after its last activity, rounded up to the end of the local day. */
  | { readonly mode: 'SLIDING'; readonly months: number };

export interface ConversionTerms {
  readonly points: Points;
  readonly valueMinor: bigint;
  readonly currency: string;
}

/** How points pay. */
export interface SpendTerms {
  /** What `points` are worth as payment, one for each currency. */
  readonly conversions: readonly ConversionTerms[];
  /** By tier code, instead of `conversions`. */
  readonly tierConversions: Readonly<Record<string, readonly ConversionTerms[]>>;
  readonly minPoints: Points;
  readonly stepPoints: Points;
  /** Exact decimal, "50" is half of the eligible net amount. */
  readonly maxPercentOfEligible: string;
  readonly maxPointsPerOrder: Points | null;
  /** Per business day of the mall. */
  readonly maxPointsPerDay: Points | null;
  /** Where points are taken; null: at every merchant. */
  readonly merchantIds: readonly string[] | null;
  /** What they pay cannot be paid with points, and does not count as eligible. */
  readonly excludedCategories: readonly string[];
  /** How long points stay set aside at a till and for a checkout. */
  readonly holdMinutes: number;
  readonly parkingHoldMinutes: number;
  /** Online points stay set aside as long as the payment may take, and so many minutes more. */
  readonly onlinePaymentMinutes: number;
  readonly onlineGraceMinutes: number;
  /** So long after a newer version came into force, what was quoted under this one is still honoured. */
  readonly priceLockMinutes: number;
}

/** What happens when a refund takes back points that were spent. */
export type SpentPointsPolicy =
  /** `limit` null: one transaction's points. What exceeds the limit is not taken. */
  | { readonly mode: 'ALLOW_NEGATIVE'; readonly limit: Points | null }
  /** Only what is there is taken. */
  | { readonly mode: 'CLAMP' }
  /** The till keeps the worth of the missing points from the cash it pays back; it asks before it refunds. */
  | { readonly mode: 'DEDUCT_FROM_CASH_REFUND' }
  /** The till is told not to refund. A refund that happened all the same is a fact, and becomes debt. */
  | { readonly mode: 'REJECT' };

export interface RefundTerms {
  readonly spentPoints: SpentPointsPolicy;
  readonly splitTender: 'PRO_RATA' | 'CASH_FIRST' | 'POINTS_FIRST';
  /** Points given back after their lot expired. */
  readonly afterExpiry:
    | { readonly mode: 'EXPIRED' }
    | { readonly mode: 'GRACE_DAYS'; readonly days: number }
    | { readonly mode: 'NEW_POLICY' };
}

export type MultiplierGroup = 'TIER' | 'CAMPAIGN' | 'MEMBER' | 'PAYMENT';
export type WithinGroup = 'BEST_OF' | 'SUM' | 'PRIORITY';
export type AcrossGroups = 'ADDITIVE' | 'MULTIPLICATIVE' | 'BEST_OF';

export interface EarningTerms {
  /** What of a line counts: before discounts, after coupons, or after coupons and points. */
  readonly basis: 'GROSS' | 'NET_OF_COUPONS' | 'NET_OF_COUPONS_AND_POINTS';
  readonly withinGroup: Readonly<Record<MultiplierGroup, WithinGroup>>;
  readonly acrossGroups: AcrossGroups;
  /** Cap on the combined multiplier, exact decimal; null: none. */
  readonly maxMultiplier: string | null;
  readonly rounding: 'FLOOR' | 'HALF_UP' | 'CEIL';
  readonly maxPointsPerTransaction: Points | null;
  /** Per member and business day of the mall, in order of occurrence. */
  readonly maxPointsPerDay: Points | null;
  /** Per member, merchant and business day of the mall. */
  readonly maxPointsPerMerchantDay: Points | null;
  /** Points become available so many days after the sale (0: at once), or when `CONFIRMED` is said about the sale. */
  readonly pending: { readonly mode: 'DAYS'; readonly days: number } | { readonly mode: 'ON_EVENT' };
  /**
   * Sales that were reported so many days after they happened: past the first limit a person has to agree before they earn,
   * past the second they earn nothing. Null: no limit, as when a mall brings its history.
   */
  readonly backdated: { readonly approvalAfterDays: number | null; readonly rejectAfterDays: number | null };
}

export interface GrowthTerms {
  /** Growth value for a major unit of currency where the earn rule has no rate of its own. */
  readonly perUnit: string;
  /** Whether the multiplier groups speed growth up as well. */
  readonly multiplied: boolean;
  readonly rounding: 'FLOOR' | 'HALF_UP' | 'CEIL';
}

export interface DeskTerms {
  /** Adjustments of more points than this need a second person. */
  readonly approvalAbove: Points;
  /** Write-offs of more owed points than this need a second person; 0: every one. */
  readonly writeOffAbove: Points;
  readonly approvalDays: number;
  /** So many days staff have to settle an exception. */
  readonly exceptionDays: number;
  /** What staff may give as the reason of an adjustment or write-off, beside their own words. */
  readonly reasonCodes: readonly string[];
}

export interface TransferTerms {
  readonly enabled: boolean;
  readonly maxPointsPerTransfer: Points | null;
  readonly maxPointsPerDay: Points | null;
  readonly maxTransfersPerDay: number | null;
}

export interface ProgrammeTerms {
  readonly expiry: ExpiryTerms;
  /** Points that are credited late live at least this many days. */
  readonly lateCreditDays: number;
  /** Days before an expiry on which the member is told. */
  readonly noticeDays: readonly number[];
  readonly earning: EarningTerms;
  readonly growth: GrowthTerms;
  readonly spending: SpendTerms;
  readonly refunds: RefundTerms;
  readonly desk: DeskTerms;
  readonly transfers: TransferTerms;
  /** Hour of the local night at which the business day changes. */
  readonly dayCutHour: number;
}

/** Null or empty: no matter which. A condition that names more is more specific. */
export interface SaleConditions {
  readonly merchantId: string | null;
  readonly storeId: string | null;
  readonly category: string | null;
  /** How the sale was made: POS, MINI_PROGRAM, ONLINE, … as the source states it. */
  readonly channel: string | null;
  /** How (a part of) it was paid: as the source states it. */
  readonly paymentMethod: string | null;
}

export interface EarnTerms extends SaleConditions {
  /** Points for a major unit of currency. */
  readonly rate: string;
  readonly growthRate: string | null;
}

/** When a campaign holds inside its effective dates; local to the mall, by business day. */
export type CampaignCalendar =
  | { readonly mode: 'ALWAYS' }
  /** 1 is Monday. */
  | { readonly mode: 'WEEKDAYS'; readonly weekdays: readonly number[] }
  | { readonly mode: 'MONTH_DAYS'; readonly days: readonly number[] }
  /** The member's own; 29 February is kept on 28 February when there is none. */
  | { readonly mode: 'BIRTHDAY_MONTH' }
  | { readonly mode: 'BIRTHDAY' };

export interface CampaignTerms {
  readonly names: Readonly<Record<string, string>>;
  readonly group: MultiplierGroup;
  /** At least 1; "1" for a campaign of bonuses only. */
  readonly multiplier: string;
  /** For PRIORITY inside a group: the larger one wins. */
  readonly priority: number;
  readonly conditions: SaleConditions;
  /** Tier codes; empty: every tier. */
  readonly tiers: readonly string[];
  readonly calendar: CampaignCalendar;
  /** Fixed points from an eligible amount on: the highest step reached counts. */
  readonly thresholds: readonly { readonly fromMinor: bigint; readonly currency: string; readonly points: Points }[];
  /** Points that the campaign may give in all; null: no end. */
  readonly budget: { readonly points: Points; readonly onExhaustion: 'PARTIAL' | 'NONE' } | null;
}

/** Points for something other than a sale. */
export interface InteractionTerms {
  readonly names: Readonly<Record<string, string>>;
  readonly kind: 'SIGN_IN' | 'SHARE' | 'SURVEY' | 'CUSTOM';
  readonly points: Points;
  readonly growth: Points;
  readonly maxPerDay: number | null;
  readonly maxPerMember: number | null;
  /** What has to come with it: nothing, a reference that counts once for ever, or a reference signed by a service. */
  readonly proof: 'NONE' | 'REFERENCE' | 'SIGNED';
  /** For SIGNED: who signs the reference, as the base64url of an Ed25519 public key (32 bytes). */
  readonly proofKey: string | null;
  /** Extra points on every so-many-th day in a row. */
  readonly streak: { readonly days: number; readonly points: Points } | null;
}

/** What holds where a programme says nothing else. */
export const DEFAULT_PROGRAMME: ProgrammeTerms = {
  expiry: { mode: 'END_OF_PERIOD', period: 'YEAR', count: 1 },
  lateCreditDays: 30,
  noticeDays: [30, 7, 1],
  earning: {
    basis: 'NET_OF_COUPONS_AND_POINTS',
    withinGroup: { TIER: 'BEST_OF', CAMPAIGN: 'BEST_OF', MEMBER: 'BEST_OF', PAYMENT: 'BEST_OF' },
    acrossGroups: 'ADDITIVE',
    maxMultiplier: null,
    rounding: 'FLOOR',
    maxPointsPerTransaction: null,
    maxPointsPerDay: null,
    maxPointsPerMerchantDay: null,
    pending: { mode: 'DAYS', days: 0 },
    backdated: { approvalAfterDays: 7, rejectAfterDays: 90 },
  },
  growth: { perUnit: '1', multiplied: false, rounding: 'FLOOR' },
  spending: {
    conversions: [],
    tierConversions: {},
    minPoints: 0n,
    stepPoints: 1n,
    maxPercentOfEligible: '100',
    maxPointsPerOrder: null,
    maxPointsPerDay: null,
    merchantIds: null,
    excludedCategories: [],
    holdMinutes: 15,
    parkingHoldMinutes: 10,
    onlinePaymentMinutes: 30,
    onlineGraceMinutes: 5,
    priceLockMinutes: 10,
  },
  refunds: {
    spentPoints: { mode: 'ALLOW_NEGATIVE', limit: null },
    splitTender: 'PRO_RATA',
    afterExpiry: { mode: 'GRACE_DAYS', days: 30 },
  },
  desk: {
    approvalAbove: 1000n,
    writeOffAbove: 0n,
    approvalDays: 7,
    exceptionDays: 14,
    reasonCodes: ['GOODWILL', 'CORRECTION', 'SERVICE_FAILURE', 'PROMOTION', 'MIGRATION', 'FRAUD', 'OTHER'],
  },
  transfers: { enabled: false, maxPointsPerTransfer: null, maxPointsPerDay: null, maxTransfersPerDay: null },
  dayCutHour: 4,
};

export const ANY_SALE: SaleConditions = {
  merchantId: null,
  storeId: null,
  category: null,
  channel: null,
  paymentMethod: null,
};

/** A campaign that says no more than that it exists. */
export const PLAIN_CAMPAIGN: CampaignTerms = {
  names: {},
  group: 'CAMPAIGN',
  multiplier: '1',
  priority: 0,
  conditions: ANY_SALE,
  tiers: [],
  calendar: { mode: 'ALWAYS' },
  thresholds: [],
  budget: null,
};
