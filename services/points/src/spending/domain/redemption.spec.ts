import fc from 'fast-check';
import { type Ledger, openLedger } from '../../ledger/domain/ledger';
import { EMPTY_ACCOUNT, type Lot } from '../../ledger/domain/records';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { redeem, type RedeemRequest, type Redemption, reverseRedemption } from './redemption';
import { lapsedUntil } from './return-to-lots';

const NOW = new Date('2026-03-10T04:00:00Z');
const day = (n: number) => new Date(NOW.getTime() + n * 86_400_000);

const lot = (id: string, available: bigint, expiresAt: Date | null, merchantId: string | null = null): Lot => ({
  id,
  issued: available,
  pending: 0n,
  available,
  held: 0n,
  redeemed: 0n,
  expired: 0n,
  revoked: 0n,
  reinstated: 0n,
  earnedAt: day(-30),
  availableAt: day(-30),
  expiresAt,
  moving: null,
  source: null,
  originLotId: null,
  purchaseId: null,
  mallId: 'mall',
  merchantId,
  funderId: merchantId,
  currency: 'CNY',
  mark: 'STORED',
});

function ledgerWith(lots: readonly Lot[], debt = 0n, now = NOW): Ledger {
  let n = 0;
  const available = lots.reduce((sum, l) => sum + l.available, 0n);
  const account = { ...EMPTY_ACCOUNT, available, debt };
  return openLedger('m', { account, lots, holds: [] }, now, () => `id-${++n}`);
}

const request = (amount: bigint, more: Partial<RedeemRequest> = {}): RedeemRequest => ({
  amount,
  source: { kind: 'GIFT', id: 'order-1' },
  mallId: 'mall',
  merchantId: 'burner',
  occurredAt: NOW,
  explanation: [],
  ...more,
});

const done = (ledger: Ledger, wanted: RedeemRequest): Redemption => {
  const result = redeem(ledger, wanted);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};
const state = (ledger: Ledger, id: string) => {
  const { available, redeemed, expired, expiresAt } = ledger.lots.get(id) ?? lot('none', 0n, null);
  return [available, redeemed, expired, expiresAt];
};
/** The same account at a later time. */
const later = (ledger: Ledger, now: Date): Ledger =>
  openLedger(
    'm',
    { account: ledger.account, lots: [...ledger.lots.values()], holds: [] },
    now,
    () => `at-${now.getTime()}`,
  );
const until = (how: { occurredAt?: Date; lapsedUntil?: Date | null } = {}) => ({
  occurredAt: NOW,
  lapsedUntil: day(30),
  ...how,
});

describe('a redemption', () => {
  it('spends what expires first, and says who had issued it and what it is worth', () => {
    const ledger = ledgerWith([lot('b', 100n, null, 'm2'), lot('a', 60n, day(5), 'm1'), lot('c', 50n, day(9), 'm2')]);
    const value = { minor: 200n, currency: 'CNY' };
    const made = done(ledger, request(130n, { value }));
    expect(made.lots.map(({ lotId, amount }) => [lotId, amount])).toEqual([
      ['a', 60n],
      ['c', 50n],
      ['b', 20n],
    ]);
    expect(ledger.account.available).toBe(80n);
    expect(ledger.entries).toMatchObject([{ kind: 'REDEEM', amount: -130n, availableAfter: 80n }]);
    expect(ledger.facts).toMatchObject([
      {
        type: 'REDEEMED',
        points: 130n,
        valueMinor: 200n,
        funders: [
          { funderId: 'm1', points: 60n },
          { funderId: 'm2', points: 70n },
        ],
      },
    ]);
  });

  it.each([
    ['more than is there', ledgerWith([lot('a', 99n, null)]), 'INSUFFICIENT_POINTS'],
    ['points that have lapsed', ledgerWith([lot('a', 100n, NOW)]), 'INSUFFICIENT_POINTS'],
    [
      'points that are not spendable yet',
      ledgerWith([{ ...lot('a', 0n, null), issued: 100n, pending: 100n, availableAt: day(1) }]),
      'INSUFFICIENT_POINTS',
    ],
    ['anything in debt', ledgerWith([], 1n), 'IN_DEBT'],
  ])('is refused: %s', (_, ledger, code) => {
    expect(redeem(ledger, request(100n))).toMatchObject({ ok: false, error: { code, requested: 100n } });
    expect([ledger.entries, ledger.facts]).toEqual([[], []]);
  });
});

