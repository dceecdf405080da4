import { OrgNodeKind, OrgNodeRecordedSchema, PointsRulesPublishedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import type { Caller } from '@atrium/platform';
import {
  admin,
  balances,
  GROUP,
  MALL,
  memberId,
  MERCHANT,
  organisation,
  programme,
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
  await service.settled();
});
afterAll(() => service.end());

const staff = (id: string): Partial<Caller> => ({ ...admin, id });
const [lin, wu] = [staff('lin'), staff('wu')];
const STEPS = ['draft', 'publish', 'approve', 'activate', 'retire', 'discard'] as const;
type Step = (typeof STEPS)[number];
const RULE = `rule { id ruleId code version status effectiveTo draftedBy approvedBy activatedBy endedBy
  earn { rate merchantId } }`;
const document = (step: Step) => {
  const Name = `${step.charAt(0).toUpperCase()}${step.slice(1)}PointsRule`;
  return `mutation($input: ${Name}Input!) { result: ${step}PointsRule(input: $input) { __typename
    ... on ${Name}Success { ${RULE} } ... on InvalidInputError { path }
    ${/draft|publish/.test(step) ? '' : '... on PointsRuleStateError { status }'}
    ${step === 'activate' ? '... on PointsRuleOutdatedError { newerVersion }' : ''}
    ... on UserError { code message remedy } } }`;
};
type Rule = { id: string; ruleId: string; version: number; status: string } & Record<string, unknown>;
type Answer = { __typename: string; code?: string; path?: string[]; rule: Rule } & Record<string, unknown>;

let keys = 0;
const ask = (step: Step, input: object, caller: Partial<Caller> = lin) =>
  service.as(caller).send<{ result: Answer }>(document(step), { input: { idempotencyKey: `r${++keys}`, ...input } });
async function outcome(...args: Parameters<typeof ask>): Promise<Answer> {
  const { data, errors } = await ask(...args);
  if (!data?.result) throw new Error(JSON.stringify(errors));
  return data.result;
}
const cafe = (rate: string, more: object = {}) => ({
  code: 'CAFE',
  effectiveFrom: '2026-02-01T00:00:00Z',
  earn: { rate, merchantId: MERCHANT },
  ...more,
});

