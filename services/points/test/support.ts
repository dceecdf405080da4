import {
  MemberRegisteredSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  TierChangedSchema,
  TierLadderPublishedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { type Caller, createLog } from '@atrium/platform';
import { eventually, startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { type PointsApp, pointsService } from '../src/app';
import { activateLotsJob } from '../src/ledger/jobs/activate-lots';
import { expireLotsJob } from '../src/ledger/jobs/expire-lots';

export type Service = TestService<PointsApp>;
export const GROUP = TEST_GROUP;
export const MALL = naturalId('mall', GROUP, 'SH01');
export const MERCHANT = naturalId('merchant', GROUP, 'SH01', 'CAFE');
export const STORE = naturalId('store', GROUP, 'CAFE-1');
export const LADDER = naturalId('ladder', GROUP, '1');
export const memberId = (name: string): string => naturalId('test-member', GROUP, name);
export const purchaseId = (number: string): string => naturalId('purchase', GROUP, 'POS', number);
export const checkoutId = (number: string): string => naturalId('test-checkout', GROUP, number);

export const admin: Partial<Caller> = { kind: 'STAFF', id: 'admin', grants: [{ role: 'group-admin', nodeId: GROUP }] };
export const member = (name: string): Partial<Caller> => ({
  kind: 'MEMBER',
  id: memberId(name),
  memberId: memberId(name),
});

export const start = (): Promise<Service> => startTestService(pointsService, { now: '2026-03-10T04:00:00Z' });

const JOBS = { EXPIRY: expireLotsJob, ACTIVATION: activateLotsJob };

/** Two workers at a time, until nothing is due: what takes them too long is undone and left to their next turn. */
export const sweptUntilDone = (service: Service, due: keyof typeof JOBS): Promise<unknown> =>
  eventually(
    async () => {
      const turn = () => JOBS[due](service.app).run(service.db, createLog('points', 'silent'));
      await Promise.all([turn(), turn()]);
      return (await service.app.numberDue(due)) === 0;
    },
    { what: `nothing of ${due} is due` },
  );

export async function organisation(service: Service): Promise<void> {
  const nodes: [OrgNodeKind, string, string[], string][] = [
    [OrgNodeKind.GROUP, GROUP, [GROUP], 'TEST'],
    [OrgNodeKind.MALL, MALL, [GROUP, MALL], 'SH01'],
    [OrgNodeKind.MERCHANT, MERCHANT, [GROUP, MALL, MERCHANT], 'CAFE'],
    [OrgNodeKind.STORE, STORE, [GROUP, MALL, MERCHANT, STORE], 'CAFE-1'],
  ];
  for (const [kind, nodeId, path, code] of nodes) {
    await service.deliver(
      OrgNodeRecordedSchema,
      {
        nodeId,
        kind,
        path,
        code,
        name: code,
        timeZone: 'Asia/Shanghai',
        currency: 'CNY',
        dayCutMinutes: 240,
        version: 1n,
      },
      { aggregateId: nodeId, occurredAt: new Date('2026-01-01') },
    );
  }
}

export const register = (service: Service, ...names: string[]): Promise<void> => registerAt(service, MALL, names);

/** With their home mall; empty: none. */
export async function registerAt(service: Service, homeMallId: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const joinedAt = '2026-01-02T00:00:00Z';
    await service.deliver(
      MemberRegisteredSchema,
      { memberId: memberId(name), homeMallId, locale: 'en', joinedAt, marketingConsent: false },
      { aggregateId: memberId(name), occurredAt: new Date(joinedAt) },
    );
  }
}

export const ladder = (service: Service): Promise<string> =>
  service.deliver(
    TierLadderPublishedSchema,
    {
      ladderVersionId: LADDER,
      version: 1n,
      effectiveFrom: '2026-01-01T00:00:00.000Z',
      tiers: [
        { code: 'BASE', rank: 1, earnMultiplier: '1', discountBps: 0, names: {} },
        { code: 'SILVER', rank: 2, earnMultiplier: '1.2', discountBps: 0, names: {} },
        { code: 'GOLD', rank: 3, earnMultiplier: '1.5', discountBps: 0, names: {} },
      ],
    },
    { aggregateId: LADDER, occurredAt: new Date('2026-01-01') },
  );

let ruleKeys = 0;

/** Publishes versions of rules, each a `PublishPointsRuleInput` without its key; their ids. */
export async function publishRules(service: Service, ...rules: object[]): Promise<string[]> {
  const ids: string[] = [];
  for (const rule of rules) {
    type Answer = { publishPointsRule: { rule?: { id: string } } };
    const { publishPointsRule: made } = await service.as(admin).ask<Answer>(
      `mutation($input: PublishPointsRuleInput!) { publishPointsRule(input: $input) { __typename
         ... on PublishPointsRuleSuccess { rule { id } } ... on InvalidInputError { path } ... on UserError { message } } }`,
      { input: { idempotencyKey: `rule:${++ruleKeys}`, ...rule } },
    );
    if (!made.rule) throw new Error(JSON.stringify(made));
    ids.push(made.rule.id);
  }
  return ids;
}

/**
 * 1 point and 1 growth a yuan; 100 points are 1.00; double points from 10 to 17 March in the mall's zone. `terms` say more
 * about the programme than that, each group of them (`earning`, `spending`, …) as a whole.
 */
export async function programme(service: Service, terms: object = {}): Promise<void> {
  const effectiveFrom = '2026-01-01T00:00:00Z';
  await publishRules(
    service,
    {
      effectiveFrom,
      programme: {
        // The stories of these tests are told weeks after they happened.
        earning: { backdated: {} },
        spending: {
          conversions: [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }],
          minPoints: '100',
          stepPoints: '100',
          maxPercentOfEligible: '50',
        },
        ...terms,
      },
    },
    { code: 'BASE', effectiveFrom, earn: { rate: '1' } },
    {
      code: 'DOUBLE-WEEK',
      effectiveFrom: '2026-03-10T00:00:00+08:00',
      effectiveTo: '2026-03-17T00:00:00+08:00',
      campaign: { multiplier: '2', names: [{ locale: 'en', name: 'Double week' }] },
    },
  );
}

