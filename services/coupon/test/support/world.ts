import {
  MemberRegisteredSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  REQUESTS,
  TierChangedSchema,
  TierLadderPublishedSchema,
} from '@atrium/contracts';
import { allocate, naturalId, uuidv7 } from '@atrium/kernel';
import { type Caller, createLog, respond, serveRequests } from '@atrium/platform';
import { startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { couponService } from '../../src/app';
import type { CouponApp } from '../../src/api/app';

export const GROUP = TEST_GROUP;
export const MALL = naturalId('mall', GROUP, 'SH01');
export const MERCHANT = naturalId('merchant', GROUP, 'SH01', 'M1');
export const STORE = naturalId('store', GROUP, 'S1');
export const OTHER_STORE = naturalId('store', GROUP, 'S2');
export const LADDER = naturalId('ladder', GROUP, '1');

export const memberId = (n: number | string): string => naturalId('member', GROUP, String(n));
export const till: Partial<Caller> = { kind: 'TILL', id: 'till-1', storeId: STORE };
export const otherTill: Partial<Caller> = { kind: 'TILL', id: 'till-2', storeId: OTHER_STORE };
export const admin: Partial<Caller> = {
  kind: 'STAFF',
  id: 'staff-1',
  grants: [{ role: 'group-admin', nodeId: GROUP }],
};
export const mallManager: Partial<Caller> = {
  kind: 'STAFF',
  id: 'staff-2',
  grants: [{ role: 'mall-manager', nodeId: MALL }],
};
export const member = (id: string): Partial<Caller> => ({ kind: 'MEMBER', id, memberId: id });
export const foreigner = (id: string): Partial<Caller> => ({
  ...member(id),
  groupId: naturalId('group', 'OTHER'),
});

export interface World extends TestService<CouponApp> {
  /** Counts keys, so that each call is its own. */
  key(): string;
  points: FakePoints;
}

/** One point is worth one minor unit; balances are exact. */
export interface FakePoints {
  balances: Map<string, bigint>;
  holds: Map<string, { memberId: string; points: bigint; version: string }>;
  /** Of the programme. An older one is honoured when it was quoted. */
  version: string;
  stop(): Promise<void>;
  start(): void;
}

export async function startWorld(now = '2026-03-10T04:00:00Z'): Promise<World> {
  const service = await startTestService(couponService, { now });
  const at = { occurredAt: new Date('2026-01-01T00:00:00Z') };
  const nodes: [string, OrgNodeKind, string[], string][] = [
    [GROUP, OrgNodeKind.GROUP, [GROUP], 'TEST'],
    [MALL, OrgNodeKind.MALL, [GROUP, MALL], 'SH01'],
    [MERCHANT, OrgNodeKind.MERCHANT, [GROUP, MALL, MERCHANT], 'M1'],
    [STORE, OrgNodeKind.STORE, [GROUP, MALL, MERCHANT, STORE], 'S1'],
    [OTHER_STORE, OrgNodeKind.STORE, [GROUP, MALL, MERCHANT, OTHER_STORE], 'S2'],
  ];
  for (const [nodeId, kind, path, code] of nodes) {
    const zone = { timeZone: 'Asia/Shanghai', currency: 'CNY', dayCutMinutes: 240, version: 1n };
    await service.deliver(
      OrgNodeRecordedSchema,
      { nodeId, kind, path, code, name: code, ...zone },
      { aggregateId: nodeId, ...at },
    );
  }
  await service.deliver(
    TierLadderPublishedSchema,
    {
      ladderVersionId: LADDER,
      version: 1n,
      effectiveFrom: '2026-01-01T00:00:00.000Z',
      tiers: [
        { code: 'SILVER', rank: 1, earnMultiplier: '1', discountBps: 0, names: { en: 'Silver', 'zh-CN': '银卡' } },
        { code: 'GOLD', rank: 2, earnMultiplier: '1.2', discountBps: 500, names: { en: 'Gold', 'zh-CN': '金卡' } },
      ],
    },
    { aggregateId: LADDER, ...at },
  );
  let keys = 0;
  const points = fakePoints(service);
  points.start();
  return {
    ...service,
    key: () => `key-${++keys}`,
    points,
    end: async () => {
      await points.stop();
      await service.end();
    },
  };
}

export async function register(world: World, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    await world.deliver(
      MemberRegisteredSchema,
      { memberId: id, locale: 'en', joinedAt: world.clock.now().toISOString() },
      { aggregateId: id, occurredAt: world.clock.now() },
    );
  }
  await world.settled();
}

export interface Change {
  id: string;
  memberId: string;
  from: number;
  to: number;
  at: string;
  cause?: string;
  purchaseId?: string;
  superseded?: string[];
}

const TIERS = ['', 'SILVER', 'GOLD'];

