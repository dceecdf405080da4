// The worked examples of the rules of points: what is given, the arithmetic, what it comes to. A refund as a whole is settlement's:
// services/merchant-settlement/src/domain/refund.spec.ts.
import { cashPartOf, type SplitTender } from '@atrium/kernel';
import { settleMissing } from '../src/earning/domain/spent-points';
import { DEFAULT_PROGRAMME } from '../src/programme/domain/terms';
import { noticeWindows } from '../src/ledger/domain/notices';
import { captureHold } from '../src/spending/domain/holds';
import { holdEnd } from '../src/spending/domain/order';
import { reverseRedemption } from '../src/spending/domain/redemption';
import { campaign, earnRule, programme, saleOf } from './rules';
import {
  Account,
  after,
  at,
  birthday,
  doubled,
  endOf,
  fen,
  givenBack,
  held,
  late,
  memberDay,
  noon,
  onBasis,
  paid,
  rated,
  rounded,
  silverInDoubleWeek,
  steps,
  twoCampaigns,
  wall,
  withBudget,
  yearEnd,
} from './worked-examples.support';

/** Given, arithmetic, what it comes to, how it is reckoned. */
type Example = readonly [given: string, arithmetic: string, comesTo: unknown, reckon: () => unknown];
const examples = (about: string, table: readonly Example[]): void =>
  describe(about, () => {
    it.each(table)('%s: %s', (_given, _arithmetic, comesTo, reckon) => expect(reckon()).toEqual(comesTo));
  });

examples('earning', [
  ['100.00, silver 1.2, double week 2, ADDITIVE', '100 x (1 + 0.2 + 1) = 220', 220n, () => silverInDoubleWeek({})],
  [
    '100.00, silver 1.2, double week 2, MULTIPLICATIVE',
    '100 x 1.2 x 2 = 240',
    240n,
    () => silverInDoubleWeek({ acrossGroups: 'MULTIPLICATIVE' }),
  ],
  [
    '100.00, silver 1.2, double week 2, BEST_OF',
    '100 x max(1.2, 2) = 200',
    200n,
    () => silverInDoubleWeek({ acrossGroups: 'BEST_OF' }),
  ],
  [
    'rounded up, nothing is added by a binary fraction',
    'exactly 220, not 220.00000000000003 -> 221',
    220n,
    () => silverInDoubleWeek({ rounding: 'CEIL' }),
  ],
  ['a cap of 1.75 on M', '100 x min(2.2, 1.75) = 175', 175n, () => silverInDoubleWeek({ maxMultiplier: '1.75' })],
  ['two campaigns of a group, BEST_OF', '100 x max(1.5, 2) = 200', 200n, () => twoCampaigns('BEST_OF')],
  ['two campaigns of a group, SUM', '100 x (1 + 0.5 + 1) = 250', 250n, () => twoCampaigns('SUM')],
  ['two campaigns of a group, PRIORITY', '9 before 1: 100 x 1.5 = 150', 150n, () => twoCampaigns('PRIORITY')],
  ['basis GROSS', '100.00 x 1 = 100', 100n, () => onBasis('GROSS')],
  ['basis NET_OF_COUPONS', '(100.00 - 20.00) x 1 = 80', 80n, () => onBasis('NET_OF_COUPONS')],
  [
    'basis NET_OF_COUPONS_AND_POINTS',
    '(100.00 - 20.00 - 10.00) x 1 = 70',
    70n,
    () => onBasis('NET_OF_COUPONS_AND_POINTS'),
  ],
  [
    'a fixed bonus of 20 from 100.00, 50 from 200.00',
    '150 x 2 + 20 = 320: the bonus is not multiplied',
    320n,
    () => {
      const thresholds = steps(['100.00', 20n], ['200.00', 50n]);
      return rated('150.00', { campaigns: [...doubled, campaign('BONUS', { thresholds })] }).points;
    },
  ],
  [
    'a cap of 100 for one sale',
    'min(150 + 50, 100) = 100; lines 150:50 keep 75 and 25',
    [100n, [75n, 25n]],
    () => {
      const capped = rated('150.00 + 50.00', { programme: programme({ maxPointsPerTransaction: 100n }) });
      return [capped.points, capped.linePoints];
    },
  ],
  ['30 points left in a budget, PARTIAL', '100 + min(100, 30) = 130', 130n, () => withBudget('PARTIAL')],
  ['30 points left in a budget, NONE', '100 + 0 = 100', 100n, () => withBudget('NONE')],
  [
    'growth, in parallel',
    'points 100 x 2 = 200; growth 100 x 1 = 100, not multiplied',
    [200n, 100n],
    () => {
      const { points, growth } = rated('100.00', { campaigns: doubled });
      return [points, growth];
    },
  ],
]);

