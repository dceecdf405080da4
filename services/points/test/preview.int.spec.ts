import type { Caller } from '@atrium/platform';
import {
  admin,
  changeTier,
  GROUP,
  ladder,
  MALL,
  member,
  memberId,
  MERCHANT,
  organisation,
  programme,
  publishRules,
  purchaseId,
  register,
  sell,
  type Service,
  start,
  STORE,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await register(service, 'ann');
  await ladder(service);
  await service.settled();
  await changeTier(service, { id: 't', of: 'ann', to: 'SILVER', at: '2026-01-05T00:00:00Z' });
  await service.settled();
  await programme(service);
  await sell(service, { number: '1', of: 'ann', lines: [100_00n], occurredAt: '2026-03-02T04:00:00Z' });
  await sell(service, { number: '2', of: 'ann', lines: [50_00n], occurredAt: '2026-03-03T04:00:00Z' });
  await service.settled();
});
afterAll(() => service.end());

const PREVIEW = `points growth explanation { code text }`;
const DOCUMENT = `query($input: PreviewPointsInput!) { result: previewPoints(input: $input) { __typename
  ... on PreviewPointsSuccess { inForce { ${PREVIEW} } changed { ${PREVIEW} } }
  ... on InvalidPointsRulesError { faults { rule path code } } ... on InvalidInputError { path } ... on UserError { code } } }`;
interface Side {
  points: string;
  growth: string;
  explanation: { code: string; text: string }[];
}
type Answer = { __typename: string; inForce?: Side; changed?: Side } & Record<string, unknown>;
const ask = async (input: object, caller: Partial<Caller> = admin) =>
  service.as(caller).send<{ result: Answer }>(DOCUMENT, { input });
const preview = async (input: object): Promise<Answer> => {
  const { data, errors } = await ask(input);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.result;
};
const both = async (input: object) => {
  const { inForce, changed } = await preview(input);
  return [inForce?.points, changed?.points];
};

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const sale = (more: object = {}) => ({
  storeId: STORE,
  occurredAt: '2026-03-05T04:00:00Z',
  lines: [{ category: 'FOOD', paid: cny('100.00') }],
  ...more,
});
/** Begins long after all tickets of this test. */
const LATER = '2027-01-01T00:00:00Z';
const triple = { code: 'BASE', effectiveFrom: LATER, earn: { rate: '3' } };
const nothingPosted = async () => {
  const [row] = await service.admin.dataSource.query(
    `select (select count(*) from entry) as entries, (select count(*) from points_rule) as rules, (select count(*) from outbox) as facts`,
  );
  return Object.values(row as object)
    .map(String)
    .join(' ');
};

describe('a ticket by rules that are not in force', () => {
  it('stands beside what it earns now, step by step, and changes nothing', async () => {
    const before = await nothingPosted();
    const { inForce, changed } = await preview({ rules: [triple], sale: sale() });
    expect([inForce?.points, changed?.points, changed?.growth]).toEqual(['100', '300', '100']);
    expect(changed?.explanation.map(({ code }) => code)).toContain('RATE');
    expect(JSON.stringify(changed?.explanation)).toContain('3 points for each unit');
    expect(await nothingPosted()).toBe(before);
  });

  it('is of the member’s tier, or of another one', async () => {
    expect(await both({ sale: sale({ memberId: memberId('ann') }) })).toEqual(['120', '120']);
    expect(await both({ sale: sale({ memberId: memberId('ann'), tierCode: 'GOLD' }) })).toEqual(['150', '150']);
    expect(await both({ rules: [triple], sale: sale({ tierCode: 'SILVER' }) })).toEqual(['120', '360']);
  });

  it('knows kept drafts, rules that would retire, and a sale that was recorded', async () => {
    type Made = { made: { rule: { id: string } } };
    const { made } = await service.as(admin).ask<Made>(
      `mutation($input: DraftPointsRuleInput!) { made: draftPointsRule(input: $input) {
         ... on DraftPointsRuleSuccess { rule { id } } } }`,
      { input: { idempotencyKey: 'd', ...triple, earn: { rate: '2', merchantId: MERCHANT } } },
    );
    expect(await both({ ruleIds: [made.rule.id], purchaseId: purchaseId('1') })).toEqual(['120', '240']);
    expect(await both({ ruleIds: [made.rule.id], anyTime: false, purchaseId: purchaseId('1') })).toEqual([
      '120',
      '120',
    ]);
    const { pointsRules } = await service
      .as(admin)
      .ask<{ pointsRules: { id: string; code: string; status: string }[] }>(`{ pointsRules { id code status } }`);
    const campaign = pointsRules.find(({ code }) => code === 'DOUBLE-WEEK')?.id;
    const inTheWeek = sale({ occurredAt: '2026-03-11T04:00:00Z' });
    expect(await both({ retiredIds: [campaign], sale: inTheWeek })).toEqual(['200', '100']);
  });

  it('asks for channel, payment and discounts where rules do', async () => {
    const campaigns = [
      {
        code: 'WALLET',
        effectiveFrom: LATER,
        campaign: { multiplier: '2', group: 'PAYMENT', conditions: { paymentMethod: 'WALLET' } },
      },
      { code: 'ONLINE', effectiveFrom: LATER, earn: { rate: '2', channel: 'ONLINE' } },
      { effectiveFrom: LATER, programme: { earning: { basis: 'GROSS' } } },
    ];
    const lines = [{ category: 'FOOD', paid: cny('80.00'), gross: cny('100.00') }];
    const paid = { payments: [{ method: 'WALLET', amount: cny('80.00') }], channel: 'ONLINE', lines };
    expect(await both({ rules: campaigns, sale: sale(paid) })).toEqual(['80', '400']);
  });
});

