import {
  type GraphQLClient,
  graphqlClient,
  groupIdOf,
  type GroupClients,
  type MadeStore,
  mustMutate,
  eventually,
  publishStoryProgramme,
} from '@atrium/testkit';
import { type Permission, PERMISSIONS } from '@atrium/platform';
import type { StoryGraph } from './graph';

export const cny = (amount: string) => ({ amount, currency: 'CNY' });

export const line = (lineNo: number, gross: string) => ({
  lineNo,
  sku: `SKU-${lineNo}`,
  category: 'FASHION',
  quantity: '1',
  gross: cny(gross),
});

/** A coupon that members take themselves: 5.00 off anything, the mall's cost. */
export const openCoupon = (code: string, more: object = {}) => ({
  idempotencyKey: `template:${code}`,
  code,
  type: 'CASH',
  names: [
    { locale: 'zh-CN', name: '五元券' },
    { locale: 'en', name: '5 off' },
  ],
  currency: 'CNY',
  faceAmount: '5.00',
  validity: { kind: 'RELATIVE', days: 30 },
  effectiveFrom: '2020-01-01T00:00:00Z',
  funding: [{ party: 'MALL', shareBps: 10_000 }],
  stock: 100,
  ...more,
});

export async function publishCoupon(admin: GraphQLClient, code: string, more: object = {}): Promise<string> {
  type Made = { template: { id: string } };
  const made = await mustMutate<Made>(admin, 'publishCouponTemplate', openCoupon(code, more), 'template { id }');
  return made.template.id;
}

/** Members by their cards; ids in the order of the cards. */
export async function enrol(service: GraphQLClient, cards: string[]): Promise<string[]> {
  type Enrolled = { members: { member: { id: string } }[] };
  const input = { idempotencyKey: `enrol:${cards[0]}`, cards };
  const { members } = await mustMutate<Enrolled>(service, 'enrolCards', input, 'members { member { id } }');
  return members.map(({ member }) => member.id);
}

/** A cup of the merchant: 10 points, or 10 points and 1.00. */
export const cup = (code: string, nodeId: string) => ({
  idempotencyKey: `gift:${code}`,
  code,
  nodeId,
  kind: 'GOODS',
  category: 'HOME',
  tags: ['cup'],
  texts: [{ locale: 'en', name: 'Cup' }],
  prices: [{ points: '10' }, { points: '10', cash: cny('1.00') }],
  deliveries: ['PICK_UP', 'SHIP', 'DIGITAL'],
  stock: '1000',
  saleFrom: '2020-01-01T00:00:00Z',
  returnDays: 7,
});

/** Gifts of the points mall, and a member's orders in each of their states. */
async function giftsOf({ admin }: GroupClients, service: GraphQLClient, member: GraphQLClient, store: MadeStore) {
  const success = { success: 'GiftSuccess' };
  const save = async (code: string) => {
    type Saved = { gift: { id: string } };
    const { gift } = await mustMutate<Saved>(admin, 'saveGift', cup(code, store.merchantId), 'gift { id }', success);
    return gift.id;
  };
  const [giftId, draftGiftId] = [await save('CUP'), await save('DRAFT')];
  const publication = { idempotencyKey: 'publish', giftId, status: 'PUBLISHED' };
  await mustMutate(admin, 'changeGiftStatus', publication, '__typename', success);
  const order = async (name: string, delivery: object, price = '10') => {
    type Ordered = { order: { id: string } };
    const input = { idempotencyKey: name, giftId, price, ...delivery };
    return (await mustMutate<Ordered>(member, 'orderGift', input, 'order { id }')).order.id;
  };
  const pickUp = { delivery: 'PICK_UP', storeId: store.storeId };
  const ids = {
    giftId,
    draftGiftId,
    giftOrderId: await order('pick-up', pickUp),
    cancellableOrderId: await order('cancel', pickUp),
    unpaidOrderId: await order('cash', pickUp, '10+1.00CNY'),
    shipmentId: await order('ship', { delivery: 'SHIP', addressRef: 'address-1' }),
    digitalOrderId: await order('digital', { delivery: 'DIGITAL' }),
    fulfilledOrderId: await order('fulfilled', { delivery: 'DIGITAL' }),
  };
  const handOver = { idempotencyKey: 'fulfil', orderId: ids.fulfilledOrderId };
  await mustMutate(service, 'fulfilGiftOrder', handOver, '__typename', { success: 'GiftOrderSuccess' });
  return ids;
}