examples('rounding, once for the sale', [
  ['FLOOR', '10.50 + 10.05 = 20.55 -> 20', 20n, () => rounded('FLOOR')],
  ['HALF_UP', '10.50 + 10.05 = 20.55 -> 21', 21n, () => rounded('HALF_UP')],
  ['CEIL', '10.50 + 10.05 = 20.55 -> 21, not 11 + 11', 21n, () => rounded('CEIL')],
  ['two lines, HALF_UP', '10.50 + 10.50 = 21.00 -> 21, not 11 + 11', 21n, () => rounded('HALF_UP', '10.50 + 10.50')],
  [
    'largest remainder',
    '3 x 9.99 = 29.97 -> 29; 9 + 9 + 9 = 27, the 2 left go to the equal fractions from the top',
    [10n, 10n, 9n],
    () => rated('9.99 + 9.99 + 9.99').linePoints,
  ],
  [
    '2^63 - 1 fen at 100 points a unit',
    '9223372036854775807 points, the most that 64 bits hold',
    9_223_372_036_854_775_807n,
    () => rated(saleOf([2n ** 63n - 1n]), { earn: [earnRule('BASE', '100')] }).points,
  ],
]);

examples('days, cut at 04:00 of the mall', [
  ['10 March 03:59', 'still the 9th: 100 x 1', 100n, () => memberDay('2026-03-10 03:59')],
  ['10 March 04:00', 'the 10th begins: 100 x 2', 200n, () => memberDay('2026-03-10 04:00')],
  ['11 March 03:59', 'still the 10th: 100 x 2', 200n, () => memberDay('2026-03-11 03:59')],
  [
    '10 March 05:59 in Shanghai is 03:59 in Urumqi',
    'the 9th there: 100 x 1',
    100n,
    () => memberDay('2026-03-10 05:59', 'Asia/Urumqi'),
  ],
  ['born on 29 February, 2028', 'a leap year, on the 29th: 100 x 2', 200n, () => birthday('2028-02-29 12:00')],
  ['born on 29 February, 28 February 2028', 'not the day before: 100 x 1', 100n, () => birthday('2028-02-28 12:00')],
  ['born on 29 February, 2026', 'no 29th: on the 28th, 100 x 2', 200n, () => birthday('2026-02-28 12:00')],
]);

