// What the worked examples are said with: a rated sale, an account whose clock can be moved, local times, money in words.
import { type Life, lifeOf } from '../src/ledger/domain/expiry';
import { type Credit, issue, type Ledger, openLedger, post, settleDebt } from '../src/ledger/domain/ledger';
import { EMPTY_ACCOUNT, type Lot } from '../src/ledger/domain/records';
import { passTime } from '../src/ledger/domain/pass-time';
import { rateSale, type Purse, type Rating } from '../src/earning/domain/earn';
import { type AboutMember, inputsFor, type SaleToRate } from '../src/earning/domain/inputs';
import { applyRefund, newSale, postSale, rate, type Sale } from '../src/earning/domain/sale';
import { holdPoints } from '../src/spending/domain/holds';
import { holdEnd } from '../src/spending/domain/order';
import { redeem, type Redemption, reverseRedemption } from '../src/spending/domain/redemption';
import { lapsedUntil } from '../src/spending/domain/return-to-lots';
import { type BasketQuote, quoteBasket } from '../src/spending/domain/quote';
import { DEFAULT_PROGRAMME, type ExpiryTerms, type SpendTerms } from '../src/programme/domain/terms';
import { AT, bookOf, campaign, lineOf, programme, saleOf, type SomeRules, tierOf } from './rules';

export const SHANGHAI = 'Asia/Shanghai';
export const NEW_YORK = 'America/New_York';

/** `2026-03-10 12:00`, by the clock on a wall there. */
export const wall = (instant: Date | null, zone = SHANGHAI): string =>
  instant === null
    ? 'never'
    : new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(instant);