/** An adjustment above the limit: it waits for a second person. */
async function askForApproval(admin: GraphQLClient, memberId: string): Promise<string> {
  const input = { idempotencyKey: 'approval', memberId, amount: '5000', reason: 'goodwill' };
  const { result } = await admin.ask<{ result: { approvalId: string } }>(
    `mutation($input: AdjustPointsInput!) { result: adjustPoints(input: $input) {
       ... on ApprovalRequiredError { approvalId } } }`,
    { input },
  );
  return result.approvalId;
}

/** A refund of more than its sale, stated before the sale: only a person can settle it. */
async function unmatchedRefund(till: GraphQLClient, admin: GraphQLClient, storeId: string, graph: StoryGraph) {
  const when = { sourceSystem: 'till', occurredAt: new Date().toISOString() };
  const tooMuch = {
    externalId: 'TOO-MUCH',
    purchaseExternalId: 'TOO-SMALL',
    lines: [{ lineNo: 1, amount: cny('9.00') }],
  };
  await mustMutate(till, 'refundPurchase', { ...when, ...tooMuch }, '__typename', { success: 'RefundParked' });
  const small = { ...when, externalId: 'TOO-SMALL', storeId, lines: [line(1, '1.00')] };
  await mustMutate(till, 'recordPurchase', small, '__typename');
  await graph.settled();
  const { list } = await admin.ask<{ list: { edges: { node: { id: string; subjectId: string } }[] } }>(
    '{ list: pointsExceptions(first: 1) { edges { node { id subjectId } } } }',
  );
  const [found] = list.edges;
  return { exceptionId: found?.node.id ?? '', unmatchedRefundId: found?.node.subjectId ?? '' };
}

/** Points of a sale long ago, of days whose points lived for a day: they have expired, and it is written down. */
async function expiredPoints(
  till: GraphQLClient,
  admin: GraphQLClient,
  storeId: string,
  memberId: string,
  graph: StoryGraph,
) {
  const expiry = { mode: 'AFTER', count: 1, unit: 'DAY' };
  const days = { effectiveFrom: '2020-02-01T00:00:00Z', effectiveTo: '2020-03-01T00:00:00Z' };
  const programme = { expiry, lateCreditDays: 0, earning: { backdated: {} } };
  await mustMutate(admin, 'publishPointsRule', { idempotencyKey: 'short-lived', ...days, programme }, '__typename');
  const when = { sourceSystem: 'till', occurredAt: '2020-02-10T04:00:00Z' };
  const sale = { externalId: 'LONG-AGO', storeId, member: { memberId }, lines: [line(1, '50.00')] };
  await mustMutate(till, 'recordPurchase', { ...when, ...sale }, '__typename');
  await graph.settled();
  // Whatever is written about a member writes down what has expired before it.
  const touch = { idempotencyKey: 'touch', memberId, amount: '1', reason: 'goodwill' };
  await mustMutate(admin, 'adjustPoints', touch, '__typename');
  const { member } = await admin.ask<{
    member: { points: { entries: { edges: { node: { id: string; kind: string } }[] } } };
  }>('query($id: ID!) { member(id: $id) { points { entries(first: 10) { edges { node { id kind } } } } } }', {
    id: memberId,
  });
  const expired = member.points.entries.edges.find(({ node }) => node.kind === 'EXPIRE');
  if (!expired) throw new Error('nothing has expired');
  return { lapsedMemberId: memberId, expiredEntryId: expired.node.id };
}

/** Everything in a group that has an id. */
export interface Ids extends MadeStore {
  group: string;
  groupId: string;
  memberId: string;
  card: string;
  staffId: string;
  purchaseId: string;
  externalId: string;
  checkoutId: string;
  couponId: string;
  templateId: string;
  messageId: string;
  /** Versions of rules, one for each step of their life. */
  draftRuleId: string;
  approvedRuleId: string;
  activeRuleId: string;
  /** Of the programme that baskets are quoted under. */
  programmeVersionId: string;
  unwantedRuleId: string;
  entryId: string;
  partnerId: string;
  giftId: string;
  draftGiftId: string;
  giftOrderId: string;
  unpaidOrderId: string;
  shipmentId: string;
  digitalOrderId: string;
  fulfilledOrderId: string;
  cancellableOrderId: string;
  approvalId: string;
  exceptionId: string;
  bulkId: string;
  unmatchedRefundId: string;
  /** Of a member that nothing else is about. */
  idleMemberId: string;
  /** Two memberships that nothing else is about, to be merged, and a merge of two others. */
  survivorId: string;
  loserId: string;
  mergeId: string;
  /** Of a member whose points have expired, with the line of the ledger that says so. */
  lapsedMemberId: string;
  expiredEntryId: string;
}

