import fc from 'fast-check';
import {
  burnTarget,
  coFunderTarget,
  couponTarget,
  creditTarget,
  debtSettledTarget,
  earnTarget,
  type EarnTotals,
  exchangeTarget,
  type ExchangeTotals,
  expiryTarget,
  redeemedTarget,
  reinstatedTarget,
  splitFunding,
  type Target,
  tierDiscountTarget,
} from './obligations';
import { compact, difference } from './posting';
import type { Terms } from './terms';

// 1 point = 0.01; A pays 0.008 for each point at earn, B bears 10 % at burn, and 40 % of tier discounts.
const terms: Terms = { pointUnitValue: '0.01', pointPriceAtEarn: '0.008', burnShareBps: 1_000, couponShareBps: 4_000 };
const CNY = 'CNY';

const earned = (earn: bigint, reversed = 0n, debt = 0n): EarnTotals => ({ earned: earn, reversed, debt });
const burnt = (points: bigint, returned = 0n) => ({
  points,
  valueMinor: points,
  debt: 0n,
  returnedPoints: returned,
  returnedValueMinor: returned,
});

const redeemed = (points: bigint, valueMinor: bigint, returned = 0n) => ({
  points,
  valueMinor,
  returnedPoints: returned,
  returnedValueMinor: 0n,
});
const exchange = (direction: 'ISSUE' | 'BURN', priceMinor: bigint, undone: bigint | null = null): ExchangeTotals => ({
  direction,
  points: 200n,
  priceMinor,
  reversed: undone !== null,
  debt: undone ?? 0n,
});

/** "Dr RECEIVABLE 160, …": the lines of the posting that leads from one state to another. */
const posting = (to: Target, from: Target = {}): string[] =>
  difference(to, from).map(({ account, debitMinor, creditMinor }) =>
    debitMinor > 0n ? `Dr ${account} ${debitMinor}` : `Cr ${account} ${creditMinor}`,
  );

