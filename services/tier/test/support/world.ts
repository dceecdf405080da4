import {
  MemberRegisteredSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  PointsCreditedSchema,
  PurchasePointsPostedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
} from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import type { Caller } from '@atrium/platform';
import { startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { tierService, type TierApp } from '../../src/app';

export type World = TestService<TierApp>;
export const OTHER_GROUP = naturalId('group', 'OTHER');

export const admin = (groupId = TEST_GROUP): Partial<Caller> => ({
  kind: 'STAFF',
  id: `admin-${groupId}`,
  groupId,
  grants: [{ role: 'group-admin', nodeId: groupId }],
});
export const asMember = (memberId: string, groupId = TEST_GROUP): Partial<Caller> => ({
  kind: 'MEMBER',
  id: memberId,
  memberId,
  groupId,
});
export const clerk: Partial<Caller> = {
  kind: 'STAFF',
  id: 'clerk',
  grants: [{ role: 'clerk', nodeId: naturalId('store', TEST_GROUP, 'S1') }],
};

export const memberId = (name: string): string => naturalId('member', TEST_GROUP, name);
export const purchaseId = (name: string): string => naturalId('purchase', TEST_GROUP, 'till', name);
export const refundId = (name: string): string => naturalId('refund', TEST_GROUP, 'till', name);

/** The service in a group that exists. */
export async function startWorld(now = '2026-03-10T04:00:00Z'): Promise<World> {
  const world = await startTestService(tierService, { now });
  await haveGroup(world);
  return world;
}

export async function haveGroup(world: World, groupId = TEST_GROUP): Promise<void> {
  await world.deliver(
    OrgNodeRecordedSchema,
    {
      nodeId: groupId,
      kind: OrgNodeKind.GROUP,
      path: [groupId],
      code: 'G',
      name: 'Group',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      dayCutMinutes: 240,
      version: 1n,
    },
    { aggregateId: groupId, groupId, occurredAt: world.clock.now() },
  );
  await world.settled();
}

type Address = { groupId?: string; eventId?: string };
/** A fact on its way: sent now, later, or twice. */
export type Sending = (world: World, address?: Address) => Promise<string>;

export const registered =
  (name: string, joinedAt: string): Sending =>
  (world, address = {}) =>
    world.deliver(
      MemberRegisteredSchema,
      { memberId: memberId(name), homeMallId: '', locale: 'zh-CN', joinedAt, marketingConsent: false },
      { aggregateId: memberId(name), occurredAt: new Date(joinedAt), ...address },
    );

export const sold =
  (member: string, sale: string, at: string, paidMinor: bigint): Sending =>
  (world, address = {}) =>
    world.deliver(
      PurchaseRecordedSchema,
      {
        purchaseId: purchaseId(sale),
        memberId: member === '' ? '' : memberId(member),
        occurredAt: at,
        currency: 'CNY',
        paidMinor,
      },
      { aggregateId: purchaseId(sale), ownerId: purchaseId(sale), occurredAt: new Date(at), ...address },
    );

export const returned =
  (member: string, sale: string, refund: string, at: string, cashMinor: bigint): Sending =>
  (world, address = {}) =>
    world.deliver(
      PurchaseRefundedSchema,
      {
        refundId: refundId(refund),
        purchaseId: purchaseId(sale),
        memberId: memberId(member),
        occurredAt: at,
        currency: 'CNY',
        cashMinor,
      },
      { aggregateId: purchaseId(sale), occurredAt: new Date(at), ...address },
    );

export interface Growth {
  at: string;
  version: bigint;
  earned: bigint;
  reversed?: bigint;
  refund?: { name: string; at: string; reversed: bigint };
}

export const grown =
  (member: string, sale: string, { at, version, earned, reversed = 0n, refund }: Growth): Sending =>
  (world, address = {}) =>
    world.deliver(
      PurchasePointsPostedSchema,
      {
        purchaseId: purchaseId(sale),
        memberId: memberId(member),
        currency: 'CNY',
        occurredAt: at,
        growthEarnedTotal: earned,
        growthReversedTotal: reversed,
        version,
        cause: refund ? 'REVERSED' : 'EARNED',
        growthDelta: refund ? -refund.reversed : earned,
        refundId: refund ? refundId(refund.name) : '',
        changedAt: refund ? refund.at : at,
      },
      { aggregateId: purchaseId(sale), ownerId: memberId(member), version, occurredAt: new Date(at), ...address },
    );

/** An interaction that gave growth. */
export const visited =
  (member: string, name: string, at: string, growth: bigint): Sending =>
  (world, address = {}) =>
    world.deliver(
      PointsCreditedSchema,
      {
        ...{ memberId: memberId(member), sourceKind: 'INTERACTION', sourceId: naturalId('interaction', name) },
        ...{ currency: 'CNY', points: 10n, growth, occurredAt: at },
      },
      { aggregateId: memberId(member), ownerId: memberId(member), occurredAt: new Date(at), ...address },
    );

export const PUBLISH = `mutation ($input: PublishTierLadderInput!) {
  publishTierLadder(input: $input) {
    __typename
    ... on PublishTierLadderSuccess { ladder { id version status effectiveFrom validityMonths graceDays revertWithinDays
      tiers { code name rank earnMultiplier discountBps upgrade { match conditions { metric required window months } } retain { match } benefits { code name description } } } }
    ... on UserError { code message remedy }
    ... on InvalidInputError { path }
  }
}`;

const rule = (metric: string, required: string, window: string, months?: number) => ({
  conditions: [{ metric, required, window, ...(months === undefined ? {} : { months }) }],
});
const named = (en: string, zh: string) => [
  { locale: 'en', name: en },
  { locale: 'zh-CN', name: zh },
];

/** Silver from 5,000.00 in twelve months, kept with 4,000.00; gold from growth 20000 for life, kept with 15000. */
export const LADDER = {
  effectiveFrom: '2020-01-01T00:00:00Z',
  tiers: [
    { code: 'MEMBER', rank: 0, names: named('Member', '普通会员') },
    {
      code: 'SILVER',
      rank: 1,
      names: named('Silver', '银卡'),
      earnMultiplier: '1.2',
      benefits: [{ code: 'PARKING', names: named('Two hours of parking', '两小时停车') }],
      upgrade: rule('SPEND', '5000.00', 'ROLLING_MONTHS', 12),
      retain: rule('SPEND', '4000.00', 'VALIDITY'),
    },
    {
      code: 'GOLD',
      rank: 2,
      names: named('Gold', '金卡'),
      earnMultiplier: '1.5',
      discountBps: 500,
      upgrade: rule('GROWTH', '20000', 'LIFETIME'),
      retain: rule('GROWTH', '15000', 'VALIDITY'),
    },
  ],
};

export interface PublishAnswer {
  publishTierLadder: {
    __typename: string;
    code?: string;
    message?: string;
    path?: string[];
    ladder?: { id: string; version: number; status: string };
  };
}

export async function publishLadder(
  world: World,
  input: object = {},
  groupId = TEST_GROUP,
): Promise<PublishAnswer['publishTierLadder']> {
  const variables = { input: { idempotencyKey: 'ladder-1', ...LADDER, ...input } };
  return (await world.as(admin(groupId)).ask<PublishAnswer>(PUBLISH, variables)).publishTierLadder;
}

/** What stands of a member's history, without the ids that differ from run to run. */
export async function standing(world: World, member: string): Promise<string[]> {
  const rows: { at: Date; line: string }[] = await world.admin.dataSource.query(
    `select effective_at as at, concat_ws(' ', cause, coalesce(from_code, '-') || '>' || to_code, purchase_id) as line
     from tier_change where member_id = $1 and superseded_at is null and cause <> 'CORRECTION' order by effective_at`,
    [memberId(member)],
  );
  return rows.map(({ at, line }) => `${at.toISOString()} ${line}`);
}
