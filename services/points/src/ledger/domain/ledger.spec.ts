import fc from 'fast-check';
import { capturePoints, returnPoints } from '../../spending/domain/burn';
import { bookOf, earnRule, programme } from '../../../test/rules';
import type { RatingInputs } from '../../earning/domain/inputs';
import type { Life } from './expiry';
import { holdPoints, releaseHold } from '../../spending/domain/holds';
import { adjust } from '../../desk/domain/adjust';
import { type Ledger, openLedger } from './ledger';
import { EMPTY_ACCOUNT } from './records';
import { passTime } from './pass-time';
import {
  applyRefund,
  needsRerating,
  newSale,
  postSale,
  rate,
  type RefundState,
  type Sale,
  targetsOf,
} from '../../earning/domain/sale';
import { type Ladder, tierAt, type TierPeriod } from '../../earning/domain/tier-timeline';

const NOW = new Date('2026-03-10T04:00:00Z');
const LATER = new Date('2028-01-01');
const at = (day: number) => new Date(Date.UTC(2026, 2, day));

/** A new account, or the same one at a later time. */
function account(now = NOW, before?: Ledger): Ledger {
  let n = 0;
  const newId = () => `id-${now.getTime()}-${String(++n).padStart(6, '0')}`;
  const { account, lots, holds } = before ?? { account: EMPTY_ACCOUNT, lots: new Map(), holds: new Map() };
  const ledger = openLedger('member', { account, lots: [...lots.values()], holds: [...holds.values()] }, now, newId);
  passTime(ledger);
  return ledger;
}

const book = bookOf({
  programme: programme({}, { growth: { perUnit: '0.7', multiplied: false, rounding: 'FLOOR' } }),
  earn: [
    earnRule('NONE', '0', { category: 'NONE' }),
    earnRule('MUCH', '1.75', { category: 'MUCH' }),
    earnRule('BASE', '1'),
  ],
});
const inputs = (lines: bigint[], multiplier = '1', category = 'FOOD'): RatingInputs => ({
  merchantId: 'm',
  storeId: 's',
  currency: 'CNY',
  channel: null,
  payments: [],
  programmeId: 'PROGRAMME-1',
  earnRuleIds: ['MUCH-1', 'NONE-1', 'BASE-1'],
  campaignIds: [],
  pointsCount: false,
  late: null,
  grants: null,
  dayRoom: null,
  merchantDayRoom: null,
  tier: { code: multiplier, multiplier, ladderVersionId: 'l' },
  lines: lines.map((eligibleMinor, i) => ({ lineNo: i + 1, category, eligibleMinor, refundableMinor: eligibleMinor })),
});

const sale = (id: string, rated: RatingInputs, day = 1): Sale => {
  const made = newSale(
    {
      purchaseId: id,
      memberId: 'member',
      mallId: 'mall',
      merchantId: 'm',
      storeId: 's',
      currency: 'CNY',
      zone: 'UTC',
      occurredAt: at(day),
    },
    rated,
  );
  rate(book, made);
  return made;
};
const ending = (expiresAt: Date | null): Life => ({ availableAt: at(1), expiresAt, moving: null });
const earned = { cause: 'EARNED', refundId: null, changedAt: at(1), life: ending(LATER) } as const;
const refunded = { cause: 'REVERSED', refundId: 'r', changedAt: at(2), life: ending(LATER) } as const;
const line = (lineNo: number, cashCumulativeMinor: bigint, pointsValueCumulativeMinor = 0n) => ({
  lineNo,
  cashCumulativeMinor,
  pointsValueCumulativeMinor,
});
const pay = (points: bigint, checkoutId = 'c') => ({
  checkoutId,
  holdId: `h-${checkoutId}`,
  points,
  valueMinor: points,
});
const back = (pointsCumulative: bigint) => ({
  refundId: 'r',
  pointsCumulative,
  valueCumulativeMinor: pointsCumulative,
  occurredAt: at(2),
  lapsedUntil: new Date(NOW.getTime() + 30 * 86_400_000),
  graceUntil: new Date(NOW.getTime() + 40 * 86_400_000),
});