/** Earn rules of later years: the service drafts them, the group's administration is the second person. */
async function makeRules(service: GraphQLClient, admin: GraphQLClient) {
  const rule = async (client: GraphQLClient, step: string, input: object): Promise<string> => {
    const made = await mustMutate<{ rule: { id: string } }>(client, `${step}PointsRule`, input, 'rule { id }');
    return made.rule.id;
  };
  const draft = (code: string) =>
    rule(service, 'draft', { idempotencyKey: code, code, effectiveFrom: '2040-01-01T00:00:00Z', earn: { rate: '1' } });
  const approved = async (code: string) => rule(admin, 'approve', { idempotencyKey: code, id: await draft(code) });
  return {
    draftRuleId: await draft('W-DRAFT'),
    unwantedRuleId: await draft('W-UNWANTED'),
    approvedRuleId: await approved('W-APPROVED'),
    activeRuleId: await rule(admin, 'activate', { idempotencyKey: 'W-ACTIVE', id: await approved('W-ACTIVE') }),
  };
}

export const CALLERS = ['admin', 'service', 'till', 'member'] as const;
export type CallerName = (typeof CALLERS)[number];

export interface World {
  ids: Ids;
  clients: GroupClients;
  /** The strongest of each kind: the group's administration, a service that may do everything, a till, a member. */
  callers: Record<CallerName, GraphQLClient>;
}

/** Orders of the member at the till: one to capture, one to release, one to extend; and one that points have paid. */
export const HELD_ORDERS = ['TO-CAPTURE', 'TO-RELEASE', 'TO-EXTEND'];
export const PAID_ORDER = 'PAID';