const seventyOnForty = { earn: [earnRule('BASE', '1.75')] };
examples('refunds', [
  [
    '70 points on 40.00, refunds of 20.00, 13.33, 6.67',
    'floor(70 x 20/40) = 35; floor(70 x 33.33/40) - 35 = 58 - 35 = 23; 70 - 58 = 12',
    [35n, 23n, 12n],
    () => {
      const account = new Account();
      const sale = account.buy('40.00', seventyOnForty);
      return ['20.00', '33.33', '40.00'].map((cumulative) => account.refund(sale, cumulative));
    },
  ],
  [
    '50.00 without points of a ticket of 150.00 come back',
    'floor(0 x 50/50) = 0, not a third of the ticket’s 100',
    0n,
    () => {
      const account = new Account();
      const earn = [earnRule('BASE', '1'), earnRule('NONE', '0', { category: 'GOLD' })];
      return account.refund(account.buy('100.00 + 50.00 GOLD', { earn }), '50.00', 2);
    },
  ],
  [
    'a bonus of 20 from 100.00; 60.00 of 150.00 come back; a newer version gives 99 from 1.00',
    '150 + 20 = 170; 90.00 left, below 100.00 by the old version: take 60 + 20 = 80, keep 90',
    [170n, 80n, 90n],
    () => {
      const account = new Account();
      const old = campaign('BONUS', { thresholds: steps(['100.00', 20n]) });
      const newer = { version: 2n, effectiveFrom: at('2026-03-11 00:00') };
      const sale = account.buy('150.00', {
        campaigns: [old, campaign('BONUS', { thresholds: steps(['1.00', 99n]) }, newer)],
      });
      const { earned } = sale;
      return [earned, account.refund(sale, '60.00'), account.ledger.account.available];
    },
  ],
  [
    'growth',
    '40.00 gave 40; refunds of 20.00 and 13.33 leave 20 and 40 - floor(33.33) = 7',
    [40n, 20n, 7n],
    () => {
      const account = new Account();
      const sale = account.buy('40.00', seventyOnForty);
      const growth = [account.ledger.account.growth];
      for (const cumulative of ['20.00', '33.33']) {
        account.refund(sale, cumulative);
        growth.push(account.ledger.account.growth);
      }
      return growth;
    },
  ],
  [
    'after 150 of 200 points were spent; then 30 are earned',
    'wanted 100, there are 50: owed 50, available 0; 30 pay: owed 20, available 0',
    [
      [0n, 0n, 0n, 50n],
      [0n, 0n, 0n, 20n],
    ],
    () => {
      const account = new Account();
      const first = account.buy('100.00', {}, { expiresAt: at('2027-01-01 00:00') });
      account.buy('100.00', {}, { expiresAt: at('2028-01-01 00:00') });
      account.spend(150n);
      account.refund(first, '100.00');
      const owed = account.figures;
      account.buy('30.00');
      return [owed, account.figures];
    },
  ],
]);

const limited = (mode: 'ALLOW_NEGATIVE' | 'CLAMP', limit: bigint | null = null) => {
  const { owed, waived } = settleMissing(mode === 'CLAMP' ? { mode } : { mode, limit }, 100n, 30n);
  return [owed, waived];
};
const cashOf = (mode: SplitTender, refunded: string) =>
  cashPartOf(mode, { cashMinor: fen('70.00'), pointsMinor: fen('30.00') }, fen(refunded));
examples('refunds of what points paid, or of what was spent', [
  ['100 are missing, 30 owed already, no limit', 'owed 100, left 0', [100n, 0n], () => limited('ALLOW_NEGATIVE')],
  [
    '100 are missing, 30 owed already, limit 80',
    'owed min(100, 80 - 30) = 50, left 50',
    [50n, 50n],
    () => limited('ALLOW_NEGATIVE', 80n),
  ],
  ['100 are missing, CLAMP', 'owed 0, left 100', [0n, 100n], () => limited('CLAMP')],
  [
    '33.33 of 70.00 + 30.00, PRO_RATA',
    '33.33 x 70/100 = 23.331 -> 23.33 in cash, 10.00 in points = 1000',
    fen('23.33'),
    () => cashOf('PRO_RATA', '33.33'),
  ],
  [
    '33.33 of 70.00 + 30.00, CASH_FIRST',
    'min(33.33, 70.00) in cash',
    fen('33.33'),
    () => cashOf('CASH_FIRST', '33.33'),
  ],
  [
    '80.00 of 70.00 + 30.00, CASH_FIRST',
    'min(80.00, 70.00) in cash: never more than was paid',
    fen('70.00'),
    () => cashOf('CASH_FIRST', '80.00'),
  ],
  ['33.33 of 70.00 + 30.00, POINTS_FIRST', '33.33 - 30.00 in cash', fen('3.33'), () => cashOf('POINTS_FIRST', '33.33')],
]);