/** Wall clock to instant, for Shanghai (UTC+8 all year). */
export const at = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00+08:00`);

/** '33.33' in minor units. */
export const fen = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** '100.00 + 50.00 GOLD' as two lines; FOOD unless said otherwise. */
const linesOf = (text: string) =>
  text.split(' + ').map((line) => {
    const [amount = '', category = 'FOOD'] = line.split(' ');
    return lineOf(fen(amount), { category });
  });

export function rated(
  amounts: string | SaleToRate,
  rules: SomeRules = {},
  about: Partial<AboutMember> = {},
  purse?: Purse,
): Rating {
  const book = bookOf(rules);
  const sale = typeof amounts === 'string' ? saleOf(linesOf(amounts)) : amounts;
  return rateSale(book, inputsFor(book, sale, { tier: null, birthday: null, ...about }), purse);
}

/** One member's account. Its clock stands at noon of 10 March 2026 in Shanghai, until it is moved. */
export class Account {
  private ids = 0;
  private readonly newId = (): string => `id-${String(++this.ids).padStart(6, '0')}`;
  ledger: Ledger = openLedger('member', { account: EMPTY_ACCOUNT, lots: [], holds: [] }, AT, this.newId);

  /** The same account, opened at another time. */
  on(now: Date): this {
    const { account, lots, holds } = this.ledger;
    const stored = {
      account,
      lots: [...lots.values()].map((lot): Lot => ({ ...lot, mark: 'STORED' })),
      holds: [...holds.values()],
    };
    this.ledger = openLedger('member', stored, now, this.newId);
    passTime(this.ledger);
    return this;
  }

  /** A lot of its own. */
  give(points: bigint, more: Partial<Credit> = {}): Lot {
    const nowhere = { expiresAt: null, purchaseId: null, mallId: 'mall', merchantId: null, currency: null };
    const lot = issue(this.ledger, { earnedAt: this.ledger.now, ...nowhere, ...more }, points);
    post(this.ledger, {
      kind: 'EARN',
      amount: points,
      occurredAt: this.ledger.now,
      explanation: [],
      parts: [{ lot, amount: points }],
    });
    settleDebt(this.ledger, this.ledger.now);
    return lot;
  }

  buy(amounts: string, rules: SomeRules = {}, life: Partial<Life> = {}): Sale {
    const book = bookOf(rules);
    const facts = saleOf(linesOf(amounts));
    const purchaseId = this.newId();
    const reference = {
      purchaseId,
      memberId: 'member',
      mallId: 'mall',
      merchantId: 'M',
      storeId: 'S',
      currency: 'CNY',
    };
    const sale = newSale(
      { ...reference, zone: facts.zone, occurredAt: facts.occurredAt },
      inputsFor(book, facts, { tier: null, birthday: null }),
    );
    rate(book, sale);
    const at = { availableAt: AT, expiresAt: null, moving: null, ...life };
    postSale(this.ledger, sale, { cause: 'EARNED', refundId: null, changedAt: AT, life: at });
    return sale;
  }

  /** Refunds so much of a line in all, and answers what that took. */
  refund(sale: Sale, cumulative: string, lineNo = 1): bigint {
    const before = sale.reversed;
    const line = { lineNo, cashCumulativeMinor: fen(cumulative), pointsValueCumulativeMinor: 0n };
    applyRefund(sale, { lines: [line], fullyRefunded: false });
    const life = { availableAt: AT, expiresAt: null, moving: null };
    postSale(this.ledger, sale, { cause: 'REVERSED', refundId: 'r', changedAt: this.ledger.now, life });
    return sale.reversed - before;
  }

  spend(points: bigint, worthMinor: bigint | null = null): Redemption {
    const made = redeem(this.ledger, {
      amount: points,
      source: { kind: 'POS', id: this.newId() },
      mallId: 'mall',
      merchantId: null,
      value: worthMinor === null ? null : { minor: worthMinor, currency: 'CNY' },
      occurredAt: this.ledger.now,
      explanation: [],
    });
    if (!made.ok) throw new Error(made.error.code);
    return made.value;
  }

  /** Pending, available, held and owed. */
  get figures(): bigint[] {
    const { pending, available, held, debt } = this.ledger.account;
    return [pending, available, held, debt];
  }
}

/** The end of points earned at a wall clock, and posted at once unless said otherwise. */
export function endOf(expiry: ExpiryTerms, earned: string, posted = earned): string {
  const terms = { ...DEFAULT_PROGRAMME, expiry };
  return wall(lifeOf(terms, { earnedAt: at(earned), zone: SHANGHAI, postedAt: at(posted) }).expiresAt);
}

/** 100 points are 1.00; from 500 on, in steps of 100, up to half of what is to be paid. */
const SPENDING: SpendTerms = {
  ...DEFAULT_PROGRAMME.spending,
  conversions: [{ points: 100n, valueMinor: 100n, currency: 'CNY' }],
  minPoints: 500n,
  stepPoints: 100n,
  maxPercentOfEligible: '50',
};

/** `toPay` as '20.00 FOOD + 60.00 GOLD'. */
export function paid(
  toPay: string,
  requested: bigint,
  available: bigint,
  terms: Partial<SpendTerms> = {},
): BasketQuote {
  const lines = linesOf(toPay).map(({ category, paidMinor }) => ({ category, toPayMinor: paidMinor }));
  const payer = { available, debt: 0n, frozen: false, tierCode: null, spentToday: 0n };
  return quoteBasket({ ...SPENDING, ...terms }, payer, { merchantId: 'M', currency: 'CNY', lines }, requested);
}

export const silver = { tier: tierOf('SILVER', '1.2') };
export const doubled = [campaign('DOUBLE', { multiplier: '2' })];
export const steps = (...list: [string, bigint][]) =>
  list.map(([from, points]) => ({ fromMinor: fen(from), currency: 'CNY', points }));

/** 100.00 as silver in a double week. */
export const silverInDoubleWeek = (earning: Parameters<typeof programme>[0]) =>
  rated('100.00', { programme: programme(earning), campaigns: doubled }, silver).points;
/** 100.00 in one group of campaigns: 1.5 of priority 9, 2 of priority 1. */
export const twoCampaigns = (mode: 'BEST_OF' | 'SUM' | 'PRIORITY') => {
  const withinGroup = { ...DEFAULT_PROGRAMME.earning.withinGroup, CAMPAIGN: mode };
  const [high, low] = [
    { multiplier: '1.5', priority: 9 },
    { multiplier: '2', priority: 1 },
  ];
  return rated('100.00', {
    programme: programme({ withinGroup }),
    campaigns: [campaign('A', high), campaign('B', low)],
  }).points;
};
/** 100.00, of which a coupon paid 20.00 and points 10.00. */
export const onBasis = (basis: 'GROSS' | 'NET_OF_COUPONS' | 'NET_OF_COUPONS_AND_POINTS') => {
  const line = lineOf(fen('70.00'), { grossMinor: fen('100.00'), pointsValueMinor: fen('10.00') });
  return rated(saleOf([line]), { programme: programme({ basis }) }).points;
};
export const withBudget = (onExhaustion: 'PARTIAL' | 'NONE') =>
  rated(
    '100.00',
    { campaigns: [campaign('LIMITED', { multiplier: '2', budget: { points: 1_000n, onExhaustion } })] },
    {},
    (_, wanted) => (onExhaustion === 'PARTIAL' ? (wanted < 30n ? wanted : 30n) : 0n),
  ).points;

export const rounded = (rounding: 'FLOOR' | 'HALF_UP' | 'CEIL', amounts = '10.50 + 10.05') =>
  rated(amounts, { programme: programme({ rounding }) }).points;
/** 100.00 at a wall clock, on the tenth of a month twice the points. */
export const memberDay = (clock: string, zone = SHANGHAI) => {
  const sale = saleOf([fen('100.00')], { occurredAt: at(clock), zone });
  return rated(sale, {
    campaigns: [campaign('TENTH', { multiplier: '2', calendar: { mode: 'MONTH_DAYS', days: [10] } })],
  }).points;
};
export const birthday = (clock: string) =>
  rated(
    saleOf([fen('100.00')], { occurredAt: at(clock) }),
    { campaigns: [campaign('BIRTHDAY', { multiplier: '2', group: 'MEMBER', calendar: { mode: 'BIRTHDAY' } })] },
    { birthday: { month: 2, day: 29 } },
  ).points;
export const yearEnd: ExpiryTerms = { mode: 'END_OF_PERIOD', period: 'YEAR', count: 1 };
export const after = (
  count: number,
  unit: 'DAY' | 'MONTH',
  roundTo: 'DAY' | 'WEEK' | 'MONTH' = 'DAY',
): ExpiryTerms => ({
  ...{ mode: 'AFTER', from: 'EARNED', count, unit, roundTo },
});
export const late = (days: number) => {
  const sale = saleOf([fen('100.00')], { receivedAt: new Date(at('2026-03-10 12:00').getTime() + days * 86_400_000) });
  return rated(sale, { programme: programme({ backdated: DEFAULT_PROGRAMME.earning.backdated }) }).points;
};
const { spending } = DEFAULT_PROGRAMME;
export const noon = at('2026-03-10 12:00');
/** 60 points of a lot that ends on 15 March are spent, and 40 of them given back on the 16th. */
export const givenBack = (afterExpiry: typeof DEFAULT_PROGRAMME.refunds.afterExpiry) => {
  const account = new Account();
  account.give(60n, { expiresAt: at('2026-03-15 00:00') });
  const made = account.spend(60n);
  account.on(at('2026-03-16 00:00'));
  const terms = { ...DEFAULT_PROGRAMME, refunds: { ...DEFAULT_PROGRAMME.refunds, afterExpiry } };
  const until = lapsedUntil(terms, account.ledger.now, SHANGHAI);
  reverseRedemption(account.ledger, made, 40n, { occurredAt: account.ledger.now, lapsedUntil: until });
  const [lot] = [...account.ledger.lots.values()];
  return [account.ledger.account.available, wall(lot?.expiresAt ?? null)];
};
export const held = (account: Account, points: bigint) =>
  holdPoints(account.ledger, {
    ...{ id: 'h', checkoutId: 'c', mallId: 'mall', points, valueMinor: points },
    expiresAt: holdEnd(spending, 'POS', account.ledger.now, null),
  });