describe('its reversal', () => {
  it('goes back into the same lots with their own expiry, last used first; the value follows without drift', () => {
    const ledger = ledgerWith([lot('a', 60n, day(5)), lot('b', 60n, day(9))]);
    const made = done(ledger, request(90n, { value: { minor: 100n, currency: 'CNY' } }));
    const values = [40n, 25n, 25n].map((amount) => {
      const before = made.returnedValueMinor;
      expect(reverseRedemption(ledger, made, amount, until()).ok).toBe(true);
      return made.returnedValueMinor - before;
    });
    // 100 fen by 40, 65, 90 of 90 points: 44.4, 72.2, 100
    expect(values).toEqual([44n, 28n, 28n]);
    expect([state(ledger, 'a'), state(ledger, 'b')]).toEqual([
      [60n, 0n, 0n, day(5)],
      [60n, 0n, 0n, day(9)],
    ]);
    expect(reverseRedemption(ledger, made, 1n, until())).toEqual({
      ok: false,
      error: { code: 'EXCEEDS_REDEMPTION', left: 0n },
    });
  });

  it('pays debt first', () => {
    const ledger = ledgerWith([lot('a', 60n, null)]);
    const made = done(ledger, request(60n));
    ledger.account.debt = 45n;
    reverseRedemption(ledger, made, 60n, until());
    expect(ledger.account).toMatchObject({ available: 15n, debt: 0n });
    expect(ledger.facts.map(({ type }) => type)).toEqual(['REDEEMED', 'REDEMPTION_UNDONE', 'DEBT_SETTLED']);
  });

  it.each([
    ['the days of grace', { mode: 'GRACE_DAYS', days: 30 } as const, [40n, 20n, 0n, day(36)]],
    ['the policy of today', { mode: 'NEW_POLICY' } as const, [40n, 20n, 0n, new Date('2027-12-31T16:00:00Z')]],
    ['nothing: they expire', { mode: 'EXPIRED' } as const, [0n, 20n, 40n, day(5)]],
  ])('after the expiry of its lot has %s', (_, afterExpiry, expected) => {
    const ledger = ledgerWith([lot('a', 60n, day(5))]);
    const made = done(ledger, request(60n));
    const at = later(ledger, day(6));
    const terms = { ...DEFAULT_PROGRAMME, refunds: { ...DEFAULT_PROGRAMME.refunds, afterExpiry } };
    reverseRedemption(at, made, 40n, until({ lapsedUntil: lapsedUntil(terms, day(6), 'Asia/Shanghai') }));
    expect(state(at, 'a')).toEqual(expected);
    expect(at.entries.reduce((sum, { amount }) => sum + amount, 0n)).toBe(at.account.available);
  });

  it('in any parts leaves the account as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(1n, 500n), { minLength: 1, maxLength: 6 }),
        fc.array(fc.bigInt(1n, 200n), { maxLength: 8 }),
        fc.bigInt(0n, 10_000n),
        (sizes, steps, minor) => {
          const lots = sizes.map((size, i) => lot(`l${i}`, size, i % 3 === 0 ? null : day(i)));
          const ledger = ledgerWith(lots);
          const all = ledger.account.available;
          const made = done(ledger, request(all, { value: { minor, currency: 'CNY' } }));
          for (const step of [...steps, all]) {
            const left = made.points - made.returned;
            if (left > 0n) reverseRedemption(ledger, made, step < left ? step : left, until());
          }
          expect(made).toMatchObject({ returned: all, returnedValueMinor: minor });
          expect([...ledger.lots.values()].map((l) => l.available)).toEqual(sizes);
          expect(ledger.entries.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
        },
      ),
    );
  });
});