/** A group with the story's programme, a member with points, coupons, a message and a reserved basket, and staff. */
export async function makeWorld(graph: StoryGraph, group: string): Promise<World> {
  const clients = await graph.clients(group);
  const groupId = groupIdOf(group);
  const store = await publishStoryProgramme(clients, group);
  const permissions: Permission[] = [...PERMISSIONS];
  const service = graphqlClient(
    graph.url,
    await graph.token('service:everything', { kind: 'SERVICE', group: groupId, permissions }),
  );
  const till = await clients.till(store.storeId);
  const templateId = await publishCoupon(clients.admin, 'OPEN');
  await graph.settled();

  const card = `${group}-CARD`;
  const cards = [card, ...['IDLE', 'LAPSED', 'STAYS', 'GOES', 'STAYED', 'WENT'].map((name) => `${card}-${name}`)];
  const [memberId = '', idleMemberId = '', lapsedMemberId = '', survivorId = '', loserId = '', ...merging] =
    await enrol(clients.service, cards);
  const merged = await mustMutate<{ merge: { id: string } }>(
    clients.admin,
    'mergeMembers',
    { idempotencyKey: 'world', survivorId: merging[0], loserId: merging[1] },
    'merge { id }',
  );
  const member = await clients.member(memberId);
  const externalId = `${group}-1`;
  const sale = await mustMutate<{ purchase: { id: string } }>(
    till,
    'recordPurchase',
    {
      sourceSystem: 'till',
      externalId,
      storeId: store.storeId,
      occurredAt: new Date().toISOString(),
      member: { memberId },
      lines: [line(1, '1200.00')],
    },
    'purchase { id }',
  );
  type Staff = { staff: { id: string } };
  const invitation = { idempotencyKey: 'staff', subject: 'clerk-1', displayName: 'Clerk', role: 'clerk' };
  const { staff } = await mustMutate<Staff>(
    clients.admin,
    'inviteStaff',
    { ...invitation, nodeId: store.storeId },
    'staff { id }',
    { success: 'StaffRolesSuccess' },
  );
  await graph.settled();
  const basket = { storeId: store.storeId, memberId, lines: [line(1, '100.00')], couponIds: [], points: '100' };
  const { quote } = await till.ask<{ quote: { pointsRuleVersionId: string } }>(
    'query ($input: QuoteCheckoutInput!) { quote: quoteCheckout(input: $input) { ... on CheckoutQuote { pointsRuleVersionId } } }',
    { input: basket },
  );
  type Reserved = { checkout: { id: string } };
  const { checkout } = await mustMutate<Reserved>(
    till,
    'reserveCheckout',
    // Gold: 10 % off; 100 points are 1.00.
    { idempotencyKey: 'world', basket, expectedToPay: cny('89.00') },
    'checkout { id }',
  );
  const unmatched = await unmatchedRefund(till, clients.admin, store.storeId, graph);
  const { bulk } = await mustMutate<{ bulk: { id: string } }>(
    clients.admin,
    'uploadBulkAdjustment',
    { idempotencyKey: 'bulk', csv: `member_id,amount,reason,reference\n${memberId},5000,goodwill,1` },
    'bulk { id }',
    { success: 'BulkAdjustmentSuccess' },
  );
  const expired = await expiredPoints(till, clients.admin, store.storeId, lapsedMemberId, graph);
  const approvalId = await askForApproval(clients.admin, memberId);
  const paying = (number: string) => ({
    idempotencyKey: number,
    memberId,
    order: { kind: 'POS', nodeId: store.storeId, number },
    points: '10',
  });
  for (const number of HELD_ORDERS) await mustMutate(till, 'holdPoints', paying(number), '__typename');
  await mustMutate(till, 'redeemPoints', paying(PAID_ORDER), '__typename', { success: 'PointsRedemptionSuccess' });
  const { me } = await member.ask<{
    me: Record<'coupons' | 'inbox', { edges: { node: { id: string } }[] }> & {
      points: { entries: { edges: { node: { id: string } }[] } };
    };
  }>(
    '{ me { coupons(first: 1) { edges { node { id } } } inbox(first: 1) { edges { node { id } } } points { entries(first: 1) { edges { node { id } } } } } }',
  );
  const rules = await makeRules(service, clients.admin);
  const partnerId = await makeSources(service, clients.admin, memberId);
  const gifts = await giftsOf(clients, service, member, store);
  await graph.settled();
  // The first figures of the day are added up by a job on its own clock.
  await eventually(
    async () => {
      const query = '{ pointsLiability { asOf } pointsLedgerBlocks(first: 1) { edges { cursor } } }';
      type Figures = { pointsLiability: object | null; pointsLedgerBlocks: { edges: object[] } };
      const { pointsLiability, pointsLedgerBlocks } = await clients.admin.ask<Figures>(query);
      if (pointsLiability === null || pointsLedgerBlocks.edges.length === 0) throw new Error('not yet');
    },
    { what: 'the first block and the first figures of the ledger', timeoutMs: 60_000 },
  );
  const first = (list: { edges: { node: { id: string } }[] }) => list.edges[0]?.node.id ?? '';
  return {
    clients,
    callers: { admin: clients.admin, service, till, member },
    ids: {
      ...store,
      ...rules,
      programmeVersionId: quote.pointsRuleVersionId,
      group,
      groupId,
      memberId,
      card,
      staffId: staff.id,
      purchaseId: sale.purchase.id,
      externalId,
      checkoutId: checkout.id,
      couponId: first(me.coupons),
      templateId,
      messageId: first(me.inbox),
      entryId: first(me.points.entries),
      partnerId,
      ...gifts,
      approvalId,
      ...unmatched,
      bulkId: bulk.id,
      idleMemberId,
      survivorId,
      loserId,
      mergeId: merged.merge.id,
      ...expired,
    },
  };
}

/** What earns points without a sale: an interaction to take part in, a partner with an exchange that can be undone. */
async function makeSources(service: GraphQLClient, admin: GraphQLClient, memberId: string): Promise<string> {
  const effectiveFrom = '2020-01-01T00:00:00Z';
  await mustMutate(
    admin,
    'publishPointsRule',
    { idempotencyKey: 'sign-in', code: 'SIGN-IN', effectiveFrom, interaction: { kind: 'SIGN_IN', points: '1' } },
    'rule { id }',
  );
  const { partner } = await mustMutate<{ partner: { id: string } }>(
    admin,
    'registerPartner',
    { idempotencyKey: 'partner', code: 'MILES', name: 'Miles' },
    'partner { id }',
    { success: 'PartnerSuccess' },
  );
  const issue = { pointsPerUnit: '1', pricePerPoint: '0.01' };
  const rate = { idempotencyKey: 'rate', partnerId: partner.id, effectiveFrom, currency: 'CNY', issue };
  await mustMutate(admin, 'publishPartnerRate', rate, 'rate { id }');
  const exchange = { partnerId: partner.id, externalId: 'WORLD', memberId, direction: 'ISSUE', units: '10' };
  await mustMutate(service, 'exchangePartnerPoints', exchange, 'exchange { id }');
  return partner.id;
}