/** What every ledger must satisfy at every moment. */
function check(ledger: Ledger): void {
  const { account: a, entries, lots } = ledger;
  const sum = (of: (lot: NonNullable<ReturnType<typeof lots.get>>) => bigint) =>
    [...lots.values()].reduce((s, l) => s + of(l), 0n);
  expect(sum((l) => l.issued)).toBe(sum((l) => l.pending + l.available + l.held + l.redeemed + l.expired + l.revoked));
  expect([sum((l) => l.pending), sum((l) => l.available), sum((l) => l.held)]).toEqual([
    a.pending,
    a.available,
    a.held,
  ]);
  expect(entries.reduce((s, e) => s + e.amount, 0n)).toBe(a.pending + a.available + a.held);
  expect(entries.reduce((s, e) => s + e.debtDelta, 0n)).toBe(a.debt);
  expect(a.available === 0n || a.debt === 0n).toBe(true);
  for (const l of lots.values())
    expect([l.pending, l.available, l.held, l.redeemed, l.expired, l.revoked].every((n) => n >= 0n)).toBe(true);
}

describe('refunds', () => {
  it('take back in proportion, without drift: 70 points on 40.00 in 20.00, 13.33, 6.67 take 35, 23, 12', () => {
    const ledger = account();
    const bought = sale('p', inputs([4000n], '1', 'MUCH'));
    postSale(ledger, bought, earned);
    const taken = [2000n, 3333n, 4000n].map((cumulative) => {
      const before = bought.reversed;
      applyRefund(bought, { lines: [line(1, cumulative)], fullyRefunded: cumulative === 4000n });
      postSale(ledger, bought, refunded);
      return bought.reversed - before;
    });
    expect(taken).toEqual([35n, 23n, 12n]);
    expect(ledger.account).toMatchObject({ available: 0n, debt: 0n, growth: 0n });
    check(ledger);
  });

  it('returning a line without points takes nothing', () => {
    const ledger = account();
    const rated = inputs([10_000n, 5_000n]);
    const bought = sale('p', {
      ...rated,
      lines: rated.lines.map((l, i) => (i === 1 ? { ...l, category: 'NONE' } : l)),
    });
    postSale(ledger, bought, earned);
    applyRefund(bought, { lines: [line(2, 5_000n)], fullyRefunded: false });
    postSale(ledger, bought, refunded);
    expect(bought.reversed).toBe(0n);
  });

  it('take from the own lot, then from the latest-expiring ones; what is spent is owed, and the next points pay it', () => {
    const ledger = account();
    const [first, second, third] = [
      sale('p1', inputs([10_000n])),
      sale('p2', inputs([10_000n])),
      sale('p3', inputs([3_000n])),
    ];
    postSale(ledger, first, { ...earned, life: ending(new Date('2027-01-01')) });
    postSale(ledger, second, { ...earned, life: ending(LATER) });
    // 150 are spent: 100 of the lot that expires first, 50 of the other. 50 are left.
    capturePoints(ledger, sale('p4', inputs([0n])), pay(150n));
    applyRefund(first, { lines: [line(1, 10_000n)], fullyRefunded: true });
    postSale(ledger, first, refunded);
    expect(ledger.account).toMatchObject({ available: 0n, debt: 50n });
    expect(first.debt).toBe(50n);
    postSale(ledger, third, earned);
    // 30 more points go to the debt
    expect(ledger.account).toMatchObject({ available: 0n, debt: 20n });
    expect(ledger.facts.filter(({ type }) => type === 'DEBT_SETTLED')).toMatchObject([{ points: 30n, mallId: 'mall' }]);
    check(ledger);
  });

  it.each([
    ['with the days of grace where those have lapsed', 30, { available: 45n, redeemed: 15n, expired: 40n }],
    [
      'and let them expire at once where the programme gives no grace',
      null,
      { available: 0n, redeemed: 15n, expired: 85n },
    ],
  ])('give points that had paid back to their lots, %s', (_, days, parts) => {
    const before = account(at(4));
    postSale(before, sale('p1', inputs([10_000n])), { ...earned, life: ending(at(5)) });
    const paid = sale('p2', inputs([0n]), 4);
    capturePoints(before, paid, pay(60n));
    const ledger = account(NOW, before);
    expect(ledger.account.available).toBe(0n);
    const lapsedUntil = days === null ? null : back(0n).lapsedUntil;
    returnPoints(ledger, paid, { ...back(45n), lapsedUntil });
    returnPoints(ledger, paid, { ...back(45n), lapsedUntil });
    const [lot] = [...ledger.lots.values()];
    expect(lot).toMatchObject({ ...parts, expiresAt: lapsedUntil ?? at(5) });
    expect(ledger.account.available).toBe(parts.available);
  });

  it('what is credited after its end is gone at once: it pays no debt, and nobody can take or spend it', () => {
    const ledger = account();
    capturePoints(ledger, sale('p1', inputs([0n])), pay(30n));
    const late = sale('p2', inputs([10_000n]));
    postSale(ledger, late, { ...earned, life: ending(NOW) });
    expect(ledger.account).toMatchObject({ available: 0n, debt: 30n });
    // In the same transaction: what is taken back is not there any more, so it is owed.
    applyRefund(late, { lines: [line(1, 5_000n)], fullyRefunded: false });
    postSale(ledger, late, refunded);
    capturePoints(ledger, sale('p3', inputs([0n])), pay(10n, 'd'));
    expect(ledger.account).toMatchObject({ available: 0n, debt: 90n });
    expect([...ledger.lots.values()]).toMatchObject([{ issued: 100n, expired: 100n, revoked: 0n, redeemed: 0n }]);
    check(ledger);
  });
});

