import { earn, manager, order, publish, run } from './gift-support';
import {
  balances,
  expectLedgerToBalance,
  ladder,
  organisation,
  programme,
  register,
  type Service,
  start,
} from './support';

let service: Service;
const names = Array.from({ length: 20 }, (_, i) => `m${i}`);
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, ...names);
  await service.settled();
  await programme(service);
  for (const name of names) await earn(service, name, 5_000n);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const made = (answers: { __typename: string }[]) =>
  answers.filter(({ __typename: t }) => t === 'OrderGiftSuccess').length;
const stock = async (giftId: string) => {
  const [row] = await service.admin.dataSource.query(`select stock_left from gift_stock where gift_id = $1`, [giftId]);
  return row.stock_left;
};

describe('many at once', () => {
  it('200 orders of 10 pieces: exactly 10, and nobody else has paid', async () => {
    const giftId = await publish(service, 'TEN', { stock: '10' });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => order(service, names[i % names.length] ?? '', giftId)),
    );
    expect([made(answers), await stock(giftId)]).toEqual([10, 0n]);
    for (const answer of answers) {
      if (answer.__typename !== 'OrderGiftSuccess') expect(answer).toMatchObject({ reason: 'SOLD_OUT' });
    }
    const spent = await service.admin.dataSource.query(
      `select sum(-amount)::bigint as points from entry where kind = 'REDEEM'`,
    );
    expect(spent).toEqual([{ points: 5_000n }]);
    const [{ n }] = await service.admin.dataSource.query(`select count(*)::int as n from gift_order`);
    expect(n).toBe(10);
  });

  it('pieces of different sizes, part of a day: never more than there are', async () => {
    const giftId = await publish(service, 'SIZES', { stock: '17', stockPerDay: 11 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        order(service, names[i % names.length] ?? '', giftId, { quantity: (i % 3) + 1 }),
      ),
    );
    const [{ pieces }] = await service.admin.dataSource.query(
      `select sum(quantity)::int as pieces from gift_order where gift_id = $1`,
      [giftId],
    );
    expect(pieces).toBe(11);
    expect([made(answers) > 3, await stock(giftId)]).toEqual([true, 6n]);
  });

  it('one member, 30 orders, a limit of 4, repeated keys: exactly 4', async () => {
    const giftId = await publish(service, 'FOUR', { limitPerMember: 4, stock: '100' });
    const before = BigInt((await balances(service, 'm3')).available);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => order(service, 'm3', giftId, { idempotencyKey: `four-${i % 15}` })),
    );
    const ids = new Set(answers.flatMap((answer) => (answer['order'] as { id: string } | undefined)?.id ?? []));
    expect([ids.size, await stock(giftId)]).toEqual([4, 96n]);
    expect(BigInt((await balances(service, 'm3')).available)).toBe(before - 2_000n);
  });

  it('orders, cancellations and counting staff at once leave the right stock', async () => {
    const giftId = await publish(service, 'MIXED', { stock: '5' });
    await Promise.all([
      ...names.map(async (name) => {
        const answer = await order(service, name, giftId);
        const orderId = (answer['order'] as { id: string } | undefined)?.id;
        const caller = { kind: 'MEMBER' as const, id: '', memberId: '' };
        if (!orderId) return;
        const [{ member_id }] = await service.admin.dataSource.query(`select member_id from gift_order where id = $1`, [
          orderId,
        ]);
        await run(service, { ...caller, id: member_id, memberId: member_id }, 'cancelGiftOrder', { orderId });
      }),
      ...Array.from({ length: 5 }, () =>
        run(service, manager, 'changeGiftStock', { giftId, delta: '2', reason: 'delivery' }),
      ),
    ]);
    const [{ open }] = await service.admin.dataSource.query(
      `select count(*)::int as open from gift_order where gift_id = $1 and status <> 'CANCELLED'`,
      [giftId],
    );
    expect([open, await stock(giftId)]).toEqual([0, 15n]);
  });
});
