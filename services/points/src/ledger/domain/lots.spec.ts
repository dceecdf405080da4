import fc from 'fast-check';
import type { ExpiryTerms } from '../../programme/domain/terms';
import { noteActivity } from './activity';
import { confirmPending } from './confirm';
import { lifeOf } from './expiry';
import { setFrozen } from './freeze';
import {
  bySoonestExpiry,
  type Credit,
  issue,
  type Ledger,
  maySpend,
  openLedger,
  post,
  revoke,
  spendableLots,
} from './ledger';
import { EMPTY_ACCOUNT, type Lot } from './records';
import { passTime } from './pass-time';
import { reinstate, reinstatable } from './reinstate';

const START = new Date('2026-03-10T04:00:00Z');
const day = (n: number) => new Date(START.getTime() + n * 86_400_000);
let ids = 0;
const newId = () => `id-${String(++ids).padStart(6, '0')}`;

const fresh = (now = START): Ledger =>
  openLedger('member', { account: EMPTY_ACCOUNT, lots: [], holds: [] }, now, newId);
/** The same account opened later, as storage would give it. */
function later(ledger: Ledger, now: Date): Ledger {
  const lots = [...ledger.lots.values()].map((lot): Lot => ({ ...lot, mark: 'STORED' }));
  const holds = [...ledger.holds.values()];
  const next = openLedger('member', { account: ledger.account, lots, holds }, now, newId);
  passTime(next);
  return next;
}
const credit = (more: Partial<Credit> = {}): Credit => ({
  ...{ earnedAt: START, expiresAt: null, purchaseId: null, mallId: 'mall', merchantId: null, currency: null },
  ...more,
});
const give = (ledger: Ledger, points: bigint, more: Partial<Credit> = {}): Lot => {
  const lot = issue(ledger, credit(more), points);
  post(ledger, { kind: 'EARN', amount: points, occurredAt: START, explanation: [], parts: [{ lot, amount: points }] });
  return lot;
};
const quantities = ({ pending, available, held, redeemed, expired, revoked }: Lot) =>
  [pending, available, held, redeemed, expired, revoked].map(Number);
const only = (ledger: Ledger): Lot => [...ledger.lots.values()][0] as Lot;

/** I1, I2 and I3. */
function check(ledger: Ledger, before = 0n): void {
  const lots = [...ledger.lots.values()];
  const sum = (of: (lot: Lot) => bigint) => lots.reduce((total, lot) => total + of(lot), 0n);
  for (const lot of lots) {
    expect(quantities(lot).every((n) => n >= 0)).toBe(true);
    expect(lot.pending + lot.available + lot.held + lot.redeemed + lot.expired + lot.revoked).toBe(lot.issued);
    expect(lot.reinstated <= lot.expired).toBe(true);
  }
  const { pending, available, held, debt } = ledger.account;
  expect([pending, available, held]).toEqual([sum((l) => l.pending), sum((l) => l.available), sum((l) => l.held)]);
  expect(ledger.entries.reduce((total, e) => total + e.amount, before)).toBe(pending + available + held);
  expect(available === 0n || debt === 0n).toBe(true);
}