describe('holds', () => {
  const until = new Date(NOW.getTime() + 900_000);
  const request = (checkoutId: string, points: bigint) => ({
    id: `h-${checkoutId}`,
    checkoutId,
    mallId: 'mall',
    points,
    valueMinor: points,
    expiresAt: until,
  });

  it('set aside what expires first, capture it, and release what is not used', () => {
    const ledger = account();
    postSale(ledger, sale('late', inputs([10_000n])), { ...earned, life: ending(LATER) });
    postSale(ledger, sale('soon', inputs([10_000n])), { ...earned, life: ending(new Date('2027-01-01')) });
    holdPoints(ledger, request('c', 120n));
    expect(ledger.account).toMatchObject({ available: 80n, held: 120n });
    expect([...ledger.lots.values()].map((l) => [l.purchaseId, l.held])).toEqual([
      ['late', 20n],
      ['soon', 100n],
    ]);
    // Storage gives the parts of a hold in the order of their ids: what expires first is spent first all the same.
    const hold = ledger.holds.get('h-c');
    if (hold) ledger.holds.set('h-c', { ...hold, parts: [...hold.parts].reverse() });
    capturePoints(ledger, sale('p', inputs([0n])), pay(90n));
    expect(ledger.account).toMatchObject({ available: 110n, held: 0n, debt: 0n });
    expect([...ledger.lots.values()].map((l) => [l.purchaseId, l.redeemed])).toEqual([
      ['late', 0n],
      ['soon', 90n],
    ]);
    expect(releaseHold(ledger, 'c', 'h-c')).toBe('CAPTURED');
    check(ledger);
  });

  it('end by the clock, for points that lapsed meanwhile too', () => {
    const ledger = account();
    postSale(ledger, sale('p1', inputs([10_000n])), { ...earned, life: ending(until) });
    holdPoints(ledger, request('c', 60n));
    const lots = [...ledger.lots.values()];
    const later = openLedger(
      'member',
      { account: ledger.account, lots, holds: [...ledger.holds.values()] },
      until,
      () => 'x',
    );
    passTime(later);
    expect(later.account).toMatchObject({ available: 0n, held: 0n });
    expect(later.holds.get('h-c')?.status).toBe('EXPIRED');
    passTime(later);
    expect(later.entries.map(({ amount }) => amount)).toEqual([-60n, -40n]);
  });

  it('a capture without a hold takes what is there and owes the rest; the late hold is refused by a mark', () => {
    const ledger = account();
    postSale(ledger, sale('p1', inputs([5_000n])), earned);
    capturePoints(ledger, sale('p2', inputs([0n])), pay(80n));
    expect(ledger.account).toMatchObject({ available: 0n, debt: 30n });
    expect(ledger.holds.get('h-c')?.status).toBe('CAPTURED');
    check(ledger);
  });
});