export const tierChanged = (world: World, c: Change, eventId?: string): Promise<string> =>
  world.deliver(
    TierChangedSchema,
    {
      changeId: c.id,
      memberId: c.memberId,
      fromCode: TIERS[c.from] ?? '',
      fromRank: c.from,
      toCode: TIERS[c.to] ?? '',
      toRank: c.to,
      effectiveAt: c.at,
      cause: c.cause ?? 'QUALIFIED',
      purchaseId: c.purchaseId ?? '',
      ladderVersionId: LADDER,
      supersededChangeIds: c.superseded ?? [],
      year: Number(c.at.slice(0, 4)),
    },
    { aggregateId: c.memberId, occurredAt: new Date(c.at), ...(eventId ? { eventId } : {}) },
  );

const place = { storeId: STORE, merchantId: MERCHANT, mallId: MALL };

export const sold = (
  world: World,
  sale: { purchaseId: string; memberId: string; checkoutId?: string; at?: Date },
  eventId?: string,
): Promise<string> => {
  const occurredAt = sale.at ?? world.clock.now();
  return world.deliver(
    PurchaseRecordedSchema,
    {
      purchaseId: sale.purchaseId,
      ...place,
      memberId: sale.memberId,
      checkoutId: sale.checkoutId ?? '',
      occurredAt: occurredAt.toISOString(),
      currency: 'CNY',
    },
    { aggregateId: sale.purchaseId, siteId: MALL, site: 'SH01', occurredAt, ...(eventId ? { eventId } : {}) },
  );
};

export const refunded = (
  world: World,
  refund: { purchaseId: string; checkoutId: string; full: boolean },
  eventId?: string,
): Promise<string> =>
  world.deliver(
    PurchaseRefundedSchema,
    {
      refundId: uuidv7(new Date()),
      purchaseId: refund.purchaseId,
      checkoutId: refund.checkoutId,
      ...place,
      currency: 'CNY',
      occurredAt: world.clock.now().toISOString(),
      fullyRefunded: refund.full,
    },
    {
      aggregateId: refund.purchaseId,
      siteId: MALL,
      site: 'SH01',
      occurredAt: world.clock.now(),
      ...(eventId ? { eventId } : {}),
    },
  );

function fakePoints(service: TestService<CouponApp>): FakePoints {
  const balances = new Map<string, bigint>();
  const holds: FakePoints['holds'] = new Map();
  const versions = ['01890000-0000-7000-8000-000000000001'];
  let serving: { stop(): Promise<void> } | null = null;
  const of = (id: string) => balances.get(id) ?? 0n;
  const responders = [
    respond(REQUESTS.quotePoints, (_db, _group, { basket }) => {
      const lines = basket?.lines ?? [];
      const total = lines.reduce((sum, { toPayMinor }) => sum + toPayMinor, 0n);
      const wanted = basket?.requestedPoints ?? 0n;
      const available = of(basket?.memberId ?? '');
      const used = [wanted, available, total].reduce((a, b) => (a < b ? a : b));
      const parts = allocate(
        used,
        lines.map(({ toPayMinor }) => toPayMinor),
      );
      return Promise.resolve({
        pointsUsed: used,
        pointsValueMinor: used,
        lines: lines.map(({ lineNo }, i) => ({ lineNo, pointsValueMinor: parts[i] ?? 0n })),
        pointsToEarn: (total - used) / 100n,
        cutReason: used < wanted ? 'BALANCE' : '',
        available,
        ruleVersionId: basket?.quotedRuleVersionId || versions.at(-1),
        quotedUnknown: !['', ...versions].includes(basket?.quotedRuleVersionId ?? ''),
      });
    }),
    respond(REQUESTS.holdPoints, (_db, _group, { checkoutId, basket, points, expiresAt }) => {
      const owner = basket?.memberId ?? '';
      const available = of(owner);
      if (available < points) {
        const value = { code: 'INSUFFICIENT', available, requested: points };
        return Promise.resolve({ outcome: { case: 'refused' as const, value } });
      }
      balances.set(owner, available - points);
      holds.set(checkoutId, { memberId: owner, points, version: basket?.quotedRuleVersionId ?? '' });
      return Promise.resolve({ outcome: { case: 'held' as const, value: { holdId: checkoutId, points, expiresAt } } });
    }),
    respond(REQUESTS.releasePoints, (_db, _group, { checkoutId }) => {
      const hold = holds.get(checkoutId);
      if (!hold) return Promise.resolve({ outcome: 'NOT_HELD' });
      holds.delete(checkoutId);
      balances.set(hold.memberId, of(hold.memberId) + hold.points);
      return Promise.resolve({ outcome: 'RELEASED' });
    }),
  ];
  return {
    balances,
    holds,
    get version() {
      return versions.at(-1) ?? '';
    },
    set version(version) {
      versions.push(version);
    },
    start: () => {
      serving = serveRequests(service.bus.connection, service.db, responders, createLog('fake-points', 'silent'));
    },
    stop: async () => {
      await serving?.stop();
      serving = null;
    },
  };
}