examples('the end of points', [
  [
    'by default, earned on 10 March 2026',
    'end of 2027, local midnight',
    '2028-01-01 00:00',
    () => endOf(yearEnd, '2026-03-10 12:00'),
  ],
  [
    'by default, a minute before the year ends',
    '2026 + 1',
    '2028-01-01 00:00',
    () => endOf(yearEnd, '2026-12-31 23:59'),
  ],
  ['by default, a minute later', '2027 + 1', '2029-01-01 00:00', () => endOf(yearEnd, '2027-01-01 00:00')],
  [
    '30 days',
    '10 March + 30 = 9 April, to its end',
    '2026-04-10 00:00',
    () => endOf(after(30, 'DAY'), '2026-03-10 12:00'),
  ],
  [
    '30 days, to the end of the week',
    'Thursday 9 April -> Sunday the 12th',
    '2026-04-13 00:00',
    () => endOf(after(30, 'DAY', 'WEEK'), '2026-03-10 12:00'),
  ],
  [
    '12 months from 29 February 2028',
    'no 29th in 2029: 28 February, to its end',
    '2029-03-01 00:00',
    () => endOf(after(12, 'MONTH'), '2028-02-29 12:00'),
  ],
  [
    '12 months, to the end of the month',
    '10 March 2027 -> 31 March',
    '2027-04-01 00:00',
    () => endOf(after(12, 'MONTH', 'MONTH'), '2026-03-10 12:00'),
  ],
  [
    'the end of the quarter, 2 later',
    'I + 2 = III: 30 September',
    '2026-10-01 00:00',
    () => endOf({ mode: 'END_OF_PERIOD', period: 'QUARTER', count: 2 }, '2026-03-10 12:00'),
  ],
  [
    'a fixed last day',
    '31 December, to its end',
    '2027-01-01 00:00',
    () => endOf({ mode: 'FIXED_DATE', date: '2026-12-31' }, '2026-03-10 12:00'),
  ],
  [
    '6 months without activity',
    '31 August + 6 = 28 February, to its end',
    '2027-03-01 00:00',
    () => endOf({ mode: 'SLIDING', months: 6 }, '2026-08-31 12:00'),
  ],
  [
    'a sale of November 2025 posted on 10 March 2026',
    'max(1 Jan 2027, 9 April 2026)',
    '2027-01-01 00:00',
    () => endOf(yearEnd, '2025-11-10 12:00', '2026-03-10 12:00'),
  ],
  [
    'a month’s points posted 20 days late',
    'max(1 April, 30 March + 30 days) = 29 April',
    '2026-04-29 12:00',
    () => endOf({ mode: 'END_OF_PERIOD', period: 'MONTH', count: 0 }, '2026-03-10 12:00', '2026-03-30 12:00'),
  ],
  [
    'notices at 30, 7 and 1 days, on 10 March 12:00',
    '(0, 1], (1, 7], (7, 30] days from now',
    [
      [1, '2026-03-10 12:00', '2026-03-11 12:00'],
      [7, '2026-03-11 12:00', '2026-03-17 12:00'],
      [30, '2026-03-17 12:00', '2026-04-09 12:00'],
    ],
    () =>
      noticeWindows([30, 7, 1], at('2026-03-10 12:00')).map(({ days, after: from, until }) => [
        days,
        wall(from),
        wall(until),
      ]),
  ],
]);

examples('a sale that was reported late', [
  ['7 days', 'not older than 7: 100', 100n, () => late(7)],
  ['8 days', 'older than 7: 0 until somebody agrees', 0n, () => late(8)],
  ['91 days', 'older than 90: 0', 0n, () => late(91)],
]);

