import { PurchasePointsPostedSchema } from '@atrium/contracts';
import { orders, till } from './orders.support';
import {
  balances,
  checkoutId,
  expectLedgerToBalance,
  ladder,
  memberId,
  organisation,
  publishRules,
  purchaseId,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
const ask = orders(() => service);
const NAMES = ['owe', 'limit', 'clamp', 'cash', 'late', 'reject', 'split'];
/** Each policy has its own week. */
const WEEK = { owe: '01-01', limit: '01-08', clamp: '01-15', cash: '01-22', reject: '01-29' } as const;
const on = (policy: keyof typeof WEEK) => `2026-${WEEK[policy]}T12:00:00.000Z`;

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, ...NAMES);
  await service.settled();
  const policies = {
    owe: { mode: 'ALLOW_NEGATIVE' },
    limit: { mode: 'ALLOW_NEGATIVE', limit: '30' },
    clamp: { mode: 'CLAMP' },
    cash: { mode: 'DEDUCT_FROM_CASH_REFUND' },
    reject: { mode: 'REJECT' },
  };
  const conversions = [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }];
  for (const [name, spentPoints] of Object.entries(policies)) {
    const programme = { earning: { backdated: {} }, spending: { conversions }, refunds: { spentPoints } };
    const effectiveFrom = `2026-${WEEK[name as keyof typeof WEEK]}T00:00:00Z`;
    await publishRules(service, { effectiveFrom, programme });
  }
  await publishRules(service, { code: 'BASE', effectiveFrom: '2026-01-01T00:00:00Z', earn: { rate: '1' } });
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

/** 100 points for 100.00 under a policy, of which `spent` are gone. */
async function bought(of: string, policy: keyof typeof WEEK, spent: string, number = of): Promise<void> {
  await sell(service, { number, of, lines: [10_000n], occurredAt: on(policy) });
  await service.settled();
  if (spent !== '0') await ask('redeemPoints', of, `${number}-spent`, { points: spent });
}
const QUOTE = `query($input: QuoteRefundInput!) { quoteRefund(input: $input) { __typename
  ... on RefundQuote { cash { amount } pointsReturned pointsTaken pointsMissing pointsOwed pointsWaived cashDeduction { amount } policy allowed notices }
  ... on InvalidInputError { path message } } }`;
async function quote(number: string, amount?: string): Promise<Record<string, unknown>> {
  const lines = amount === undefined ? null : [{ lineNo: 1, amount: { amount, currency: 'CNY' } }];
  const input = { purchaseId: purchaseId(number), lines };
  return (await service.as(till).ask<{ quoteRefund: Record<string, unknown> }>(QUOTE, { input })).quoteRefund;
}
async function back(number: string, of: string, refundNo: bigint, minor: bigint, more: object = {}): Promise<void> {
  await refund(service, { number, of, refundNo, lines: { 1: minor }, fully: minor === 10_000n, ...more });
  await service.settled();
}
const posted = async (number: string) =>
  (await service.published(PurchasePointsPostedSchema))
    .filter((m) => m.purchaseId === purchaseId(number))
    .map((m) => [m.reversedTotal, m.debtTotal, m.waivedTotal, m.coveredTotal]);

