import {
  MemberFrozenSchema,
  PointsTransferReceivedSchema,
  PointsTransferRefusedSchema,
  PointsTransferReturnedSchema,
  PointsTransferSentSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { eventually } from '@atrium/testkit';
import { lockAccounts } from '../src/ledger/storage/ledger.repository';
import {
  balances,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  member,
  memberId,
  MERCHANT,
  organisation,
  programme,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'cat', 'dan', 'eve', 'fay');
  await service.settled();
  await programme(service);
  await sell(service, { number: 'A1', of: 'ann', lines: [100_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

type Answer = Record<string, unknown> & { __typename: string };
let keys = 0;
async function give(from: string, to: string, points: string, more: object = {}): Promise<Answer> {
  const { data, errors } = await service.as(member(from)).send<{ transferPoints: Answer }>(
    `mutation($input: TransferPointsInput!) { transferPoints(input: $input) { __typename
       ... on TransferPointsSuccess { transfer { id direction otherMemberId points status message } account { available } }
       ... on PointsTransferLimitError { limit left } ... on InsufficientPointsError { available requested }
       ... on InvalidInputError { path } ... on UserError { code message } } }`,
    { input: { idempotencyKey: `give-${++keys}`, toMemberId: memberId(to), points, ...more } },
  );
  return data?.transferPoints ?? { __typename: 'Refused', errors };
}
const idOf = (answer: Answer) => (answer['transfer'] as { id: string }).id;
const settled = (id: string, status: string) =>
  eventually(
    async () => {
      const [row] = await service.admin.dataSource.query(
        `select status from points_transfer where id = $1 and direction = 'OUT'`,
        [id],
      );
      expect(row.status).toBe(status);
      return true;
    },
    { what: `transfer ${status}` },
  );
const available = async (name: string) => (await balances(service, name)).available;
const lotsOf = (name: string) =>
  service.admin.dataSource.query(
    `select points.*, origin_lot_id from lot points where member_id = $1 order by expires_at, id`,
    [memberId(name)],
  );

describe('giving points to another member', () => {
  it('is off until the programme says otherwise', async () => {
    expect(await give('ann', 'ben', '100')).toMatchObject({ __typename: 'NotEligibleError', code: 'TRANSFERS_OFF' });
    await programme(service, {
      transfers: { enabled: true, maxPointsPerTransfer: '500', maxPointsPerDay: '900', maxTransfersPerDay: 4 },
    });
  });

  it('arrives once as new lots with the same expiry, funder and place; both sides see it', async () => {
    const sent = await give('ann', 'ben', '300', { message: 'Happy birthday', idempotencyKey: 'same' });
    expect(sent).toMatchObject({
      transfer: { direction: 'OUT', otherMemberId: memberId('ben'), points: '300', message: 'Happy birthday' },
      account: { available: '700' },
    });
    const again = await give('ann', 'ben', '300', { message: 'Happy birthday', idempotencyKey: 'same' });
    expect([idOf(again), again['account']]).toEqual([idOf(sent), { available: '700' }]);
    expect(await give('ann', 'ben', '301', { idempotencyKey: 'same' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await settled(idOf(sent), 'RECEIVED');
    expect([await available('ann'), await available('ben')]).toEqual(['700', '300']);
    const [[given], [got]] = [await lotsOf('ann'), await lotsOf('ben')];
    expect(given).toMatchObject({ available: 700n, revoked: 300n });
    expect(got).toMatchObject({
      issued: 300n,
      origin_lot_id: given.id,
      expires_at: given.expires_at,
      funder_id: given.funder_id,
      site_id: MALL,
      merchant_id: MERCHANT,
      earned_at: given.earned_at,
      source_kind: 'TRANSFER',
      source_id: idOf(sent),
    });
    const { me } = await service.as(member('ben')).ask<{ me: object }>(
      `{ me { points { transfers { edges { node { id direction otherMemberId status message } } }
           entries(first: 1) { edges { node { kind amount explanation { text } } } } } } }`,
    );
    expect(me).toEqual({
      points: {
        transfers: {
          edges: [
            {
              node: {
                id: idOf(sent),
                direction: 'IN',
                otherMemberId: memberId('ann'),
                status: 'RECEIVED',
                message: 'Happy birthday',
              },
            },
          ],
        },
        entries: {
          edges: [
            {
              node: {
                kind: 'TRANSFER',
                amount: '300',
                explanation: [{ text: '300 points came from another member; they keep their expiry.' }],
              },
            },
          ],
        },
      },
    });
    const [fact] = await service.published(PointsTransferSentSchema);
    expect(fact).toMatchObject({ points: 300n, parts: [{ lotId: given.id, points: 300n }] });
    const outbox = await service.admin.dataSource.query(`select encode(payload, 'escape') as text from outbox`);
    expect(JSON.stringify(outbox)).not.toContain('Happy birthday');
    expect(await service.published(PointsTransferReceivedSchema)).toHaveLength(1);
  });

  it.each<[string, string, string, string, object, object]>([
    ['nothing', 'ann', 'ben', '0', {}, { path: ['points'] }],
    ['less than nothing', 'ann', 'ben', '-5', {}, { path: ['points'] }],
    ['to oneself', 'ann', 'ann', '5', {}, { path: ['toMemberId'] }],
    ['to nobody', 'ann', 'nobody', '5', {}, { code: 'NOT_FOUND' }],
    ['to no id', 'ann', 'ben', '5', { toMemberId: 'x' }, { code: 'NOT_FOUND' }],
    ['with a long letter', 'ann', 'ben', '5', { message: 'x'.repeat(201) }, { path: ['message'] }],
    [
      'more than there is',
      'ben',
      'ann',
      '301',
      {},
      { code: 'INSUFFICIENT_POINTS', available: '300', requested: '301' },
    ],
    ['more than at once', 'ann', 'ben', '501', {}, { code: 'TRANSFER_LIMIT', limit: 'PER_TRANSFER', left: '500' }],
  ])('refuses %s', async (_, from, to, points, more, expected) => {
    expect(await give(from, to, points, more)).toMatchObject(expected);
  });

  it('keeps to the limits of the business day, whoever asks at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => give('ann', 'cat', '250')));
    expect(answers.filter(({ __typename: t }) => t === 'TransferPointsSuccess')).toHaveLength(2);
    expect(await give('ann', 'cat', '101')).toMatchObject({ limit: 'POINTS_PER_DAY', left: '100' });
    expect(await give('ann', 'cat', '1')).toMatchObject({ __typename: 'TransferPointsSuccess' });
    expect(await give('ann', 'cat', '1')).toMatchObject({ limit: 'TRANSFERS_PER_DAY' });
    await eventually(async () => (await available('cat')) === '501', { what: 'all arrived' });
    // 04:00 in Shanghai.
    service.clock.set('2026-03-10T19:59:59Z');
    expect(await give('ann', 'cat', '1')).toMatchObject({ limit: 'TRANSFERS_PER_DAY' });
    service.clock.set('2026-03-10T20:00:00Z');
    const next = await give('ann', 'cat', '1');
    await settled(idOf(next), 'RECEIVED');
  });

  it('is for members only, and not for who owes points or is frozen', async () => {
    const staff = { kind: 'STAFF' as const, id: 's', grants: [{ role: 'group-admin' as const, nodeId: GROUP }] };
    const reply = await service
      .as(staff)
      .send(
        `mutation { transferPoints(input: { idempotencyKey: "x", toMemberId: "${memberId('ben')}", points: "1" }) { __typename } }`,
      );
    expect(reply.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    await sell(service, { number: 'D1', of: 'dan', lines: [20_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
    await service.settled();
    await settled(idOf(await give('dan', 'cat', '150')), 'RECEIVED');
    await refund(service, { number: 'D1', of: 'dan', refundNo: 1n, lines: { 1: 20_000n }, fully: true });
    await service.settled();
    expect(await balances(service, 'dan')).toMatchObject({ available: '0', debt: '150' });
    expect(await give('dan', 'cat', '1')).toMatchObject({ __typename: 'NotEligibleError', code: 'IN_DEBT' });
    const occurredAt = '2026-03-11T00:00:00.000Z';
    await service.deliver(
      MemberFrozenSchema,
      { memberId: memberId('ben'), version: 1n, reasonCode: 'CARD_LOST', actor: 'desk', occurredAt },
      { aggregateId: memberId('ben'), occurredAt: new Date(occurredAt) },
    );
    await service.settled();
    expect(await give('ben', 'cat', '1')).toMatchObject({ __typename: 'NotEligibleError', code: 'ACCOUNT_FROZEN' });
  });
});

describe('on the other side', () => {
  it('what arrives pays debt first', async () => {
    await settled(idOf(await give('cat', 'dan', '200')), 'RECEIVED');
    expect(await balances(service, 'dan')).toMatchObject({ available: '50', debt: '0' });
  });

  it('what expired on the way arrives and expires, in sight; a repeat changes nothing', async () => {
    const sent = {
      transferId: naturalId('test-transfer', GROUP, 'late'),
      fromMemberId: memberId('ann'),
      toMemberId: memberId('eve'),
      points: 30n,
      parts: [
        {
          lotId: naturalId('test-lot', GROUP, '1'),
          points: 30n,
          earnedAt: '2025-01-01T00:00:00.000Z',
          expiresAt: '2026-03-01T00:00:00.000Z',
          currency: 'CNY',
        },
      ],
      occurredAt: '2026-02-28T00:00:00.000Z',
    };
    for (let i = 0; i < 3; i++) {
      await service.deliver(PointsTransferSentSchema, sent, { aggregateId: memberId('ann'), occurredAt: new Date() });
    }
    await service.settled();
    expect(await available('eve')).toBe('0');
    const entries = await service.admin.dataSource.query(
      `select kind, amount from entry where member_id = $1 order by id`,
      [memberId('eve')],
    );
    expect(entries).toEqual([
      { kind: 'TRANSFER', amount: 30n },
      { kind: 'EXPIRE', amount: -30n },
    ]);
  });

  it('goes back into the same lots when the receiver is gone', async () => {
    const before = await lotsOf('cat');
    await service.db.inTransaction(GROUP, (tx) => lockAccounts(tx, [memberId('fay')]));
    const gone = service.admin.dataSource.createQueryRunner();
    await gone.connect();
    await gone.startTransaction();
    await gone.query(`select 1 from account where member_id = $1 for update`, [memberId('fay')]);
    await gone.query(`delete from member where member_id = $1`, [memberId('fay')]);
    const id = idOf(await give('cat', 'fay', '40'));
    await gone.commitTransaction();
    await gone.release();
    await settled(id, 'RETURNED');
    expect(await lotsOf('cat')).toEqual(before);
    expect(await service.published(PointsTransferRefusedSchema)).toMatchObject([{ transferId: id, reason: 'UNKNOWN' }]);
    expect(await service.published(PointsTransferReturnedSchema)).toMatchObject([{ transferId: id, points: 40n }]);
    const { me } = await service
      .as(member('cat'))
      .ask<{ me: object }>(
        `{ me { points { transfers(first: 1) { edges { node { status points } } pageInfo { hasNextPage } } } } }`,
      );
    expect(me).toEqual({
      points: {
        transfers: { edges: [{ node: { status: 'RETURNED', points: '40' } }], pageInfo: { hasNextPage: true } },
      },
    });
  });
});