describe('pending points', () => {
  it('become available at their time, lazily, and then pay what is owed', () => {
    const ledger = fresh();
    give(ledger, 100n, { availableAt: day(7) });
    ledger.account.debt = 30n;
    expect(ledger.account).toMatchObject({ pending: 100n, available: 0n });
    expect(later(ledger, new Date(day(7).getTime() - 1)).account).toMatchObject({ pending: 100n, available: 0n });
    const then = later(ledger, day(9));
    expect(then.account).toMatchObject({ pending: 0n, available: 70n, debt: 0n });
    expect(then.facts).toMatchObject([
      { type: 'ACTIVATED', points: 100n, occurredAt: day(7) },
      { type: 'DEBT_SETTLED', points: 30n, occurredAt: day(7) },
    ]);
    check(then, 100n);
  });

  it('expire too; what a late look finds is what an early one would have found', () => {
    const ledger = fresh();
    give(ledger, 100n, { availableAt: null, expiresAt: day(30) });
    // Available on day 7, gone on day 10: the debt was paid in between, whoever looks when.
    give(ledger, 50n, { availableAt: day(7), expiresAt: day(10) });
    ledger.account.debt = 20n;
    const early = later(later(later(ledger, day(7)), day(10)), day(40));
    const late = later(ledger, day(40));
    for (const end of [early, late]) {
      expect(end.account).toMatchObject({ pending: 0n, available: 0n, debt: 0n });
      expect([...end.lots.values()].map(quantities)).toEqual([
        [0, 0, 0, 0, 100, 0],
        [0, 0, 0, 0, 30, 20],
      ]);
    }
  });

  it('wait for a word where there is no time; the end may begin with the word', () => {
    const expiry: ExpiryTerms = { mode: 'AFTER', count: 30, unit: 'DAY', from: 'AVAILABLE', roundTo: 'DAY' };
    const life = lifeOf(
      { expiry, lateCreditDays: 30 },
      { earnedAt: START, availableAt: null, zone: 'UTC', postedAt: START },
    );
    const ledger = fresh();
    give(ledger, 100n, { ...life, purchaseId: 'p' });
    give(ledger, 10n, { ...life, purchaseId: 'q' });
    const then = later(ledger, day(100));
    expect(confirmPending(then, { kind: 'PURCHASE', id: 'p' })).toBe(100n);
    expect(confirmPending(then, { kind: 'PURCHASE', id: 'p' })).toBe(0n);
    expect(then.account).toMatchObject({ pending: 10n, available: 100n });
    // day 100 is 18 June; 30 days later is 18 July, to its end
    expect(only(then)).toMatchObject({
      availableAt: day(100),
      expiresAt: new Date('2026-07-19T00:00:00Z'),
      moving: null,
    });
    check(then, 110n);
  });

  it('are taken back before what is available of the same sale; other pending points are not touched', () => {
    const ledger = fresh();
    const own = give(ledger, 40n, { purchaseId: 'p' });
    const ownPending = give(ledger, 40n, { purchaseId: 'p', availableAt: day(7) });
    const soon = give(ledger, 40n, { purchaseId: 'q', expiresAt: day(10) });
    const last = give(ledger, 40n, { purchaseId: 'r', expiresAt: day(20) });
    const otherPending = give(ledger, 40n, { purchaseId: 's', availableAt: day(7) });
    const { parts, short } = revoke(ledger, 200n, (lot) => lot.purchaseId === 'p');
    expect(parts.map(({ lot, amount }) => [lot.id, amount])).toEqual(
      [ownPending, own, last, soon].map(({ id }) => [id, -40n]),
    );
    expect([short, otherPending.pending]).toEqual([40n, 40n]);
  });

  it('are spent in the order of expiry, availability, earning and id; without an end last', () => {
    const ledger = fresh();
    const [a, b, c, d, e, f] = [
      give(ledger, 1n, { expiresAt: null, availableAt: day(-3) }),
      give(ledger, 1n, { expiresAt: day(9) }),
      give(ledger, 1n, { expiresAt: day(9), availableAt: day(-1) }),
      give(ledger, 1n, { expiresAt: day(9), availableAt: day(-1), earnedAt: day(-1) }),
      give(ledger, 1n, { expiresAt: day(9), availableAt: day(-1), earnedAt: day(-1) }),
      give(ledger, 1n, { expiresAt: day(8), availableAt: day(1) }),
    ];
    expect(spendableLots(ledger)).toEqual([d, e, c, b, a]);
    expect(spendableLots(later(ledger, day(1))).map(({ id }) => id)).toEqual([f, d, e, c, b, a].map(({ id }) => id));
    expect([a, f].sort(bySoonestExpiry)).toEqual([f, a]);
  });
});

describe('a frozen account', () => {
  it('earns into pending, spends nothing, and gets everything when it is released', () => {
    const ledger = fresh();
    give(ledger, 10n);
    give(ledger, 20n, { availableAt: day(1) });
    expect(setFrozen(ledger, true, 1n)).toBe(true);
    give(ledger, 30n);
    give(ledger, 40n, { availableAt: null, purchaseId: 'p' });
    expect(maySpend(ledger)).toMatchObject({ ok: false, error: { code: 'ACCOUNT_FROZEN' } });
    const then = later(ledger, day(2));
    expect(confirmPending(then, { kind: 'PURCHASE', id: 'p' })).toBe(40n);
    expect(then.account).toMatchObject({ pending: 90n, available: 10n });
    expect(setFrozen(then, false, 2n)).toBe(true);
    // The older word comes again, late.
    expect(setFrozen(then, true, 1n)).toBe(false);
    expect(then.account).toMatchObject({ pending: 0n, available: 100n, frozen: false });
    expect(maySpend(then).ok).toBe(true);
    check(then, 100n);
  });

  it('loses what expires meanwhile', () => {
    const ledger = fresh();
    setFrozen(ledger, true, 1n);
    give(ledger, 30n, { expiresAt: day(5) });
    const then = later(ledger, day(6));
    setFrozen(then, false, 2n);
    expect(quantities(only(then))).toEqual([0, 0, 0, 0, 30, 0]);
  });
});