describe('a refund of spent points', () => {
  it('is owed, to one transaction’s points', async () => {
    await bought('owe', 'owe', '70');
    expect(await quote('owe')).toMatchObject({
      pointsTaken: '30',
      pointsMissing: '70',
      pointsOwed: '70',
      allowed: true,
    });
    expect((await quote('owe'))['notices']).toEqual([
      '70 points of this sale were spent. They will be owed: the next points pay them first.',
    ]);
    await back('owe', 'owe', 1n, 10_000n);
    expect(await balances(service, 'owe')).toMatchObject({ available: '0', debt: '70' });
  });

  it('is owed up to a limit; the rest is left, and later points of the sale make up for it first', async () => {
    await bought('limit', 'limit', '100');
    await back('limit', 'limit', 1n, 5_000n);
    await back('limit', 'limit', 1n, 5_000n);
    expect(await balances(service, 'limit')).toMatchObject({ available: '0', debt: '30' });
    await back('limit', 'limit', 2n, 10_000n);
    expect(await balances(service, 'limit')).toMatchObject({ available: '0', debt: '30' });
    expect(await posted('limit')).toEqual([
      [0n, 0n, 0n, 0n],
      [50n, 30n, 20n, 0n],
      [50n, 30n, 20n, 0n],
      [100n, 30n, 70n, 0n],
    ]);
  });

  it('takes only what is there', async () => {
    await bought('clamp', 'clamp', '60');
    expect(await quote('clamp', '50.00')).toMatchObject({
      cash: { amount: '50.00' },
      pointsTaken: '40',
      pointsMissing: '10',
      pointsWaived: '10',
    });
    await back('clamp', 'clamp', 1n, 5_000n);
    await back('clamp', 'clamp', 2n, 10_000n);
    expect(await balances(service, 'clamp')).toMatchObject({ available: '0', debt: '0' });
    expect((await posted('clamp')).at(-1)).toEqual([100n, 0n, 60n, 0n]);
  });

  it('is kept from the cash, when the till says so; in any order of delivery', async () => {
    await bought('cash', 'cash', '75');
    expect(await quote('cash')).toMatchObject({
      cash: { amount: '100.00' },
      pointsMissing: '75',
      pointsOwed: '0',
      cashDeduction: { amount: '0.75' },
    });
    expect((await quote('cash'))['notices']).toEqual([
      '75 points of this sale were spent. 0.75 CNY are kept from the refund for them.',
    ]);
    // The second refund is heard first: its figures are of both.
    await back('cash', 'cash', 2n, 10_000n, { deductionMinor: 75n });
    await back('cash', 'cash', 1n, 5_000n, { deductionMinor: 25n });
    expect(await balances(service, 'cash')).toMatchObject({ available: '0', debt: '0' });
    expect((await posted('cash')).at(-1)).toEqual([100n, 0n, 0n, 75n]);
    await bought('late', 'cash', '75');
    await back('late', 'late', 1n, 5_000n, { deductionMinor: 25n });
    await back('late', 'late', 2n, 10_000n, { deductionMinor: 75n });
    expect(await balances(service, 'late')).toMatchObject({ available: '0', debt: '0' });
  });

  it('is not to be given; given all the same it is owed', async () => {
    await bought('reject', 'reject', '10');
    expect(await quote('reject', '90.00')).toMatchObject({ allowed: true, pointsTaken: '90' });
    expect(await quote('reject')).toMatchObject({
      allowed: false,
      notices: ['Do not refund: 10 points of this sale were spent.'],
    });
    await back('reject', 'reject', 1n, 10_000n);
    expect(await balances(service, 'reject')).toMatchObject({ available: '0', debt: '10' });
    expect(await quote('reject')).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await quote('cash', '1.00')).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await quote('unheard-of')).toMatchObject({ __typename: 'NotFoundError' });
  });

  it('of a sale that points paid for: they come back first, and pay what is missing', async () => {
    await bought('split', 'owe', '0');
    // 0.60 in points of 100.60: 100 points more are earned, 60 of 100 are gone.
    await sell(service, {
      number: 'S2',
      of: 'split',
      lines: [10_000n],
      occurredAt: on('owe'),
      checkout: 's2',
      pointsUsed: 60n,
    });
    await service.settled();
    await ask('redeemPoints', 'split', 'rest', { points: '140' });
    expect(checkoutId('s2')).not.toBe(memberId('split'));
    expect(await quote('S2')).toMatchObject({
      cash: { amount: '100.00' },
      pointsReturned: '60',
      pointsTaken: '60',
      pointsMissing: '40',
    });
    await back('S2', 'split', 1n, 10_000n, { pointsCumulative: 60n });
    expect(await balances(service, 'split')).toMatchObject({ available: '0', debt: '40' });
  });
});
