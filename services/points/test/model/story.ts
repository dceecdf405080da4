// A random programme and a random story under it, as fast-check makes and shrinks them.
import fc from 'fast-check';
import { DAY, ZONES } from './calendar';
import type { Group, ModelCampaign, ModelProgramme, ModelRule, Rules } from './rating-model';
import type { Policy } from './policy';

export const START = Date.UTC(2026, 2, 10, 4);

export const TIERS = [
  { code: 'BASE', multiplier: '1' },
  { code: 'SILVER', multiplier: '1.2' },
  { code: 'GOLD', multiplier: '1.5' },
] as const;
const CATEGORIES = ['FOOD', 'SHOES'] as const;
const METHODS = ['CASH', 'CARD'] as const;
export const MERCHANTS = ['CAFE', 'SHOP'] as const;
export const MEMBERS = ['ann', 'ben'] as const;

export interface Setting {
  readonly rules: Rules;
  readonly policy: Policy;
}

/** As often as not. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 1 });
const within = fc.constantFrom('BEST_OF', 'SUM', 'PRIORITY') as fc.Arbitrary<'BEST_OF' | 'SUM' | 'PRIORITY'>;

const programme: fc.Arbitrary<ModelProgramme> = fc.record({
  basis: fc.constantFrom('GROSS', 'NET_OF_COUPONS', 'NET_OF_COUPONS_AND_POINTS'),
  within: fc.record({ TIER: within, CAMPAIGN: within, MEMBER: within, PAYMENT: within }),
  across: fc.constantFrom('ADDITIVE', 'MULTIPLICATIVE', 'BEST_OF'),
  maxMultiplier: maybe(fc.constantFrom('1.5', '3')),
  rounding: fc.constantFrom('FLOOR', 'HALF_UP', 'CEIL'),
  perTransaction: maybe(fc.bigInt(50n, 400n)),
  perDay: maybe(fc.bigInt(100n, 600n)),
  perMerchantDay: maybe(fc.bigInt(100n, 500n)),
  growth: fc.record({ perUnit: fc.constantFrom('1', '0.5', '1.25'), multiplied: fc.boolean() }),
});

const earnRule: fc.Arbitrary<ModelRule> = fc.record({
  merchant: maybe(fc.constantFrom(...MERCHANTS)),
  category: maybe(fc.constantFrom(...CATEGORIES)),
  channel: maybe(fc.constant('APP')),
  payment: maybe(fc.constantFrom(...METHODS)),
  rate: fc.constantFrom('0', '0.3', '1', '1.75', '3'),
  growthRate: maybe(fc.constantFrom('0', '2')),
});
/** For sales that no other rule speaks of: most sales earn something. */
const baseRule: fc.Arbitrary<ModelRule> = fc
  .constantFrom('0.3', '1', '1.75', '3')
  .map((rate) => ({ merchant: null, category: null, channel: null, payment: null, rate, growthRate: null }));
const conditionsOf = ({ merchant, category, channel, payment }: ModelRule) =>
  JSON.stringify([merchant, category, channel, payment]);

const campaign = (n: number): fc.Arbitrary<ModelCampaign> =>
  fc.record({
    // Known when the story's mall group is.
    id: fc.constant(''),
    code: fc.constant(`C${n}`),
    from: fc.integer({ min: -5, max: 2 }).map((days) => START + days * DAY),
    to: fc.integer({ min: 3, max: 12 }).map((days) => START + days * DAY),
    group: fc.constantFrom<Group>('TIER', 'CAMPAIGN', 'MEMBER', 'PAYMENT'),
    multiplier: fc.constantFrom('1', '1.25', '2', '3'),
    priority: fc.integer({ min: 0, max: 2 }),
    category: maybe(fc.constantFrom(...CATEGORIES)),
    payment: maybe(fc.constantFrom(...METHODS)),
    tiers: fc.subarray(['SILVER', 'GOLD'], { maxLength: 2 }),
    weekdays: maybe(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 })),
    thresholds: fc.subarray(
      [
        { fromMinor: 5_000n, points: 20n },
        { fromMinor: 15_000n, points: 70n },
      ],
      { maxLength: 2 },
    ),
    budget: fc.option(
      fc.record({ points: fc.bigInt(30n, 900n), onExhaustion: fc.constantFrom('PARTIAL', 'NONE') as Exhaustion }),
      { nil: null },
    ),
  });
type Exhaustion = fc.Arbitrary<'PARTIAL' | 'NONE'>;

