import {
  CouponIssuedSchema,
  MemberRegisteredSchema,
  OrgNodeKind,
  OrgNodeRecordedSchema,
  PurchasePointsPostedSchema,
  PurchaseRefundedSchema,
  TierChangedSchema,
  TierLadderPublishedSchema,
} from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import type { Caller, Role } from '@atrium/platform';
import { startTestService, TEST_GROUP, type TestService } from '@atrium/testkit';
import { type MessagingApp, messagingService } from '../src/app';

export type Messaging = TestService<MessagingApp>;
export const OTHER_GROUP = naturalId('group', 'OTHER');
export const MALL = naturalId('mall', TEST_GROUP, 'NORTH');
export const NOW = '2026-03-10T04:00:00Z';
export const CODES = [
  'POINTS_EARNED',
  'POINTS_REVERSED',
  'TIER_UPGRADED',
  'TIER_CHANGED',
  'COUPON_ISSUED',
  'PURCHASE_REFUNDED',
] as const;

export const newId = (): string => uuidv7(new Date());
let keys = 0;
export const nextKey = (): string => `key-${++keys}`;

export const staff = (role: Role, nodeId: string = TEST_GROUP): Partial<Caller> => ({
  kind: 'STAFF',
  id: role,
  grants: [{ role, nodeId }],
});
export const member = (id: string): Partial<Caller> => ({ kind: 'MEMBER', id, memberId: id });

export async function startMessaging(config: Record<string, unknown> = {}): Promise<Messaging> {
  const test = await startTestService(messagingService, {
    now: NOW,
    config: { SMS_PROVIDER_URL: 'sink:', SMS_TIMEOUT_MS: 1_000, ...config },
  });
  for (const [kind, path, name] of [
    [OrgNodeKind.GROUP, [TEST_GROUP], 'Group'],
    [OrgNodeKind.MALL, [TEST_GROUP, MALL], 'North Mall'],
  ] as const) {
    const nodeId = path.at(-1) ?? '';
    await test.deliver(
      OrgNodeRecordedSchema,
      { nodeId, kind, path: [...path], code: name, name, timeZone: 'Asia/Shanghai', currency: 'CNY', version: 1n },
      { aggregateId: nodeId, occurredAt: test.clock.now() },
    );
  }
  await test.settled();
  return test;
}

const PUBLISH = `mutation ($input: PublishMessageTemplateInput!) { publishMessageTemplate(input: $input) {
  __typename ... on PublishMessageTemplateSuccess { template { id code version variables channels } }
  ... on UserError { code message } ... on InvalidInputError { path } } }`;
export interface Published {
  __typename: string;
  code?: string;
  path?: string[];
  template?: { id: string; code: string; version: number; variables: string[] };
}
export async function publish(test: Messaging, input: object, caller = staff('group-admin')): Promise<Published> {
  const { publishMessageTemplate } = await test.as(caller).ask<{ publishMessageTemplate: Published }>(PUBLISH, {
    input: { idempotencyKey: nextKey(), effectiveFrom: '2026-01-01T00:00:00Z', channels: ['INBOX'], ...input },
  });
  return publishMessageTemplate;
}

/** A member that messaging has heard of: what comes next must not be parked, because the test's clock stands still. */
export async function joined(test: Messaging, locale = 'zh-CN', id = newId()): Promise<string> {
  await test.deliver(
    MemberRegisteredSchema,
    { memberId: id, homeMallId: MALL, locale, joinedAt: NOW },
    { aggregateId: id, occurredAt: test.clock.now() },
  );
  await test.settled();
  return id;
}

interface Options {
  eventId?: string;
  occurredAt?: string;
  groupId?: string;
}
const address = (test: Messaging, aggregateId: string, { eventId, groupId }: Options) => ({
  aggregateId,
  occurredAt: test.clock.now(),
  ...(eventId ? { eventId } : {}),
  ...(groupId ? { groupId } : {}),
});

export const points = (
  test: Messaging,
  memberId: string,
  init: { purchaseId?: string; cause?: string; delta?: bigint; refundId?: string; version?: bigint } = {},
  options: Options = {},
) =>
  test.deliver(
    PurchasePointsPostedSchema,
    {
      purchaseId: init.purchaseId ?? newId(),
      memberId,
      mallId: MALL,
      cause: init.cause ?? 'EARNED',
      pointsDelta: init.delta ?? 1280n,
      refundId: init.refundId ?? '',
      changedAt: options.occurredAt ?? NOW,
      availableAfter: 5000n,
      version: init.version ?? 1n,
      currency: 'CNY',
    },
    address(test, memberId, options),
  );

export const refund = (test: Messaging, memberId: string, purchaseId: string, refundId = newId()) =>
  test.deliver(
    PurchaseRefundedSchema,
    {
      refundId,
      purchaseId,
      memberId,
      mallId: MALL,
      occurredAt: NOW,
      currency: 'CNY',
      cashMinor: 12345n,
      pointsReturned: 10n,
    },
    address(test, purchaseId, {}),
  );

export const ladder = (test: Messaging, version: bigint, gold: Record<string, string>) =>
  test.deliver(
    TierLadderPublishedSchema,
    {
      ladderVersionId: newId(),
      version,
      effectiveFrom: NOW,
      tiers: [
        { code: 'BASIC', rank: 0, earnMultiplier: '1', names: { en: 'Basic', 'zh-CN': '普卡' } },
        { code: 'GOLD', rank: 1, earnMultiplier: '1.2', names: gold },
      ],
    },
    address(test, TEST_GROUP, {}),
  );

export const tier = (test: Messaging, memberId: string, init: { up: boolean; cause: string; purchaseId?: string }) =>
  test.deliver(
    TierChangedSchema,
    {
      changeId: newId(),
      memberId,
      fromCode: init.up ? 'BASIC' : 'GOLD',
      fromRank: init.up ? 0 : 1,
      toCode: init.up ? 'GOLD' : 'BASIC',
      toRank: init.up ? 1 : 0,
      effectiveAt: NOW,
      cause: init.cause,
      purchaseId: init.purchaseId ?? '',
      validUntil: '2027-03-31T16:00:00Z',
    },
    address(test, memberId, {}),
  );

export const coupon = (test: Messaging, memberId: string, purchaseId = '') =>
  test.deliver(
    CouponIssuedSchema,
    {
      couponId: newId(),
      memberId,
      templateId: newId(),
      purchaseId,
      validFrom: NOW,
      validUntil: '2026-03-31T16:00:00Z',
      names: { en: '20 off', 'zh-CN': '满减券' },
    },
    address(test, memberId, {}),
  );

export interface Row {
  id: string;
  templateCode: string;
  title: string;
  body: string;
  status: string;
  channel: string;
  readAt: string | null;
}
export async function inbox(test: Messaging, memberId: string, args = ''): Promise<Row[]> {
  const { me } = await test
    .as(member(memberId))
    .ask<{ me: { inbox: { edges: { node: Row }[] } } }>(
      `{ me { inbox${args} { edges { node { id templateCode title body status channel readAt } } } } }`,
    );
  return me.inbox.edges.map(({ node }) => node);
}
