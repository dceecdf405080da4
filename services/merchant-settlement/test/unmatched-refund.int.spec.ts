import { PurchaseRefundedSchema, RefundUnmatchedSchema, UnmatchedRefundClosedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { type Caller, createLog } from '@atrium/platform';
import { TEST_GROUP } from '@atrium/testkit';
import { HUB } from '@atrium/contracts';
import { sweepParkedRefundsJob } from '../src/jobs/sweep-parked-refunds';
import { cny, record, refund, refundOf, sale, type Settlement, SOURCE, startSettlement, till } from './harness';

describe('a refund that finds no sale', () => {
  let s: Settlement;
  beforeAll(async () => {
    s = await startSettlement();
  });
  afterAll(() => s?.end());

  const desk: Partial<Caller> = {
    kind: 'STAFF',
    id: 'desk',
    grants: [{ role: 'customer-service', nodeId: TEST_GROUP }],
  };
  const refundId = (externalId: string) => naturalId('refund', TEST_GROUP, SOURCE, externalId);
  let keys = 0;
  const resolve = async (externalId: string, resolution: string, more: object = {}, caller = desk, language = 'en') => {
    const reply = await s.as(caller, { 'accept-language': language }).send<{ result: Record<string, unknown> }>(
      `mutation($input: ResolveUnmatchedRefundInput!) { result: resolveUnmatchedRefund(input: $input) { __typename
           ... on ResolveUnmatchedRefundSuccess { outcome } ... on UserError { code message }
           ... on InvalidInputError { path } } }`,
      {
        input: {
          idempotencyKey: `k${++keys}`,
          refundId: refundId(externalId),
          resolution,
          note: 'looked into it',
          ...more,
        },
      },
    );
    return reply.data?.result ?? { __typename: reply.errors[0]?.extensions?.['code'] };
  };
  const lapse = async () => {
    s.clock.advance({ days: 8 });
    await sweepParkedRefundsJob(HUB).run(s.db, createLog('test', 'silent'));
  };
  const facts = async (externalId: string) => [
    (await s.published(RefundUnmatchedSchema)).filter((fact) => fact.refundId === refundId(externalId)),
    (await s.published(UnmatchedRefundClosedSchema)).filter((fact) => fact.refundId === refundId(externalId)),
  ];

  it('is told after its deadline, once, with its numbers', async () => {
    for (const number of ['link', 'dismiss', 'late', 'retry']) await refund(s, refundOf(number, `sale-${number}`));
    expect(await facts('link')).toEqual([[], []]);
    expect(await resolve('link', 'RETRY')).toMatchObject({
      __typename: 'RefundNotResolvedError',
      code: 'NOT_UNMATCHED',
    });
    await lapse();
    await lapse();
    expect((await facts('link'))[0]).toMatchObject([
      {
        sourceSystem: SOURCE,
        externalId: 'link',
        purchaseExternalId: 'sale-link',
        reason: 'SALE_UNKNOWN',
        version: 1n,
      },
    ]);
  });

  it('is linked to a sale by its number, once', async () => {
    await record(s, sale('the-right-one'));
    expect(await resolve('link', 'LINK')).toMatchObject({ path: ['purchaseExternalId'] });
    const named = { sourceSystem: SOURCE, purchaseExternalId: 'the-right-one' };
    expect(await resolve('link', 'LINK', { ...named, purchaseExternalId: 'none' })).toMatchObject({
      code: 'SALE_UNKNOWN',
    });
    const linked = await resolve('link', 'LINK', { ...named, idempotencyKey: 'same' });
    expect(linked).toMatchObject({ __typename: 'ResolveUnmatchedRefundSuccess', outcome: 'APPLIED' });
    expect(await resolve('link', 'LINK', { ...named, idempotencyKey: 'same' })).toEqual(linked);
    expect(await resolve('link', 'DISMISS', { idempotencyKey: 'same' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await resolve('link', 'LINK', named)).toMatchObject({ code: 'NOT_UNMATCHED' });
    const [, closed] = await facts('link');
    expect(closed).toMatchObject([{ outcome: 'APPLIED', actor: 'desk', version: 2n }]);
    const refunded = (await s.published(PurchaseRefundedSchema)).filter(({ externalId }) => externalId === 'link');
    expect(refunded).toMatchObject([{ purchaseId: naturalId('purchase', TEST_GROUP, SOURCE, 'the-right-one') }]);
    // the till may ask again: it is the same refund
    expect(await refund(s, refundOf('link', 'sale-link'))).toMatchObject({ duplicate: true });
  });

  it('is dismissed, and then stays so', async () => {
    expect(await resolve('dismiss', 'DISMISS', { note: 'x' })).toMatchObject({ path: ['note'] });
    expect(await resolve('dismiss', 'RETRY', {}, desk, 'zh-CN')).toMatchObject({
      message: '该退款对应的销售仍未找到。',
    });
    expect(await resolve('dismiss', 'DISMISS')).toMatchObject({ outcome: 'DISMISSED' });
    expect(await refund(s, refundOf('dismiss', 'sale-dismiss'))).toMatchObject({ path: ['externalId'] });
    expect((await facts('dismiss'))[1]).toMatchObject([{ outcome: 'DISMISSED', actor: 'desk' }]);
  });

  it('is joined by a sale that comes after all', async () => {
    await record(s, sale('sale-late'));
    expect((await facts('late'))[1]).toMatchObject([{ outcome: 'APPLIED', actor: '', version: 2n }]);
  });

  it('that its sale refuses is set aside with the reason, and can be tried again', async () => {
    const tooMuch = { lines: [{ lineNo: 1, amount: cny('200.00') }] };
    await refund(s, refundOf('exceeds', 'sale-exceeds', tooMuch));
    await record(s, sale('sale-exceeds'));
    expect((await facts('exceeds'))[0]).toMatchObject([{ reason: 'EXCEEDS', version: 1n }]);
    expect(await resolve('exceeds', 'RETRY')).toMatchObject({ __typename: 'RefundExceedsPurchaseError' });
    expect((await facts('exceeds'))[0]).toHaveLength(1);
  });

  it.each<[string, Partial<Caller>, string]>([
    ['a till', till, 'FORBIDDEN'],
    ['an auditor', { ...desk, grants: [{ role: 'auditor', nodeId: TEST_GROUP }] }, 'FORBIDDEN'],
    ['nobody', { kind: 'ANONYMOUS', groupId: null }, 'UNAUTHENTICATED'],
    ['another group', { ...desk, groupId: naturalId('group', 'other') }, 'NotFoundError'],
  ])('is not settled by %s', async (_, caller, answer) => {
    expect((await resolve('retry', 'DISMISS', {}, caller))['__typename']).toBe(answer);
  });
});