describe('reinstatement', () => {
  it('gives expired points again as a new lot, never more than expired', () => {
    const ledger = fresh();
    give(ledger, 100n, { expiresAt: day(1), purchaseId: 'p', merchantId: 'm' });
    const then = later(ledger, day(2));
    const old = only(then);
    const life = { availableAt: day(2), expiresAt: day(32), moving: null };
    reinstate(then, old, 60n, { life, actor: 'desk', reason: 'goodwill' });
    expect(() => reinstate(then, old, 41n, { life, actor: null, reason: null })).toThrow(/40 to give again/);
    expect([then.account.available, reinstatable(old), quantities(old)]).toEqual([60n, 40n, [0, 0, 0, 0, 100, 0]]);
    expect([...then.lots.values()][1]).toMatchObject({
      ...{ originLotId: old.id, source: { kind: 'REINSTATEMENT', id: old.id }, purchaseId: 'p', funderId: 'm' },
      ...{ earnedAt: START, expiresAt: day(32) },
    });
    expect(then.facts.at(-1)).toMatchObject({ type: 'REINSTATED', originLotId: old.id, points: 60n });
    check(then, 100n);
  });
});

describe('sliding expiry', () => {
  const terms = { expiry: { mode: 'SLIDING', months: 6 } as const, lateCreditDays: 30 };
  const earn = (ledger: Ledger, at: Date) => {
    give(ledger, 10n, { ...lifeOf(terms, { earnedAt: at, zone: 'UTC', postedAt: ledger.now }), earnedAt: at });
    noteActivity(ledger, at);
  };

  it('is six months after the last activity, for the whole account', () => {
    const ledger = fresh();
    earn(ledger, START);
    expect(only(ledger).expiresAt).toEqual(new Date('2026-09-11T00:00:00Z'));
    const then = later(ledger, new Date('2026-09-10T23:00:00Z'));
    noteActivity(then, then.now); // a redemption
    expect(only(then).expiresAt).toEqual(new Date('2027-03-11T00:00:00Z'));
    expect(later(then, new Date('2027-03-10T23:59:59Z')).account.available).toBe(10n);
    expect(later(then, new Date('2027-03-11T00:00:00Z')).account.available).toBe(0n);
  });

  it('gives again what expired although the member had been active in time, as was learnt late', () => {
    const ledger = fresh();
    earn(ledger, START);
    const then = later(ledger, new Date('2026-09-20'));
    expect(then.account.available).toBe(0n);
    noteActivity(then, new Date('2026-09-01T12:00:00Z'));
    noteActivity(then, new Date('2026-09-01T12:00:00Z'));
    expect(then.account.available).toBe(10n);
    expect([...then.lots.values()].map(({ expiresAt }) => expiresAt)[1]).toEqual(new Date('2027-03-02T00:00:00Z'));
    check(then, 10n);
    // Too late is too late.
    const gone = later(ledger, new Date('2026-09-20'));
    noteActivity(gone, new Date('2026-09-11T00:00:00Z'));
    expect(gone.account.available).toBe(0n);
  });

  it('does not depend on the order in which activities are heard of', () => {
    // The first facts may be written down on time or late; all that happened within 90 days of the end is taken in then.
    const days = fc.array(fc.integer({ min: 100, max: 190 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        days.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const ends = [list, shuffled].map((order) => {
            const ledger = fresh();
            earn(ledger, START);
            const then = later(ledger, day(191));
            for (const n of order) earn(then, day(n));
            check(then, 10n);
            const { available } = then.account;
            return [available, Math.max(...[...then.lots.values()].map((l) => l.expiresAt?.getTime() ?? 0))];
          });
          expect(ends[0]).toEqual(ends[1]);
        },
      ),
    );
  });
});