describe('whatever the order of delivery', () => {
  const ladder: Ladder = {
    id: 'l',
    version: 1n,
    effectiveFrom: new Date('2020-01-01'),
    tiers: ['1', '1.2', '1.5'].map((earnMultiplier, rank) => ({ code: `T${rank}`, rank, earnMultiplier })),
  };
  type Fact =
    | { type: 'SALE'; id: string; day: number; lines: bigint[]; points: bigint }
    | { type: 'REFUND'; of: string; state: RefundState; pointsCumulative: bigint }
    | { type: 'TIER'; period: TierPeriod; supersedes: string[] }
    | { type: 'ADJUST'; amount: bigint };

  /** The use-cases without their tables: what needs a sale waits for it. */
  function replay(facts: readonly Fact[]) {
    const ledger = account();
    const sales = new Map<string, Sale>();
    const periods = new Map<string, TierPeriod>();
    const gone = new Set<string>();
    const standing = () => [...periods.values()].filter(({ changeId }) => !gone.has(changeId));
    let waiting = [...facts];
    while (waiting.length > 0) {
      const next: Fact[] = [];
      for (const fact of waiting) {
        if (fact.type === 'ADJUST') {
          adjust(ledger, {
            amount: fact.amount,
            reasonCode: 'OTHER',
            reason: 'r',
            actor: 'a',
            mallId: null,
            sourceId: null,
            life: ending(LATER),
          });
        } else if (fact.type === 'SALE') {
          if (sales.has(fact.id)) continue;
          const tier = tierAt(standing(), [ladder], at(fact.day));
          const bought = sale(fact.id, { ...inputs(fact.lines), tier }, fact.day);
          sales.set(fact.id, bought);
          if (fact.points > 0n) capturePoints(ledger, bought, pay(fact.points, fact.id));
          postSale(ledger, bought, earned);
        } else if (fact.type === 'REFUND') {
          const bought = sales.get(fact.of);
          if (!bought) {
            next.push(fact);
            continue;
          }
          applyRefund(bought, fact.state);
          returnPoints(ledger, bought, back(fact.pointsCumulative));
          postSale(ledger, bought, refunded);
        } else {
          periods.set(fact.period.changeId, fact.period);
          for (const id of fact.supersedes) gone.add(id);
          for (const bought of sales.values()) {
            const tier = tierAt(standing(), [ladder], bought.occurredAt);
            if (!needsRerating(book, bought, tier)) continue;
            bought.inputs = { ...bought.inputs, tier };
            rate(book, bought);
            postSale(ledger, bought, { ...earned, cause: 'RERATED' });
          }
        }
        check(ledger);
      }
      waiting = next;
    }
    const { available, held, debt, growth } = ledger.account;
    return { available, held, debt, growth, sales: [...sales].map(([id, s]) => [id, targetsOf(s)]).sort() };
  }

  const facts: fc.Arbitrary<Fact[]> = fc
    .tuple(
      fc.array(
        fc.record({
          day: fc.integer({ min: 1, max: 20 }),
          lines: fc.array(fc.bigInt(0n, 30_000n), { minLength: 1, maxLength: 4 }),
          points: fc.oneof(fc.constant(0n), fc.bigInt(1n, 200n)),
          refunds: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
          fully: fc.boolean(),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      fc.array(
        fc.record({
          day: fc.integer({ min: 1, max: 20 }),
          tier: fc.integer({ min: 0, max: 2 }),
          supersede: fc.boolean(),
        }),
        { maxLength: 5 },
      ),
      fc.array(fc.bigInt(1n, 100n), { maxLength: 2 }),
    )
    .map(([sold, tiers, adjustments]) => [
      ...adjustments.map((amount): Fact => ({ type: 'ADJUST', amount })),
      ...tiers.map(({ day, tier, supersede }, i): Fact => ({
        type: 'TIER',
        period: { changeId: `t${i}`, effectiveAt: at(day), toCode: `T${tier}`, version: BigInt(i) },
        supersedes: supersede && i > 0 ? [`t${i - 1}`] : [],
      })),
      ...sold.flatMap(({ day, lines, points, refunds, fully }, i): Fact[] => {
        const id = `p${i}`;
        let quarters = 0;
        const states = refunds.map((part, n): Fact => {
          quarters = Math.min(4, quarters + part);
          const last = fully && n === refunds.length - 1;
          const share = (amount: bigint) => (last ? amount : (amount * BigInt(quarters)) / 4n);
          return {
            type: 'REFUND',
            of: id,
            state: { lines: lines.map((minor, k) => line(k + 1, share(minor), 0n)), fullyRefunded: last },
            pointsCumulative: share(points),
          };
        });
        return [{ type: 'SALE', id, day, lines, points }, ...states];
      }),
    ]);

  it('balances and totals are the same', () => {
    fc.assert(
      fc.property(
        facts.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => expect(replay(shuffled)).toEqual(replay(list)),
      ),
      { numRuns: 300 },
    );
  });

  it('a sale that is refunded wholly leaves nothing, in parts or at once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 30_000n), { minLength: 1, maxLength: 5 }),
        fc.bigInt(1n, 7n),
        (lines, steps) => {
          const parts = Array.from({ length: Number(steps) }, (_, i): Fact => ({
            type: 'REFUND',
            of: 'p',
            state: {
              lines: lines.map((minor, k) => line(k + 1, (minor * BigInt(i + 1)) / steps)),
              fullyRefunded: BigInt(i + 1) === steps,
            },
            pointsCumulative: 0n,
          }));
          const end = replay([{ type: 'SALE', id: 'p', day: 1, lines, points: 0n }, ...parts]);
          expect(end).toMatchObject({ available: 0n, held: 0n, debt: 0n, growth: 0n });
        },
      ),
    );
  });
});