describe('the life of a rule', () => {
  it('is drafted by one and approved by another before it rates anything', async () => {
    await programme(service);
    const { rule } = await outcome('draft', cafe('3'));
    expect(rule).toMatchObject({ version: 1, status: 'DRAFT', draftedBy: 'lin', approvedBy: null, activatedBy: null });
    await sell(service, { number: '1', of: 'ann', lines: [10_00n], occurredAt: '2026-02-02T04:00:00Z' });
    await service.settled();
    expect((await balances(service, 'ann')).available).toBe('10');

    expect(await outcome('activate', { id: rule.id }, wu)).toMatchObject({
      code: 'POINTS_RULE_STATE',
      status: 'DRAFT',
    });
    expect(await outcome('retire', { id: rule.id }, wu)).toMatchObject({ code: 'POINTS_RULE_STATE' });
    expect(await outcome('approve', { id: rule.id }, lin)).toMatchObject({ __typename: 'OwnDraftError' });
    const approved = await outcome('approve', { id: rule.id, idempotencyKey: 'once' }, wu);
    expect(approved.rule).toMatchObject({ status: 'APPROVED', approvedBy: 'wu' });
    expect(await outcome('approve', { id: rule.id, idempotencyKey: 'once' }, wu)).toEqual(approved);
    expect(await outcome('approve', { id: rule.ruleId, idempotencyKey: 'once' }, wu)).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await outcome('approve', { id: rule.id }, wu)).toMatchObject({ status: 'APPROVED' });

    const { rule: active } = await outcome('activate', { id: rule.id }, lin);
    expect(active).toMatchObject({ status: 'ACTIVE', activatedBy: 'lin', earn: { rate: '3', merchantId: MERCHANT } });
    await sell(service, { number: '2', of: 'ann', lines: [10_00n], occurredAt: '2026-02-02T04:00:00Z' });
    await service.settled();
    expect((await balances(service, 'ann')).available).toBe('40');
    expect(await outcome('discard', { id: rule.id })).toMatchObject({ code: 'POINTS_RULE_STATE', status: 'ACTIVE' });
  });

  it('a draft written before a newer version is not activated any more; it is discarded', async () => {
    const { rule: old } = await outcome('draft', cafe('4'));
    await outcome('approve', { id: old.id }, wu);
    const { rule: newer } = await outcome('publish', cafe('5'));
    expect([old.version, newer.version]).toEqual([2, 3]);
    expect(newer).toMatchObject({ status: 'ACTIVE', draftedBy: 'lin', approvedBy: 'lin', activatedBy: 'lin' });
    expect(await outcome('activate', { id: old.id })).toMatchObject({ code: 'POINTS_RULE_OUTDATED', newerVersion: 3 });
    const { rule: discarded } = await outcome('discard', { id: old.id }, wu);
    expect(discarded).toMatchObject({ status: 'DISCARDED', endedBy: 'wu' });
    expect(await outcome('approve', { id: old.id }, wu)).toMatchObject({ status: 'DISCARDED' });
  });

  it('retired, it ends with what it had replaced; sales of its time keep it', async () => {
    const { pointsRules } = await service
      .as(admin)
      .ask<{ pointsRules: Rule[] }>('{ pointsRules(kind: EARN) { id code version } }');
    const newest = pointsRules.find(({ code, version }) => code === 'CAFE' && version === 3)?.id ?? '';
    const until = '2026-04-01T00:00:00.000Z';
    expect(await outcome('retire', { id: newest, effectiveTo: '2026-03-01T00:00:00Z' })).toMatchObject({
      path: ['effectiveTo'],
      message: expect.stringContaining('not lie in the past'),
    });
    const { rule } = await outcome('retire', { id: newest, effectiveTo: until }, wu);
    expect(rule).toMatchObject({ status: 'RETIRED', effectiveTo: until, endedBy: 'wu' });
    expect(await outcome('retire', { id: newest, effectiveTo: '2027-01-01T00:00:00Z' })).toMatchObject({
      path: ['effectiveTo'],
    });
    const rows = await service.admin.dataSource.query(
      `select version, status, effective_to from points_rule where code = 'CAFE' order by version`,
    );
    expect(rows).toEqual([
      { version: 1n, status: 'RETIRED', effective_to: new Date(until) },
      { version: 2n, status: 'DISCARDED', effective_to: null },
      { version: 3n, status: 'RETIRED', effective_to: new Date(until) },
    ]);
    await sell(service, { number: '3', of: 'ann', lines: [10_00n], occurredAt: '2026-03-31T04:00:00Z' });
    await sell(service, { number: '4', of: 'ann', lines: [10_00n], occurredAt: '2026-04-01T04:00:00Z' });
    await service.settled();
    const sales = await service.admin.dataSource.query(
      `select earned from purchase_earn order by occurred_at desc limit 2`,
    );
    expect(sales).toEqual([{ earned: 10n }, { earned: 50n }]);
  });

  it('an older version that lives longer comes back; a version that has not begun never begins', async () => {
    const code = 'SEASON';
    const from = (effectiveFrom: string, effectiveTo?: string) => ({
      code,
      effectiveFrom,
      effectiveTo,
      earn: { rate: '1' },
    });
    await outcome('publish', from('2026-01-01T00:00:00Z'));
    const { rule: overlay } = await outcome('publish', from('2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z'));
    const { rule: later } = await outcome('publish', from('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z'));
    await outcome('retire', { id: overlay.id });
    expect((await outcome('retire', { id: later.id })).rule).toMatchObject({ effectiveTo: '2026-09-01T00:00:00.000Z' });
    const [base] = await service.admin.dataSource.query(
      `select status, effective_to from points_rule where code = 'SEASON' and version = 1`,
    );
    expect(base).toEqual({ status: 'ACTIVE', effective_to: null });
    expect(await outcome('retire', { id: overlay.id })).toMatchObject({ code: 'POINTS_RULE_STATE', status: 'RETIRED' });
  });

  it('tells what came into force and what was given an end', async () => {
    const said = await service.published(PointsRulesPublishedSchema);
    const cafes = said.filter(({ code }) => code === 'CAFE');
    expect(cafes.map(({ version, status, effectiveTo }) => [version, status, effectiveTo.slice(0, 10)])).toEqual([
      [1n, 'ACTIVE', ''],
      [3n, 'ACTIVE', ''],
      [1n, 'RETIRED', '2026-04-01'],
      [3n, 'RETIRED', '2026-04-01'],
    ]);
    // what other contexts go by
    for (const { kind, splitTender, publishedAt } of said) {
      expect([splitTender, publishedAt.length]).toEqual([kind === 'PROGRAMME' ? 'PRO_RATA' : '', 24]);
    }
  });
});

