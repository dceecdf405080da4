import { z } from 'zod';

/** So many in a period, all of them at once at the most. */
export type Rate = { readonly count: number; readonly periodMs: number };

const KINDS = ['ANONYMOUS', 'MEMBER', 'STAFF', 'TILL', 'SERVICE'] as const;

export type Rates = {
  /** Requests of one identity; of one address for the anonymous. Absent: unlimited. */
  readonly callers: { readonly [Kind in (typeof KINDS)[number]]?: Rate | undefined };
  /** Uses of one root field by one identity, by `Mutation.name` or `Query.name`; `Type.*` for all that are not named. */
  readonly fields: Readonly<Record<string, Rate>>;
  /** Tokens of one address that are not good. Absent: unlimited. */
  readonly badTokens?: Rate | undefined;
};

const PERIODS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30/m`: thirty in a minute. */
const rate = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[smh]$/, 'a rate is a number and a period: 30/m')
  .transform((text): Rate => {
    const [count, period] = text.split('/') as [string, keyof typeof PERIODS];
    return { count: Number(count), periodMs: PERIODS[period] };
  });

export const ratesShape = z.strictObject({
  callers: z.partialRecord(z.enum(KINDS), rate).default({}),
  fields: z.record(z.string().regex(/^(Query|Mutation|Subscription)\.(\w+|\*)$/), rate).default({}),
  badTokens: rate.optional(),
});

export const NO_RATES: Rates = { callers: {}, fields: {} };

/**
 * What holds when nothing is configured. Whoever is unknown gets little, services are the operator's own. Fields that show
 * or make a code, or look somebody up, are what a guesser would repeat.
 */
export const DEFAULT_RATES = {
  callers: { ANONYMOUS: '120/m', MEMBER: '600/m', STAFF: '3000/m', TILL: '3000/m' },
  fields: {
    'Mutation.showMemberCode': '20/m',
    'Mutation.showGiftCode': '20/m',
    'Mutation.claimCoupon': '60/m',
    'Mutation.transferPoints': '20/m',
  },
  // A mall's network has one address, and the tokens of everybody's telephones end some time.
  badTokens: '120/m',
};
