import type { Caller } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import fc from 'fast-check';
import {
  admin,
  expectLedgerToBalance,
  GROUP,
  ladder,
  MALL,
  memberId,
  MERCHANT,
  organisation,
  programme,
  refund,
  register,
  registerAt,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben', 'cat', 'dan');
  await registerAt(service, '', ['eve']);
  await service.settled();
  await programme(service);
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

const auditor: Partial<Caller> = { kind: 'STAFF', id: 'audit', grants: [{ role: 'auditor', nodeId: GROUP }] };
let keys = 0;
const adjust = (name: string, amount: bigint) =>
  service.as(admin).ask(`mutation($input: AdjustPointsInput!) { adjustPoints(input: $input) { __typename } }`, {
    input: { idempotencyKey: `l${++keys}`, memberId: memberId(name), amount, reason: 'because' },
  });
/** The service's own job may be at it too. */
const addUp = () =>
  eventually(
    async () => {
      while (await service.app.snapshotLiability(GROUP));
      const [{ n }] = await service.admin.dataSource.query(
        'select count(*)::int as n from liability_snapshot where finished_at is null',
      );
      expect(n).toBe(0);
    },
    { what: 'the snapshot' },
  );
const REFRESH = `mutation($key: ID!) { refreshPointsLiability(input: { idempotencyKey: $key }) {
  __typename ... on RefreshPointsLiabilitySuccess { asOf } ... on UserError { code } } }`;
const refresh = async (key = `r${++keys}`, caller = auditor) =>
  (await service.as(caller).ask<{ refreshPointsLiability: { __typename: string; asOf: string } }>(REFRESH, { key }))
    .refreshPointsLiability;
const LIABILITY = `query($asOf: DateTime, $mallId: ID, $by: PointsLiabilityGrouping) {
  pointsLiability(asOf: $asOf, mallId: $mallId, groupBy: $by) {
    asOf rows { key label points pending available held value { amount currency } }
    total { points value { amount } } ledger { lots accounts entries lapsed differing members } } }`;
interface Row {
  key: string;
  label: string;
  points: string;
  held: string;
  value: { amount: string } | null;
}
interface Liability {
  asOf: string;
  rows: Row[];
  total: Row;
  ledger: Record<'lots' | 'accounts' | 'entries' | 'lapsed' | 'differing' | 'members', string> | null;
}
const liability = async (variables: object = {}, caller = auditor, headers = {}) =>
  (await service.as(caller, headers).ask<{ pointsLiability: Liability }>(LIABILITY, variables)).pointsLiability;
const forward = (days: number) => service.clock.set(new Date(service.clock.now().getTime() + days * 86_400_000));
const unspent = async (): Promise<string> =>
  String((await service.admin.dataSource.query(`select coalesce(sum(amount), 0)::bigint as n from entry`))[0].n);
const sum = (rows: readonly Row[]) => rows.reduce((total, { points }) => total + BigInt(points), 0n).toString();

describe('what is outstanding', () => {
  it('is nothing before the first time', async () => {
    await addUp();
    expect(await liability({ asOf: '2026-01-01T00:00:00Z' })).toBeNull();
  });

  it('is shown by funder, by age and by expected expiry, with its worth', async () => {
    await sell(service, { number: 'L1', of: 'ann', lines: [25_050n], occurredAt: '2026-01-05T04:00:00.000Z' });
    await sell(service, { number: 'L2', of: 'ben', lines: [10_000n], occurredAt: '2026-03-09T04:00:00.000Z' });
    await service.settled();
    // Who has no home mall: the group carries it.
    await adjust('eve', 33n);
    forward(1);
    await refresh();
    await addUp();
    expect((await liability()).rows).toMatchObject(
      [
        { key: MERCHANT, points: '350', value: { amount: '3.50', currency: 'CNY' } },
        { key: GROUP, label: 'The group', points: '33', value: { amount: '0.33' } },
      ].sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
    expect((await liability({ by: 'AGE' })).rows).toMatchObject([{ key: '0-2', points: '383' }]);
    const byExpiry = await liability({ by: 'EXPIRY' }, auditor, { 'accept-language': 'zh-CN' });
    expect(byExpiry.rows).toMatchObject([{ key: '2027-12-01', label: '2027-12 到期', points: '383' }]);
    expect(byExpiry.total).toMatchObject({ points: '383', value: { amount: '3.83' } });
    const ofMall = await liability({ mallId: MALL });
    expect(ofMall).toMatchObject({ rows: [{ key: MERCHANT, points: '350' }], total: { points: '350' }, ledger: null });
    expect(await liability({ mallId: MERCHANT })).toBeNull();
    expect(await liability({ mallId: 'no id' })).toBeNull();
    service.clock.set('2026-07-20T04:00:00.000Z');
    await refresh();
    await addUp();
    expect((await liability({ by: 'AGE' })).rows).toMatchObject([
      { key: '3-5', label: '3-5 months since earning', points: '133' },
      { key: '6-11', points: '250' },
    ]);
    // Looking back answers with what was true then.
    expect((await liability({ by: 'AGE', asOf: '2026-04-01T00:00:00Z' })).rows).toMatchObject([{ key: '0-2' }]);
  });

  it('equals lots, accounts and entries of its instant, whatever was posted while it was added up', async () => {
    const act = fc.record({
      who: fc.constantFrom('ann', 'ben', 'cat', 'dan'),
      what: fc.constantFrom('SELL', 'REFUND', 'PLUS', 'MINUS'),
      amount: fc.integer({ min: 1, max: 900 }),
    });
    let sales = 0;
    const run = async (acts: readonly { who: string; what: string; amount: number }[]) => {
      for (const { who, what, amount } of acts) {
        if (what === 'PLUS' || what === 'MINUS') await adjust(who, BigInt(what === 'PLUS' ? amount : -amount));
        else {
          const number = `R${++sales}`;
          const minor = BigInt(amount) * 100n;
          await sell(service, { number, of: who, lines: [minor], occurredAt: service.clock.now().toISOString() });
          if (what === 'SELL') continue;
          // A refund that overtook its sale would wait, and come at any time.
          await service.settled();
          await refund(service, { number, of: who, refundNo: 1n, lines: { 1: minor / 2n } });
        }
      }
      await service.settled();
    };
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 8 }), fc.array(act, { maxLength: 6 }), async (a, b) => {
        forward(1);
        await run(a);
        await addUp();
        forward(1);
        const at = await unspent();
        const { asOf } = await refresh();
        forward(1);
        await run(b);
        await addUp();
        for (const by of ['FUNDER', 'AGE', 'EXPIRY']) {
          const found = await liability({ by, asOf });
          expect(found).toMatchObject({
            asOf,
            ledger: { lots: at, accounts: at, entries: at, lapsed: '0', differing: '0' },
          });
          expect([found.total.points, sum(found.rows)]).toEqual([at, at]);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('leaves out what is past its time, and says so; a ledger that was changed shows', async () => {
    await addUp();
    const at = await unspent();
    service.clock.set('2028-01-02T00:00:00.000Z');
    const { asOf } = await refresh();
    await addUp();
    const found = await liability({ asOf });
    // Written down meanwhile by the job for it, or not: outstanding it is not.
    expect(BigInt(found.total.points) + BigInt(found.ledger?.lapsed ?? 0)).toBeLessThanOrEqual(BigInt(at));
    expect(found).toMatchObject({ ledger: { differing: '0' } });
    expect(BigInt(found.total.points)).toBe(0n);
    await service.admin.dataSource.query(
      `update entry set amount = amount + 1 where id = (select min(id::text)::uuid from entry)`,
    );
    forward(1);
    await refresh();
    await addUp();
    expect((await liability()).ledger).toMatchObject({ differing: '1' });
    await service.admin.dataSource.query(
      `update entry set amount = amount - 1 where id = (select min(id::text)::uuid from entry)`,
    );
  });

  it('is added up once a day by itself, and once for a wish', async () => {
    await addUp();
    const count = async () =>
      (await service.admin.dataSource.query('select count(*)::int as n from liability_snapshot'))[0].n;
    const before = await count();
    forward(1);
    await addUp();
    expect(await count()).toBe(before + 1);
    await addUp();
    expect(await count()).toBe(before + 1);
    const first = await refresh('same');
    expect(await refresh('same')).toEqual(first);
    await addUp();
    expect(await count()).toBe(before + 2);
  });

  it('is for those who may see the accounts of the group or of the mall', async () => {
    const mallAuditor: Partial<Caller> = { kind: 'STAFF', id: 'a', grants: [{ role: 'auditor', nodeId: MALL }] };
    expect(await liability({ mallId: MALL }, mallAuditor)).toMatchObject({ ledger: null });
    const desk: Partial<Caller> = { kind: 'STAFF', id: 'd', grants: [{ role: 'customer-service', nodeId: GROUP }] };
    for (const caller of [mallAuditor, desk, { kind: 'MEMBER', id: 'm', memberId: memberId('ann') } as const]) {
      const { errors } = await service.as(caller).send(LIABILITY, {});
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect((await service.as(caller).send(REFRESH, { key: 'x' })).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN' } },
      ]);
    }
  });
});