describe('refused', () => {
  it('what is not there', async () => {
    for (const step of ['approve', 'activate', 'retire', 'discard'] as const) {
      expect(await outcome(step, { id: memberId('ann') })).toMatchObject({ __typename: 'NotFoundError' });
      expect(await outcome(step, { id: 'no id' })).toMatchObject({ __typename: 'NotFoundError' });
    }
    for (const merchantId of [memberId('ann'), STORE, 'no id']) {
      expect(await outcome('draft', cafe('1', { earn: { rate: '1', merchantId } }))).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    expect(await outcome('publish', cafe('1', { earn: { rate: '1', storeId: MERCHANT } }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    const other = naturalId('merchant', GROUP, 'SH01', 'BAR');
    await service.deliver(
      OrgNodeRecordedSchema,
      { nodeId: other, kind: OrgNodeKind.MERCHANT, path: [GROUP, MALL, other], code: 'BAR', name: 'Bar', version: 1n },
      { aggregateId: other, occurredAt: new Date('2026-01-01') },
    );
    await service.settled();
    expect(await outcome('draft', cafe('1', { earn: { rate: '1', merchantId: other, storeId: STORE } }))).toMatchObject(
      { path: ['earn', 'storeId'] },
    );
  });

  it.each<[string, object, string]>([
    ['two kinds', { campaign: {} }, ''],
    ['no kind', { earn: null }, ''],
    ['no code', { code: null }, 'code'],
    ['a code for the programme', { earn: null, programme: {} }, 'code'],
    ['an end before the beginning', { effectiveTo: '2026-01-01T00:00:00Z' }, 'effectiveTo'],
    ['a negative rate', { earn: { rate: '-1' } }, 'earn.rate'],
    [
      'a field of another mode',
      { code: null, earn: null, programme: { expiry: { mode: 'NEVER', months: 3 } } },
      'programme.expiry.months',
    ],
  ])('%s, with its place in the input', async (_, more, path) => {
    const refused = await outcome('draft', cafe('1', more));
    expect([refused.__typename, refused.path?.join('.')]).toEqual(['InvalidInputError', path]);
  });

  it('in the language of the caller', async () => {
    const { data } = await service.as(lin, { 'accept-language': 'zh-CN' }).send<{ result: Answer }>(document('draft'), {
      input: { idempotencyKey: 'zh', ...cafe('-1') },
    });
    expect(data?.result['message']).toBe('输入无效：数值不能为负。');
  });

  it('one mall of the group, and in one step those who are nobody’s second person', async () => {
    const manager = (id: string, nodeId: string): Partial<Caller> => ({
      ...{ kind: 'STAFF', id, grants: [{ role: 'mall-manager', nodeId }] },
    });
    const codes = async (step: Step, caller: Partial<Caller>) =>
      (await ask(step, step === 'draft' || step === 'publish' ? cafe('1') : { id: GROUP }, caller)).errors.map(
        ({ extensions }) => extensions?.['code'],
      );
    for (const step of STEPS) {
      expect([step, await codes(step, manager('m', MALL))]).toEqual([step, ['FORBIDDEN']]);
      expect([step, await codes(step, manager('g', GROUP))]).toEqual([step, step === 'publish' ? ['FORBIDDEN'] : []]);
    }
  });
});