describe('the worked tables of settlement', () => {
  const all = earnTarget(earned(200n), terms, CNY);
  const spent = burnTarget(burnt(200n), terms, CNY);
  it.each<[string, string[], string[]]>([
    // 200 x 0.008 = 1.60 from A; 200 x 0.01 - 1.60 = 0.40 is the mall's
    ['earn at A', posting(all), ['Dr RECEIVABLE 160', 'Dr POINTS_COST 40', 'Cr POINTS_LIABILITY 200']],
    [
      'earn reversed',
      posting(earnTarget(earned(200n, 200n), terms, CNY), all),
      ['Dr POINTS_LIABILITY 200', 'Cr RECEIVABLE 160', 'Cr POINTS_COST 40'],
    ],
    // 2.00 x 90 % = 1.80 to B; its own 10 % = 0.20
    ['burn at B', posting(spent), ['Dr POINTS_LIABILITY 200', 'Cr PAYABLE 180', 'Cr MERCHANT_SHARE_INCOME 20']],
    [
      'burn reversed',
      posting(burnTarget(burnt(200n, 200n), terms, CNY), spent),
      ['Dr PAYABLE 180', 'Dr MERCHANT_SHARE_INCOME 20', 'Cr POINTS_LIABILITY 200'],
    ],
    ['expiry', posting(expiryTarget(200n, terms, CNY)), ['Dr POINTS_LIABILITY 200', 'Cr BREAKAGE 200']],
    [
      'earn reversed after burn',
      posting(earnTarget(earned(200n, 200n, 200n), terms, CNY), all),
      ['Dr MEMBER_POINTS_DEBT 200', 'Cr RECEIVABLE 160', 'Cr POINTS_COST 40'],
    ],
    // the mall pays the 1.60 that the merchant gets back: 2.00 in all
    [
      'earn reversed, spent points waived',
      posting(earnTarget({ ...earned(200n, 200n), waived: 200n }, terms, CNY), all),
      ['Dr POINTS_COST 160', 'Cr RECEIVABLE 160'],
    ],
    // the merchant gets 1.60 back and owes the 2.00 its till kept: 0.40 more; the points have cost the mall nothing
    [
      'earn reversed, spent points covered by cash',
      posting(earnTarget({ ...earned(200n, 200n), covered: 200n, coveredMinor: 200n }, terms, CNY), all),
      ['Dr RECEIVABLE 40', 'Cr POINTS_COST 40'],
    ],
    // of 200: 100 owed, 60 waived, 40 covered by 0.40: receivable 0.40, debt 1.00, the mall's 0.60, liability stays 2.00
    [
      'earn reversed, a part of each',
      posting(
        earnTarget({ ...earned(200n, 200n, 100n), waived: 60n, covered: 40n, coveredMinor: 40n }, terms, CNY),
        all,
      ),
      ['Dr POINTS_COST 20', 'Dr MEMBER_POINTS_DEBT 100', 'Cr RECEIVABLE 120'],
    ],
    [
      'debt repaid',
      posting(debtSettledTarget(200n, 'REPAID', terms, CNY)),
      ['Dr POINTS_LIABILITY 200', 'Cr MEMBER_POINTS_DEBT 200'],
    ],
    [
      'debt written off',
      posting(debtSettledTarget(200n, 'WRITTEN_OFF', terms, CNY)),
      ['Dr WRITE_OFF 200', 'Cr MEMBER_POINTS_DEBT 200'],
    ],
    // tier discount 20.00, the merchant bears 40 %: 20.00 - 8.00 = 12.00 is the mall's
    ['tier discount', posting(tierDiscountTarget(2_000n, terms)), ['Dr TIER_DISCOUNT_COST 1200', 'Cr PAYABLE 1200']],
    // 200 x 0.01 = 2.00, all of it the mall's
    ['adjusted up', posting(creditTarget(200n, terms, CNY)), ['Dr POINTS_COST 200', 'Cr POINTS_LIABILITY 200']],
    ['adjusted down', posting(creditTarget(-200n, terms, CNY)), ['Dr POINTS_LIABILITY 200', 'Cr POINTS_COST 200']],
    // 3 x 0.005 = 0.015 -> 0.01 up, and down as well
    [
      'adjusted down by a part of a fen',
      posting(creditTarget(-3n, { ...terms, pointUnitValue: '0.005' }, CNY)),
      ['Dr POINTS_LIABILITY 1', 'Cr POINTS_COST 1'],
    ],
    ['reinstated', posting(reinstatedTarget(200n, terms, CNY)), ['Dr BREAKAGE 200', 'Cr POINTS_LIABILITY 200']],
    // 200 points that paid 1.50: 1.50 x 90 % = 1.35 to B, its own 10 % = 0.15; 2.00 - 1.50 = 0.50 less than they cost
    [
      'redeemed at B for a price',
      posting(redeemedTarget(redeemed(200n, 150n), true, terms, CNY)),
      ['Dr POINTS_LIABILITY 200', 'Cr POINTS_COST 50', 'Cr PAYABLE 135', 'Cr MERCHANT_SHARE_INCOME 15'],
    ],
    [
      'redeemed for a gift',
      posting(redeemedTarget(redeemed(200n, 0n), false, terms, CNY)),
      ['Dr POINTS_LIABILITY 200', 'Cr POINTS_COST 200'],
    ],
    [
      'a quarter of a gift undone',
      posting(
        redeemedTarget(redeemed(200n, 0n, 50n), false, terms, CNY),
        redeemedTarget(redeemed(200n, 0n), false, terms, CNY),
      ),
      ['Dr POINTS_COST 50', 'Cr POINTS_LIABILITY 50'],
    ],
    // the partner pays 1.50 for what is worth 2.00
    [
      'issued for a partner',
      posting(exchangeTarget(exchange('ISSUE', 150n), terms, CNY)),
      ['Dr PARTNER_RECEIVABLE 150', 'Dr POINTS_COST 50', 'Cr POINTS_LIABILITY 200'],
    ],
    // 80 of the 200 were spent: 2.00 - 0.80 = 1.20 of the liability is left to take back
    [
      'issued for a partner, undone after some were spent',
      posting(
        exchangeTarget(exchange('ISSUE', 150n, 80n), terms, CNY),
        exchangeTarget(exchange('ISSUE', 150n), terms, CNY),
      ),
      ['Dr MEMBER_POINTS_DEBT 80', 'Dr POINTS_LIABILITY 120', 'Cr PARTNER_RECEIVABLE 150', 'Cr POINTS_COST 50'],
    ],
    // the mall pays 2.30 for what it owed 2.00
    [
      'burned for a partner',
      posting(exchangeTarget(exchange('BURN', 230n), terms, CNY)),
      ['Dr POINTS_COST 30', 'Dr POINTS_LIABILITY 200', 'Cr PARTNER_PAYABLE 230'],
    ],
    [
      'burned for a partner, undone',
      posting(
        exchangeTarget(exchange('BURN', 230n, 0n), terms, CNY),
        exchangeTarget(exchange('BURN', 230n), terms, CNY),
      ),
      ['Dr PARTNER_PAYABLE 230', 'Cr POINTS_COST 30', 'Cr POINTS_LIABILITY 200'],
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('coupon of 20.00 used at M, mall 60 %, M 40 %', () => {
    const funding = [
      { party: 'MALL', shareBps: 6_000 },
      { party: 'MERCHANT', shareBps: 4_000 },
    ];
    const split = splitFunding(2_000n, funding, 'M', terms);
    expect(posting(couponTarget(split))).toEqual(['Dr COUPON_COST 1200', 'Cr PAYABLE 1200']);
    expect(split.merchantMinor).toBe(800n); // the memo on M
    // the same when the coupon leaves it to the contract, which says 40 %
    expect(splitFunding(2_000n, [{ party: 'BY_CONTRACT', shareBps: 10_000 }], 'M', terms)).toEqual(split);
  });

  it('joint coupon of 9.99, 50/30/20', () => {
    const funding = [
      { party: 'MALL', shareBps: 5_000 },
      { party: 'MERCHANT', shareBps: 3_000 },
      { party: 'N', shareBps: 2_000 },
    ];
    // exact 4.995, 2.997, 1.998: floors leave 0.02, to the fractions .8 and .7
    const split = splitFunding(999n, funding, 'M', terms);
    expect(split).toEqual({ mallMinor: 499n, merchantMinor: 300n, others: [{ merchantId: 'N', amountMinor: 200n }] });
    // M gets back what the mall and N fund; N owes its part
    expect(posting(couponTarget(split))).toEqual(['Dr COUPON_COST 499', 'Dr INTER_MERCHANT 200', 'Cr PAYABLE 699']);
    expect(posting(coFunderTarget(200n))).toEqual(['Dr RECEIVABLE 200', 'Cr INTER_MERCHANT 200']);
  });

  it('leaves what is less than a fen to the mall', () => {
    // 7 x 0.008 = 0.056 -> 0.05; 0.07 - 0.05 = 0.02
    expect(posting(earnTarget(earned(7n), terms, CNY))).toEqual([
      'Dr RECEIVABLE 5',
      'Dr POINTS_COST 2',
      'Cr POINTS_LIABILITY 7',
    ]);
  });
});

describe('totals are path-independent', () => {
  const price = fc.nat(20_000).map((n) => `0.${n.toString().padStart(5, '0')}`);
  const anyTerms = fc.record({
    pointUnitValue: price,
    pointPriceAtEarn: price,
    burnShareBps: fc.nat(10_000),
    couponShareBps: fc.nat(10_000),
  });
  const totals = fc
    .array(fc.bigInt(0n, 10n ** 12n), { minLength: 6, maxLength: 6 })
    .map(([a = 0n, b = 0n, debt = 0n, waived = 0n, covered = 0n, coveredMinor = 0n]) => {
      const reversed = b + debt + waived + covered;
      return { earned: a + reversed, reversed, debt, waived, covered, coveredMinor };
    });

  /** Posts versions as they arrive, an older one changes nothing: what the use-case does. */
  function ledgerAfter(versions: readonly (EarnTotals & { version: number })[], by: Terms): Target {
    let newest = 0;
    let posted: Target = {};
    const balances: Record<string, bigint> = {};
    for (const v of versions) {
      if (v.version <= newest) continue;
      newest = v.version;
      const target = compact(earnTarget(v, by, CNY));
      for (const l of difference(target, posted))
        balances[l.account] = (balances[l.account] ?? 0n) + l.debitMinor - l.creditMinor;
      posted = target;
    }
    return compact(balances);
  }

  it('in any order and with repeats the newest totals of a sale decide; nothing is left of a full refund', () => {
    fc.assert(
      fc.property(
        fc.array(totals, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        anyTerms,
        (list, dice, by) => {
          const versions = list.map((t, i) => ({ ...t, version: i + 1 }));
          const next = () => dice.next().value;
          const shuffled = [...versions, ...versions].sort(() => (next() % 2 === 0 ? -1 : 1));
          const newest = versions.at(-1);
          if (!newest) return;
          expect(ledgerAfter(shuffled, by)).toEqual(compact(earnTarget(newest, by, CNY)));
          const refunded = { earned: newest.earned, reversed: newest.earned, debt: 0n, version: versions.length + 1 };
          expect(ledgerAfter([...shuffled, refunded, ...shuffled], by)).toEqual({});
        },
      ),
    );
  });

  it('every target balances', () => {
    const sum = (target: Target) => Object.values(target).reduce((a, b) => a + b, 0n);
    fc.assert(
      fc.property(totals, fc.bigInt(0n, 10n ** 9n), anyTerms, (t, valueMinor, by) => {
        expect(sum(earnTarget(t, by, CNY))).toBe(0n);
        const burn = { points: t.earned, valueMinor, debt: t.debt, returnedPoints: t.reversed, returnedValueMinor: 0n };
        expect(sum(burnTarget(burn, by, CNY))).toBe(0n);
        for (const atMerchant of [true, false]) expect(sum(redeemedTarget(burn, atMerchant, by, CNY))).toBe(0n);
        for (const direction of ['ISSUE', 'BURN'] as const) {
          for (const reversed of [true, false]) {
            const totals = { direction, points: t.earned, priceMinor: valueMinor, reversed, debt: t.debt };
            expect(sum(exchangeTarget(totals, by, CNY))).toBe(0n);
          }
        }
        expect(sum(creditTarget(t.debt - t.reversed, by, CNY))).toBe(0n);
        expect(sum(reinstatedTarget(t.earned, by, CNY))).toBe(0n);
        expect(sum(tierDiscountTarget(valueMinor, by))).toBe(0n);
        expect(sum(couponTarget(splitFunding(valueMinor, [{ party: 'BY_CONTRACT', shareBps: 10_000 }], 'M', by)))).toBe(
          0n,
        );
      }),
    );
  });
});