export interface SaleInput {
  number: string;
  of: string;
  /** Minor units, one for each line. */
  lines: bigint[];
  occurredAt: string;
  checkout?: string;
  pointsUsed?: bigint;
  eventId?: string;
  groupId?: string;
}

export const sell = (service: Service, s: SaleInput): Promise<string> =>
  service.deliver(
    PurchaseRecordedSchema,
    {
      purchaseId: purchaseId(s.number),
      sourceSystem: 'POS',
      externalId: s.number,
      storeId: STORE,
      merchantId: MERCHANT,
      mallId: MALL,
      memberId: memberId(s.of),
      checkoutId: s.checkout ? checkoutId(s.checkout) : '',
      occurredAt: s.occurredAt,
      businessDate: s.occurredAt.slice(0, 10),
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      paidMinor: s.lines.reduce((a, b) => a + b, 0n),
      pointsUsed: s.pointsUsed ?? 0n,
      pointsValueMinor: s.pointsUsed ?? 0n,
      lines: s.lines.map((paidMinor, i) => ({
        lineNo: i + 1,
        sku: `S${i}`,
        category: 'FOOD',
        quantity: '1',
        grossMinor: paidMinor,
        paidMinor,
      })),
    },
    {
      aggregateId: purchaseId(s.number),
      ownerId: memberId(s.of),
      siteId: MALL,
      site: 'SH01',
      occurredAt: new Date(s.occurredAt),
      ...(s.eventId ? { eventId: s.eventId } : {}),
      ...(s.groupId ? { groupId: s.groupId } : {}),
    },
  );

export interface RefundInput {
  number: string;
  of: string;
  refundNo: bigint;
  /** Cumulative minor units by line number. */
  lines: Record<number, bigint>;
  pointsCumulative?: bigint;
  fully?: boolean;
  /** What the till kept, of all refunds so far. */
  deductionMinor?: bigint;
  eventId?: string;
}

