import type { Step } from '../../ledger/domain/explanation';
import { equationOf } from './equation';

const steps = (...list: [string, string?][]): Step[] =>
  list.map(([code, value]) => ({ code, ...(value === undefined ? {} : { value }) }) as Step);
const rated = (...rest: [string, string?][]) => steps(['ELIGIBLE', '100.00'], ['RATE', '1'], ...rest);
const both: [string, string][] = [
  ['TIER', '1.2'],
  ['CAMPAIGN', '2'],
];

it.each<[string, Step[], bigint, string]>([
  [
    'added up',
    rated(...both, ['MULTIPLIER', '2.2'], ['EXACT', '220'], ['ROUNDED_DOWN', '220']),
    220n,
    '100.00 × 1 × (1 + 0.2 + 1) = 220',
  ],
  [
    'multiplied',
    rated(...both, ['MULTIPLIER', '2.4'], ['EXACT', '240'], ['ROUNDED_DOWN', '240']),
    240n,
    '100.00 × 1 × 1.2 × 2 = 240',
  ],
  [
    'the best one',
    rated(['CAMPAIGN', '2'], ['MULTIPLIER', '2'], ['EXACT', '200'], ['ROUNDED_DOWN', '200']),
    200n,
    '100.00 × 1 × 2 = 200',
  ],
  [
    'nothing multiplied',
    rated(['MULTIPLIER', '1'], ['EXACT', '100'], ['ROUNDED_DOWN', '100']),
    100n,
    '100.00 × 1 = 100',
  ],
  [
    'rounded',
    steps(['ELIGIBLE', '33.33'], ['RATE', '1.5'], ['MULTIPLIER', '1'], ['EXACT', '49.995'], ['ROUNDED_DOWN', '49']),
    49n,
    '33.33 × 1.5 = 49.995 → 49',
  ],
  [
    'two rates',
    rated(['ELIGIBLE', '50.00'], ['RATE', '2'], ['MULTIPLIER', '1'], ['EXACT', '200'], ['ROUNDED_DOWN', '200']),
    200n,
    '(100.00 × 1 + 50.00 × 2) = 200',
  ],
  [
    'bonus and cap',
    rated(['MULTIPLIER', '1'], ['EXACT', '100'], ['ROUNDED_DOWN', '100'], ['BONUS', '50'], ['CAPPED_DAY', '120']),
    120n,
    '100.00 × 1 = 100; 100 + 50 = 150 → 120',
  ],
  [
    'the difference to before',
    rated(['TIER', '1.5'], ['MULTIPLIER', '1.5'], ['EXACT', '150'], ['ROUNDED_DOWN', '150'], ['RERATED', '50']),
    50n,
    '100.00 × 1 × 1.5 = 150; 150 - 100 = 50',
  ],
])('what a sale earned: %s', (_, list, amount, equation) => {
  expect(equationOf({ kind: 'EARN', amount, debtDelta: 0n, steps: list, parts: [amount] })).toBe(equation);
});

it.each<[string, bigint, bigint, bigint[], string]>([
  ['one lot', -30n, 0n, [-30n], '-30'],
  ['two lots', -130n, 0n, [-100n, -30n], '-130 = -100 - 30'],
  ['partly owed', -20n, 30n, [-20n], '-20; debt + 30'],
  ['only owed', 0n, 30n, [], '0; debt + 30'],
  ['given back', 50n, -20n, [40n, 10n], '50 = 40 + 10; debt - 20'],
])('what moved: %s', (_, amount, debtDelta, parts, equation) => {
  expect(equationOf({ kind: 'REDEEM', amount, debtDelta, steps: [], parts })).toBe(equation);
});