it('a plan sees the latest sales as if it had held, merchant by merchant', async () => {
  type Effect = { result: { effect: Record<string, unknown> } };
  const { result } = await service.as(admin).ask<Effect>(
    `query($input: PreviewPointsRulesInput!) { result: previewPointsRules(input: $input) { ... on PreviewPointsRulesSuccess { effect {
       members sales changed membersChanged from to points { before after } growth { before after }
       merchants { merchantId sales points { before after } } } } } }`,
    { input: { rules: [triple] } },
  );
  expect(result.effect).toEqual({
    members: '1',
    sales: 2,
    changed: 2,
    membersChanged: 1,
    from: '2026-03-02T04:00:00.000Z',
    to: '2026-03-03T04:00:00.000Z',
    points: { before: '180', after: '540' },
    growth: { before: '150', after: '150' },
    merchants: [{ merchantId: MERCHANT, sales: 2, points: { before: '180', after: '540' } }],
  });
});

it('keeps to what earlier sales of its day and the budgets leave', async () => {
  const capped = { effectiveFrom: LATER, programme: { earning: { maxPointsPerDay: '130', backdated: {} } } };
  const ticket = (occurredAt: string) => sale({ memberId: memberId('ann'), occurredAt });
  const after = await preview({ rules: [capped], sale: ticket('2026-03-02T05:00:00Z') });
  expect([after.inForce?.points, after.changed?.points]).toEqual(['120', '10']);
  expect(after.changed?.explanation.map(({ code }) => code)).toContain('CAPPED_DAY');
  expect(await both({ rules: [capped], sale: ticket('2026-03-02T03:00:00Z') })).toEqual(['120', '120']);
  expect(await both({ rules: [capped], purchaseId: purchaseId('1') })).toEqual(['120', '120']);
  const names = [{ locale: 'en', name: 'While it lasts' }];
  const limited = (onExhaustion: string) => ({
    ...{ code: 'LIMITED', effectiveFrom: '2026-03-20T00:00:00Z', effectiveTo: '2026-03-22T00:00:00Z' },
    campaign: { multiplier: '2', names, budget: { points: '100', onExhaustion } },
  });
  await publishRules(service, limited('PARTIAL'));
  await sell(service, { number: '3', of: 'ann', lines: [80_00n], occurredAt: '2026-03-20T04:00:00Z' });
  await service.settled();
  // The sale took 80 of the 100; another version of the campaign has what the first one left.
  const next = sale({ occurredAt: '2026-03-20T04:00:00Z' });
  expect(await both({ rules: [limited('NONE')], sale: next })).toEqual(['120', '100']);
  expect(await both({ purchaseId: purchaseId('3') })).toEqual(['176', '176']);
});

it.each<[string, object, object]>([
  ['neither ticket nor sale', {}, { path: ['sale'] }],
  ['both', { sale: sale(), purchaseId: GROUP }, { path: ['sale'] }],
  ['no lines', { sale: sale({ lines: [] }) }, { path: ['sale', 'lines'] }],
  [
    'two currencies',
    {
      sale: sale({
        lines: [
          { category: 'A', paid: cny('1') },
          { category: 'A', paid: { amount: '1', currency: 'USD' } },
        ],
      }),
    },
    { path: ['sale', 'lines', '1', 'paid'] },
  ],
  [
    'a foreign currency',
    { sale: sale({ lines: [{ category: 'A', paid: { amount: '1', currency: 'USD' } }] }) },
    { path: ['sale', 'lines', '0', 'paid', 'currency'] },
  ],
  [
    'gross below what was paid',
    { sale: sale({ lines: [{ category: 'A', paid: cny('2'), gross: cny('1') }] }) },
    { path: ['sale', 'lines', '0', 'gross'] },
  ],
  [
    'a negative payment',
    { sale: sale({ payments: [{ method: 'CASH', amount: cny('-1') }] }) },
    { path: ['sale', 'payments', '0', 'amount'] },
  ],
  ['an unknown tier', { sale: sale({ tierCode: 'NONE' }) }, { path: ['sale', 'tierCode'] }],
  ['an unknown store', { sale: sale({ storeId: MALL }) }, { code: 'NOT_FOUND' }],
  ['an unknown member', { sale: sale({ memberId: GROUP }) }, { code: 'NOT_FOUND' }],
  ['an unknown sale', { purchaseId: GROUP }, { code: 'NOT_FOUND' }],
  ['an unknown draft', { ruleIds: [GROUP], sale: sale() }, { code: 'NOT_FOUND' }],
  [
    'faults of rules',
    { rules: [triple, { ...triple, earn: { rate: '-1', merchantId: STORE } }], sale: sale() },
    {
      faults: [
        { rule: 1, path: ['earn', 'rate'], code: 'NEGATIVE' },
        { rule: 1, path: ['earn', 'merchantId'], code: 'UNKNOWN_MERCHANT' },
      ],
    },
  ],
  [
    'what is no rule',
    { rules: [{ effectiveFrom: LATER }], sale: sale() },
    { faults: [{ rule: 0, path: [], code: 'ONE_KIND' }] },
  ],
])('refuses %s', async (_, input, expected) => {
  expect(await preview(input)).toMatchObject(expected);
});

it('is for those who make the group’s rules', async () => {
  const manager: Partial<Caller> = { kind: 'STAFF', id: 'm', grants: [{ role: 'mall-manager', nodeId: MALL }] };
  for (const caller of [manager, member('ann')]) {
    expect((await ask({ sale: sale() }, caller)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});