examples('spending', [
  [
    '1050 points wanted',
    'down to a step of 100: 1000 = 10.00',
    [1_000n, 1_000n],
    () => {
      const { points, valueMinor } = paid('60.00', 1_050n, 5_000n);
      return [points, valueMinor];
    },
  ],
  ['1000 wanted, 830 there', 'min(1000, 830) = 830 -> 800', 800n, () => paid('60.00', 1_000n, 830n).points],
  ['half of 15.99', 'floor(7.995) = 7.99 = 799 -> 700', 700n, () => paid('15.99', 1_000n, 5_000n).points],
  ['half of 9.00', '4.50 = 450 -> 400, below the minimum of 500: 0', 0n, () => paid('9.00', 1_000n, 5_000n).points],
  [
    'no cap by percent',
    'never above the 6.00 that are to be paid: 600',
    600n,
    () => paid('6.00', 5_000n, 5_000n, { maxPercentOfEligible: '100' }).points,
  ],
  [
    '20.00 of food and 60.00 of gold, which points do not pay',
    'half of 20.00 = 10.00 = 1000',
    1_000n,
    () => paid('20.00 FOOD + 60.00 GOLD', 3_000n, 5_000n, { excludedCategories: ['GOLD'] }).points,
  ],
  [
    '10.00 over lines of 60.00 and 50.00',
    '545.45 and 454.54 fen: the odd one to the larger remainder',
    [545n, 455n],
    () => paid('60.00 + 50.00', 1_000n, 5_000n).lineValuesMinor,
  ],
  [
    'how long a hold lives',
    'till 15 min, parking 10 min, online 30 + 5 min',
    ['12:15', '12:10', '12:35'],
    () =>
      (['POS', 'PARKING', 'ONLINE'] as const).map((kind) =>
        wall(holdEnd(DEFAULT_PROGRAMME.spending, kind, noon, null)).slice(11),
      ),
  ],
  [
    'what is spent first',
    'end 1 May; of end 1 June the one available first; then the one without an end: 10 + 10 + 5 of 30',
    [
      ['id-000005', 10n],
      ['id-000003', 10n],
      ['id-000001', 5n],
    ],
    () => {
      const account = new Account();
      account.give(10n);
      account.give(10n, { expiresAt: at('2026-06-01 00:00') });
      account.give(10n, { expiresAt: at('2026-05-01 00:00') });
      return account.spend(25n).lots.map(({ lotId, amount }) => [lotId, amount]);
    },
  ],
  [
    '100 held, 70 captured',
    'available 200 - 100 = 100, then 100 + 30 = 130',
    [100n, 130n],
    () => {
      const account = new Account();
      account.give(200n);
      const hold = held(account, 100n);
      const seen = [account.ledger.account.available];
      captureHold(account.ledger, hold, { points: 70n, redemptionId: 'r', occurredAt: noon });
      return [...seen, account.ledger.account.available];
    },
  ],
  [
    '60 of 100 held, the lot ends at 12:10, the hold at 12:15',
    'at 12:10 40 expire; at 12:15 the 60 are free and expire',
    [
      [0n, 0n, 60n, 0n],
      [0n, 0n, 0n, 0n],
    ],
    () => {
      const account = new Account();
      account.give(100n, { expiresAt: at('2026-03-10 12:10') });
      held(account, 60n);
      return [account.on(at('2026-03-10 12:10')).figures, account.on(at('2026-03-10 12:15')).figures];
    },
  ],
  [
    '90 points worth 1.00 come back as 40, 25, 25',
    '100 x 40/90 = 44; 100 x 65/90 = 72, - 44 = 28; 100 - 72 = 28',
    [44n, 28n, 28n],
    () => {
      const account = new Account();
      account.give(90n);
      const made = account.spend(90n, fen('1.00'));
      return [40n, 25n, 25n].map((points) => {
        const before = made.returnedValueMinor;
        reverseRedemption(account.ledger, made, points, { occurredAt: noon, lapsedUntil: null });
        return made.returnedValueMinor - before;
      });
    },
  ],
  [
    'given back on 16 March to a lot that ended on the 15th, by default',
    '16 March + 30 days',
    [40n, '2026-04-15 00:00'],
    () => givenBack(DEFAULT_PROGRAMME.refunds.afterExpiry),
  ],
  ['the same, EXPIRED', 'gone at once', [0n, '2026-03-15 00:00'], () => givenBack({ mode: 'EXPIRED' })],
  [
    'the same, NEW_POLICY',
    'as if earned on 16 March 2026',
    [40n, '2028-01-01 00:00'],
    () => givenBack({ mode: 'NEW_POLICY' }),
  ],
]);