export const refund = (service: Service, r: RefundInput): Promise<string> =>
  service.deliver(
    PurchaseRefundedSchema,
    {
      refundId: naturalId('refund', GROUP, 'POS', `${r.number}-${r.refundNo}`),
      purchaseId: purchaseId(r.number),
      externalId: `${r.number}-${r.refundNo}`,
      storeId: STORE,
      merchantId: MERCHANT,
      mallId: MALL,
      memberId: memberId(r.of),
      occurredAt: '2026-03-20T00:00:00.000Z',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      pointsReturnedCumulative: r.pointsCumulative ?? 0n,
      pointsDeductionCumulativeMinor: r.deductionMinor ?? 0n,
      fullyRefunded: r.fully ?? false,
      refundNo: r.refundNo,
      lines: Object.entries(r.lines).map(([lineNo, cashCumulativeMinor]) => ({
        lineNo: Number(lineNo),
        cashCumulativeMinor,
        pointsValueCumulativeMinor: r.pointsCumulative ?? 0n,
      })),
    },
    {
      aggregateId: purchaseId(r.number),
      ownerId: memberId(r.of),
      siteId: MALL,
      occurredAt: new Date('2026-03-20'),
      ...(r.eventId ? { eventId: r.eventId } : {}),
    },
  );

export interface TierInput {
  id: string;
  of: string;
  to: string;
  at: string;
  supersedes?: string[];
  version?: bigint;
  eventId?: string;
}

export const changeId = (id: string): string => naturalId('tier-change', GROUP, id);

export const changeTier = (service: Service, t: TierInput): Promise<string> =>
  service.deliver(
    TierChangedSchema,
    {
      changeId: changeId(t.id),
      memberId: memberId(t.of),
      toCode: t.to,
      effectiveAt: t.at,
      cause: 'QUALIFIED',
      ladderVersionId: LADDER,
      supersededChangeIds: (t.supersedes ?? []).map(changeId),
      year: 2026,
    },
    {
      aggregateId: memberId(t.of),
      occurredAt: new Date(t.at),
      version: t.version ?? 1n,
      ...(t.eventId ? { eventId: t.eventId } : {}),
    },
  );

export interface Balances {
  available: string;
  held: string;
  pending: string;
  debt: string;
  growth: string;
}

export async function balances(service: Service, name: string): Promise<Balances> {
  const { me } = await service
    .as(member(name))
    .ask<{ me: { points: Balances } }>(`{ me { points { available held pending debt growth } } }`);
  return me.points;
}

/** Every member's books agree with themselves: entries, lots and cached balances. */
export async function expectLedgerToBalance(service: Service): Promise<void> {
  const wrong = await service.admin.dataSource.query(`
    select a.member_id from account a
      left join (select member_id, sum(amount) as unspent, sum(debt_delta) as debt from entry group by 1) e using (member_id)
      left join (select member_id, sum(pending) as pending, sum(available) as available, sum(held) as held from lot group by 1) l using (member_id)
      left join (select member_id, sum(amount) as growth from growth_entry group by 1) g using (member_id)
    where a.pending + a.available + a.held <> coalesce(e.unspent, 0) or a.debt <> coalesce(e.debt, 0)
       or a.pending <> coalesce(l.pending, 0) or a.available <> coalesce(l.available, 0) or a.held <> coalesce(l.held, 0)
       or a.growth <> coalesce(g.growth, 0) or (a.debt > 0 and a.available > 0)`);
  expect(wrong).toEqual([]);
  const lots = await service.admin.dataSource.query(`
    select l.id from lot l
      left join (select member_id, lot_id, sum(amount) as unspent from entry_lot group by 1, 2) p
        on p.member_id = l.member_id and p.lot_id = l.id
    where p.unspent is distinct from l.pending + l.available + l.held`);
  expect(lots).toEqual([]);
}