const policy: fc.Arbitrary<Policy> = fc.record({
  zone: fc.constantFrom(...ZONES),
  pendingDays: fc.constantFrom(0, 0, 0, 2, null),
  expiry: fc.oneof(
    fc.constant({ mode: 'NEVER' } as const),
    fc
      .tuple(fc.constantFrom(3, 10, 40), fc.constantFrom('EARNED' as const, 'AVAILABLE' as const))
      .map(([days, from]) => ({ mode: 'DAYS', days, from }) as const),
    fc.constantFrom(0, 1).map((more) => ({ mode: 'MONTH_ENDS', more }) as const),
  ),
  lateCreditDays: fc.constantFrom(0, 2, 30),
  afterExpiry: fc.oneof(
    fc.constant({ mode: 'EXPIRED' } as const),
    fc.constantFrom(1, 30).map((days) => ({ mode: 'GRACE_DAYS', days }) as const),
    fc.constant({ mode: 'NEW_POLICY' } as const),
  ),
  spentPoints: fc.oneof(
    fc.constantFrom(null, 50n, 200n).map((limit) => ({ mode: 'ALLOW_NEGATIVE', limit }) as const),
    fc.constantFrom('CLAMP', 'DEDUCT_FROM_CASH_REFUND', 'REJECT').map((mode) => ({ mode }) as const),
  ),
  dayCutHour: fc.constantFrom(0, 4),
  holdMinutes: fc.constantFrom(15, 600),
});

export const setting: fc.Arbitrary<Setting> = fc
  .tuple(
    programme,
    fc
      .tuple(baseRule, fc.array(earnRule, { maxLength: 3 }))
      .map(([base, more]) => [...new Map([...more, base].map((rule) => [conditionsOf(rule), rule])).values()]),
    fc.tuple(campaign(0), campaign(1), campaign(2)).chain((all) => fc.subarray([...all])),
    policy,
  )
  .map(([p, earn, campaigns, how]) => ({ rules: { programme: p, earn, campaigns }, policy: how }));

export type Step =
  | {
      type: 'SALE';
      member: number;
      merchant: number;
      hoursAgo: number;
      lines: { category: number; gross: number; coupon: number; points: number }[];
      card: number;
      app: boolean;
      /** Which open hold pays, if there is one; points asked on top of it. */
      pays: number | null;
      more: number;
      /** A refund of it is heard of before it. */
      early: Extract<Step, { type: 'REFUND' }> | null;
    }
  | { type: 'REFUND'; sale: number; quarters: number[]; all: boolean; kept: number }
  /** A sale, all that its member has spent, then the sale given back: its points are gone. */
  | { type: 'GONE'; sale: Extract<Step, { type: 'SALE' }>; refund: Extract<Step, { type: 'REFUND' }> }
  | { type: 'CONFIRM'; sale: number }
  | { type: 'TIER'; member: number; tier: number; hoursAgo: number }
  | { type: 'HOLD'; member: number; share: number }
  | { type: 'RELEASE'; hold: number }
  | { type: 'REDEEM'; member: number; share: number }
  | { type: 'UNDO'; order: number; quarters: number }
  | { type: 'ADJUST'; member: number; amount: number }
  | { type: 'CLOCK'; minutes: number }
  | { type: 'REPEAT'; fact: number }
  | { type: 'JOBS' };

const index = fc.nat({ max: 50 });
const refundStep: fc.Arbitrary<Extract<Step, { type: 'REFUND' }>> = fc.record({
  type: fc.constant('REFUND' as const),
  sale: index,
  quarters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
  all: fc.boolean(),
  /** Quarters of the cash that the till keeps for points that are gone. */
  kept: fc.constantFrom(0, 0, 0, 1, 2),
});
const saleStep: fc.Arbitrary<Extract<Step, { type: 'SALE' }>> = fc.record({
  type: fc.constant('SALE' as const),
  member: index,
  merchant: index,
  hoursAgo: fc.constantFrom(0, 0, 1, 9, 30, 100),
  lines: fc.array(
    fc.record({
      category: index,
      gross: fc.integer({ min: 0, max: 30_000 }),
      coupon: fc.integer({ min: 0, max: 2_000 }),
      points: fc.integer({ min: 0, max: 500 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  card: fc.integer({ min: 0, max: 4 }),
  app: fc.boolean(),
  pays: maybe(index),
  more: fc.constantFrom(0, 0, -40, 60),
  early: fc.option(refundStep, { nil: null, freq: 8 }),
});

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: saleStep },
  { weight: 4, arbitrary: refundStep },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('GONE' as const), sale: saleStep, refund: refundStep }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('TIER' as const),
      member: index,
      tier: index,
      hoursAgo: fc.constantFrom(0, 5, 50),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('HOLD' as const), member: index, share: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('CONFIRM' as const), sale: index }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('REDEEM' as const), member: index, share: fc.constantFrom(1, 2, 4, 4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('UNDO' as const),
      order: index,
      quarters: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('RELEASE' as const), hold: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('ADJUST' as const),
      member: index,
      amount: fc.integer({ min: -200, max: 200 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('CLOCK' as const),
      minutes: fc.constantFrom(1, 20, 60 * 5, 60 * 24, 60 * 24 * 3, 60 * 24 * 25),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('REPEAT' as const), fact: index }) },
  { weight: 1, arbitrary: fc.constant({ type: 'JOBS' as const }) },
);

export const categoryOf = (n: number): string => CATEGORIES[n % CATEGORIES.length] ?? 'FOOD';
export const methods = METHODS;
