import { food, orders, paying, till } from './orders.support';
import {
  expectLedgerToBalance,
  ladder,
  memberId,
  organisation,
  programme,
  publishRules,
  register,
  sell,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
const ask = orders(() => service);

beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'hal');
  await service.settled();
  await programme(service);
  await sell(service, { number: 'E-hal', of: 'hal', lines: [100_000n], occurredAt: '2026-02-01T00:00:00.000Z' });
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

describe('rules that change', () => {
  const QUOTE = `query($input: QuotePointsInput!) { quotePoints(input: $input) { ... on PointsQuote { points value { amount } cutReason notices ruleVersionId } } }`;
  const quote = async (points: string) =>
    (
      await service.as(till).ask<{ quotePoints: { ruleVersionId: string } }>(QUOTE, {
        input: { memberId: memberId('hal'), nodeId: STORE, points, lines: food('200.00') },
      })
    ).quotePoints;
  const publish = (spending: object) =>
    publishRules(service, { effectiveFrom: service.clock.now().toISOString(), programme: { spending } });
  const dear = [{ points: '200', value: { amount: '1.00', currency: 'CNY' } }];

  it('between quote and commit: the quoted version holds for ten minutes (edge case 7)', async () => {
    const quoted = await quote('300');
    expect(quoted).toMatchObject({ points: '300', value: { amount: '3.00' }, cutReason: null });
    service.clock.advance({ minutes: 1 });
    await publish({ conversions: dear });
    expect(await quote('300')).toMatchObject({ value: { amount: '1.50' } });
    service.clock.advance({ minutes: 9 });
    const { ruleVersionId } = quoted;
    expect(await ask('holdPoints', 'hal', 'H1', { ...paying('300'), ruleVersionId })).toMatchObject({
      hold: { value: { amount: '3.00' } },
    });
    service.clock.advance({ minutes: 1 });
    expect(await ask('redeemPoints', 'hal', 'H2', { ...paying('300'), ruleVersionId })).toMatchObject({
      redemption: { value: { amount: '1.50' } },
    });
  });

  it('count what was spent on the business day, with open holds and without what came back', async () => {
    // 12:20 in Shanghai: 300 are held and 300 redeemed
    await publish({ conversions: dear, maxPointsPerDay: '700' });
    expect(await quote('300')).toMatchObject({
      points: '100',
      cutReason: 'DAY_CAP',
      notices: ['The limit of this day is reached.'],
    });
    expect(await ask('redeemPoints', 'hal', 'H3', paying('101'))).toMatchObject({
      code: 'POINTS_NOT_ALLOWED',
      reason: 'DAY_CAP',
      allowed: '100',
    });
    await ask('reversePointsRedemption', 'hal', 'H2', { points: '200' });
    await ask('releasePointsHold', 'hal', 'H1');
    expect(await quote('900')).toMatchObject({ points: '600', cutReason: 'DAY_CAP' });
    // until 04:00 it is the same day
    service.clock.set('2026-03-10T19:59:59Z');
    expect(await quote('900')).toMatchObject({ points: '600' });
    service.clock.set('2026-03-10T20:00:00Z');
    expect(await quote('900')).toMatchObject({ points: '700', cutReason: 'DAY_CAP' });
  });
});
