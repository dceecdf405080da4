// What time does to an account, at random and at midnight: I1, I2, I3 and I8 after each step.
import fc from 'fast-check';
import { holdPoints, releaseHold } from '../../spending/domain/holds';
import { redeem } from '../../spending/domain/redemption';
import { confirmPending } from './confirm';
import { setFrozen } from './freeze';
import { issue, type Ledger, openLedger, post, revoke, settleDebt } from './ledger';
import { EMPTY_ACCOUNT, type Hold, type Lot } from './records';
import { passTime } from './pass-time';
import { reinstatable, reinstate } from './reinstate';

const MIDNIGHT = new Date('2026-12-31T16:00:00Z');
const seconds = (n: number) => new Date(MIDNIGHT.getTime() + n * 1000);

/** An account as the tables keep it, opened by workers whose clocks differ. */
class Stored {
  private lots: Lot[] = [];
  private holds: Hold[] = [];
  private account = EMPTY_ACCOUNT;
  private ids = 0;
  private unspent = 0n;
  private owed = 0n;
  expired = 0n;

  read(now: Date): Ledger {
    const ledger = openLedger(
      'm',
      { account: this.account, lots: this.lots, holds: this.holds },
      now,
      () => `id-${String(++this.ids).padStart(6, '0')}`,
    );
    passTime(ledger);
    return ledger;
  }

  /** Opens, works, saves, as a verb does under the account's lock. */
  work<T>(now: Date, verb: (ledger: Ledger) => T): T {
    const ledger = this.read(now);
    const result = verb(ledger);
    this.account = ledger.account;
    this.lots = [...ledger.lots.values()].map((lot) => ({ ...lot, mark: 'STORED' }));
    this.holds = [...ledger.holds.values()].map((hold) => ({ ...hold, mark: 'STORED' }));
    for (const { amount, debtDelta } of ledger.entries)
      [this.unspent, this.owed] = [this.unspent + amount, this.owed + debtDelta];
    for (const fact of ledger.facts) if (fact.type === 'EXPIRED') this.expired += fact.points;
    this.check();
    return result;
  }

  get now() {
    return this.account;
  }

  private check(): void {
    const sum = (of: (lot: Lot) => bigint) => this.lots.reduce((total, lot) => total + of(lot), 0n);
    for (const l of this.lots) {
      const parts = [l.pending, l.available, l.held, l.redeemed, l.expired, l.revoked];
      expect(parts.every((part) => part >= 0n)).toBe(true);
      expect(parts.reduce((a, b) => a + b)).toBe(l.issued);
    }
    const { pending, available, held, debt } = this.account;
    expect([pending, available, held]).toEqual([sum((l) => l.pending), sum((l) => l.available), sum((l) => l.held)]);
    expect([this.unspent, this.owed]).toEqual([pending + available + held, debt]);
    expect(sum((l) => l.expired)).toBe(this.expired);
    expect(available === 0n || debt === 0n).toBe(true);
    const held2 = this.holds
      .filter(({ status }) => status === 'HELD')
      .reduce((total, { points }) => total + points, 0n);
    expect(held).toBe(held2);
  }
}

const earn = (ledger: Ledger, points: bigint, expiresAt: Date | null, availableAt?: Date | null): void => {
  const lot = issue(
    ledger,
    {
      ...{ earnedAt: ledger.now, expiresAt, mallId: 'mall', merchantId: null, currency: null, purchaseId: 'p' },
      ...(availableAt === undefined ? {} : { availableAt }),
    },
    points,
  );
  post(ledger, {
    kind: 'EARN',
    amount: points,
    occurredAt: ledger.now,
    explanation: [],
    parts: [{ lot, amount: points }],
  });
  settleDebt(ledger, ledger.now);
};
/** A refund of spent points: what is not there is owed. */
const takeBack = (ledger: Ledger, points: bigint): void => {
  const { parts, short } = revoke(ledger, points, () => false);
  ledger.account.debt += short;
  post(ledger, {
    kind: 'EARN_REVERSAL',
    amount: short - points,
    debtDelta: short,
    occurredAt: ledger.now,
    explanation: [],
    parts,
  });
};
const hold = (ledger: Ledger, checkoutId: string, points: bigint, expiresAt: Date) =>
  holdPoints(ledger, {
    id: `h-${checkoutId}`,
    checkoutId,
    mallId: 'mall',
    points,
    valueMinor: points,
    expiresAt,
  } as never);

