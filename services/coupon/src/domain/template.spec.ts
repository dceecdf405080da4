import { statusAt, type StoredStatus } from './coupon';
import { coversStore, problemOf, type TemplateTerms, versionAt } from './template';
import { validitySpan } from './validity';

const terms: TemplateTerms = {
  code: 'C20',
  type: 'CASH',
  names: { en: '20 off' },
  descriptions: {},
  currency: 'CNY',
  faceMinor: 2_000n,
  percentOffBps: null,
  maxOffMinor: null,
  thresholdMinor: 0n,
  scope: { mallIds: [], merchantIds: [], storeIds: [], categories: [] },
  validity: { kind: 'RELATIVE', startDelayDays: 0, days: 30 },
  effectiveFrom: new Date('2026-01-01T00:00:00Z'),
  effectiveTo: null,
  stock: 100n,
  claimLimit: 1,
  funding: [
    { party: 'MALL', shareBps: 6_000 },
    { party: 'MERCHANT', shareBps: 4_000 },
  ],
  grantOnTier: [],
  claimable: true,
  tiers: [],
  stackCategory: 'DEFAULT',
};

test('terms that keep the rules', () => expect(problemOf(terms)).toBeNull());

test.each<[string, Partial<TemplateTerms>]>([
  ['code', { code: 'a b' }],
  ['names', { names: {} }],
  ['faceAmount', { faceMinor: 0n }],
  ['percentOffBps', { percentOffBps: 10 }],
  ['percentOffBps', { type: 'PERCENT', faceMinor: null, percentOffBps: 10_001 }],
  ['faceAmount', { type: 'PERCENT', percentOffBps: 10 }],
  ['threshold', { thresholdMinor: -1n }],
  ['effectiveTo', { effectiveTo: terms.effectiveFrom }],
  ['stock', { stock: -1n }],
  ['claimLimitPerMember', { claimLimit: 0 }],
  ['funding', { funding: [{ party: 'MALL', shareBps: 9_999 }] }],
  ['funding', { funding: [] }],
  ['funding', { funding: ['MALL', 'MALL'].map((party) => ({ party, shareBps: 5_000 })) }],
  ['validity', { validity: { kind: 'RELATIVE', startDelayDays: 0, days: 0 } }],
  ['validity', { validity: { kind: 'FIXED', from: terms.effectiveFrom, until: terms.effectiveFrom } }],
])('a broken rule names %s', (path, change) => {
  expect(problemOf({ ...terms, ...change })?.path[0]).toBe(path);
});

test('the newest version that has begun holds; one that has ended does not bring an older one back', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  const versions = [
    { version: 1n, effectiveFrom: day(1), effectiveTo: null },
    { version: 2n, effectiveFrom: day(10), effectiveTo: day(20) },
  ];
  expect([0, 5, 10, 19, 20].map((n) => versionAt(versions, day(n))?.version ?? null)).toEqual([null, 1n, 2n, 2n, null]);
});

test('relative days are local days, the first one counted', () => {
  const issued = new Date('2026-03-10T15:30:00Z'); // 23:30 in Shanghai
  const at = (startDelayDays: number, days: number) =>
    validitySpan({ kind: 'RELATIVE', startDelayDays, days }, issued, 'Asia/Shanghai');
  expect(at(0, 1)).toEqual({ from: issued, until: new Date('2026-03-10T16:00:00Z') });
  expect(at(1, 30)).toEqual({ from: new Date('2026-03-10T16:00:00Z'), until: new Date('2026-04-09T16:00:00Z') });
});

test.each<[StoredStatus, number | null, number, string]>([
  ['AVAILABLE', null, 5, 'AVAILABLE'],
  ['AVAILABLE', null, 0, 'ISSUED'],
  ['AVAILABLE', null, 10, 'EXPIRED'],
  ['LOCKED', 12, 11, 'LOCKED'],
  ['LOCKED', 5, 5, 'AVAILABLE'],
  ['LOCKED', 12, 12, 'EXPIRED'],
  ['REDEEMED', null, 50, 'REDEEMED'],
  ['VOIDED', null, 5, 'VOIDED'],
])('%s, locked until %s, on day %s is %s', (status, locked, now, expected) => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
  const times = { status, validFrom: day(1), validUntil: day(10), lockedUntil: locked === null ? null : day(locked) };
  expect(statusAt(times, day(now))).toBe(expected);
});

test('a scope narrows by each level that it names', () => {
  const path = ['group', 'mall', 'merchant', 'store'];
  const scope = (more: object) => ({ ...terms.scope, ...more });
  expect(coversStore(scope({}), path)).toBe(true);
  expect(coversStore(scope({ mallIds: ['mall'], storeIds: ['store', 'other'] }), path)).toBe(true);
  expect(coversStore(scope({ merchantIds: ['other'] }), path)).toBe(false);
});