describe('a lot that ends at midnight, with clocks that differ by two seconds', () => {
  it.each([
    ['the fast clock first', [1, -1, 1, -1]],
    ['the slow clock first', [-1, 1, -1, 1]],
  ])('expires once: %s', (_, order) => {
    const account = new Stored();
    account.work(seconds(-100), (ledger) => earn(ledger, 100n, MIDNIGHT));
    for (const skew of order) account.work(seconds(skew), () => undefined);
    expect(account.now).toMatchObject({ available: 0n });
    expect(account.expired).toBe(100n);
  });

  it('is held by the slow one before midnight and not lost by the fast one; what is released expires', () => {
    const account = new Stored();
    account.work(seconds(-100), (ledger) => earn(ledger, 100n, MIDNIGHT));
    // The fast worker reads 00:00:01 while the slow one holds at 23:59:59.
    account.work(seconds(-1), (ledger) => hold(ledger, 'c', 60n, seconds(900)));
    account.work(seconds(1), () => undefined);
    expect([account.now.available, account.now.held, account.expired]).toEqual([0n, 60n, 40n]);
    account.work(seconds(-1), () => undefined);
    account.work(seconds(300), (ledger) => releaseHold(ledger, 'c', 'h-c'));
    account.work(seconds(301), () => undefined);
    expect([account.now.available, account.now.held, account.expired]).toEqual([0n, 0n, 100n]);
  });

  it('cannot be held by the slow one after the fast one has expired it', () => {
    const account = new Stored();
    account.work(seconds(-100), (ledger) => earn(ledger, 100n, MIDNIGHT));
    account.work(seconds(1), () => undefined);
    const refused = account.work(seconds(-1), (ledger) =>
      redeem(ledger, {
        amount: 1n,
        source: { kind: 'POS', id: 'o' },
        mallId: null,
        merchantId: null,
        occurredAt: ledger.now,
        explanation: [],
      }),
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'INSUFFICIENT_POINTS' } });
  });
});

it('debt, then the expiry of what is left, then new points: they pay what is owed', () => {
  const account = new Stored();
  account.work(seconds(-100), (ledger) => {
    earn(ledger, 100n, seconds(10));
    earn(ledger, 50n, seconds(20), null);
  });
  // 100 were there, 30 of them are held; 120 go back: 70 are taken, 50 are owed. Pending points of others are not touched.
  account.work(seconds(-90), (ledger) => hold(ledger, 'c', 30n, seconds(5)));
  account.work(seconds(-80), (ledger) => takeBack(ledger, 120n));
  expect(account.now).toMatchObject({ available: 0n, pending: 50n, held: 30n, debt: 50n });
  // The hold lapses at 5: its 30 pay at once. The pending lot expires at 20 without having paid.
  account.work(seconds(30), () => undefined);
  expect([account.now.pending, account.now.debt, account.expired]).toEqual([0n, 20n, 50n]);
  account.work(seconds(40), (ledger) => earn(ledger, 15n, null));
  expect(account.now).toMatchObject({ available: 0n, debt: 5n });
  account.work(seconds(50), (ledger) => earn(ledger, 15n, null));
  expect(account.now).toMatchObject({ available: 10n, debt: 0n });
});

type Step = { what: number; points: bigint; at: number; life: number; skew: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.integer({ min: 0, max: 9 }),
    points: fc.bigInt(1n, 500n),
    at: fc.integer({ min: 0, max: 30 }),
    life: fc.integer({ min: -2, max: 60 }),
    skew: fc.integer({ min: -2, max: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
);

function perform(account: Stored, { what, points, life }: Step, now: Date, n: number): void {
  account.work(now, (ledger) => {
    const later = new Date(now.getTime() + Math.max(life, 1) * 1000);
    const { available, debt } = ledger.account;
    if (what <= 1) earn(ledger, points, life < 0 ? null : later);
    else if (what === 2) earn(ledger, points, later, life % 3 === 0 ? null : new Date(now.getTime() + 20_000));
    else if (what === 3 && debt === 0n && points <= available) hold(ledger, `c${n}`, points, later);
    else if (what === 4) releaseHold(ledger, `c${n - 3}`, `h-c${n - 3}`);
    else if (what === 5) takeBack(ledger, points);
    else if (what === 6) confirmPending(ledger, { kind: 'PURCHASE', id: 'p' });
    else if (what === 7) setFrozen(ledger, points % 2n === 0n, BigInt(n + 1));
    else if (what === 8) {
      const lot = [...ledger.lots.values()].find((candidate) => reinstatable(candidate) > 0n);
      const how = { life: { availableAt: now, expiresAt: later, moving: null }, actor: null, reason: null };
      if (lot) reinstate(ledger, lot, 1n, how);
    }
  });
}

describe('at random', () => {
  it('lots, entries and balances agree after each step, and a second look changes nothing', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const account = new Stored();
        let clock = 0;
        list.forEach((step, n) => {
          clock += step.at;
          const now = seconds(clock + step.skew);
          perform(account, step, now, n);
          const { pending, available, held, debt } = account.read(now).account;
          const before = account.expired;
          account.work(now, () => undefined);
          expect(account.now).toMatchObject({ pending, available, held, debt });
          expect(account.expired).toBe(before);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('whoever looks in between, the end is the same', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }), (list, looks) => {
        const ends = [[], looks].map((between) => {
          const account = new Stored();
          let clock = 0;
          list
            .slice(0, 12)
            .forEach((step, n) => perform(account, { ...step, skew: 0 }, seconds((clock += step.at)), n));
          for (const look of [...between].sort((a, b) => a - b)) account.work(seconds(clock + look), () => undefined);
          account.work(seconds(clock + 500), () => undefined);
          const { pending, available, held, debt } = account.now;
          return [pending, available, held, debt, account.expired];
        });
        expect(ends[0]).toEqual(ends[1]);
      }),
      { numRuns: 300 },
    );
  });
});
