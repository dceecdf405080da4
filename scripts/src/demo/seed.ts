import {
  eventually,
  groupClients,
  createOrganisation,
  groupIdOf,
  MESSAGE_TEMPLATES,
  mustMutate,
  type GroupClients,
  type MadeStore,
  type SignToken,
} from '@atrium/testkit';
import { CONTRACT, COUPONS, DEMO_GROUP, EARN_RULES, GROUP, LADDER, MALLS, PROGRAMME, RULES_FROM } from './plan';

export { DEMO_GROUP } from './plan';

export interface Demo {
  stores: Map<string, MadeStore>;
  member: { id: string; card: string };
}

const MEMBER = {
  phone: '+8613800138000',
  displayName: 'Lin Yue 林悦',
  cardNumber: '8600000000000017',
  locale: 'zh-CN',
  marketingConsent: true,
};

/**
 * Two malls with rules, contracts, coupons and a member who has bought something: made by the graph, as staff of a real group would.
 * Every step has a fixed idempotency key or natural identity, so a second start changes nothing.
 */
export async function seedDemo(url: string, sign: SignToken): Promise<Demo> {
  const clients = await groupClients(url, DEMO_GROUP, sign);
  const { service } = clients;
  const stores = await createOrganisation(clients, GROUP, MALLS);
  const first = stores.get('RS-101') as MadeStore;
  const { identifyMember: known } = await service.ask<{ identifyMember: { id: string } | null }>(
    'query ($card: String!) { identifyMember(by: { type: CARD, value: $card }) { id } }',
    { card: MEMBER.cardNumber },
  );
  if (known) return { stores, member: { id: known.id, card: MEMBER.cardNumber } };

  await publishProgramme(clients, stores);
  const { member } = await mustMutate<{ member: { id: string } }>(
    service,
    'registerMember',
    { idempotencyKey: 'demo:member', homeMallId: first.mallId, ...MEMBER },
    'member { id }',
  );
  await firstSale(service, first.storeId, member.id);
  return { stores, member: { id: member.id, card: MEMBER.cardNumber } };
}

/** Contracts of all malls, rules, tiers, coupons and messages: what a group needs before its first sale. */
export async function publishProgramme({ admin }: GroupClients, stores: Map<string, MadeStore>): Promise<void> {
  const mallIds = [...new Set([...stores.values()].map(({ mallId }) => mallId))];
  for (const [i, mallId] of mallIds.entries()) {
    await mustMutate(
      admin,
      'publishContract',
      { idempotencyKey: `demo:contract:${i}`, mallId, effectiveFrom: RULES_FROM, ...CONTRACT },
      'contract { id }',
    );
  }
  await mustMutate(admin, 'publishPointsRule', { idempotencyKey: 'demo:programme', ...PROGRAMME }, '__typename');
  for (const earn of EARN_RULES) {
    await mustMutate(admin, 'publishPointsRule', { idempotencyKey: `demo:earn:${earn.code}`, ...earn }, '__typename');
  }
  await mustMutate(admin, 'publishTierLadder', { idempotencyKey: 'demo:ladder', ...LADDER }, '__typename');
  for (const coupon of COUPONS) {
    await mustMutate(
      admin,
      'publishCouponTemplate',
      { idempotencyKey: `demo:coupon:${coupon.code}`, ...coupon },
      '__typename',
    );
  }
  for (const template of MESSAGE_TEMPLATES) {
    await mustMutate(
      admin,
      'publishMessageTemplate',
      { idempotencyKey: `demo:message:${template.code}`, effectiveFrom: RULES_FROM, ...template },
      '__typename',
    );
  }
}

/** 800.00 at once: silver, and its gift. Waits until the points can be seen. */
async function firstSale(service: Parameters<typeof mustMutate>[0], storeId: string, memberId: string): Promise<void> {
  await mustMutate(
    service,
    'recordPurchase',
    {
      sourceSystem: 'demo',
      externalId: 'demo-1',
      storeId,
      occurredAt: new Date().toISOString(),
      member: { memberId },
      lines: [
        { lineNo: 1, sku: 'COAT-1', category: 'FASHION', quantity: '1', gross: { amount: '800.00', currency: 'CNY' } },
      ],
    },
    'duplicate',
  );
  await eventually(
    async () => {
      const { member } = await service.ask<{ member: { points: { available: string } } }>(
        'query ($id: ID!) { member(id: $id) { points { available } } }',
        { id: memberId },
      );
      return member.points.available !== '0';
    },
    { what: 'the demo sale has earned its points', timeoutMs: 15_000 },
  );
}

/** Tokens for the three ready tabs, and what to print when the graph is up. */
export async function demoTokens(demo: Demo, sign: SignToken) {
  const group = groupIdOf(DEMO_GROUP);
  const store = demo.stores.get('RS-101') as MadeStore;
  const member = await sign(demo.member.id, { kind: 'MEMBER', group, member: demo.member.id });
  const till = await sign('till:RS-101', { kind: 'TILL', group, store: store.storeId, name: 'Till of RS-101' });
  const manager = await sign('staff:mall-manager@riverside', {
    kind: 'STAFF',
    group,
    grants: [{ role: 'mall-manager', node: store.mallId }],
    name: 'Manager of Riverside',
  });
  const now = new Date().toISOString();
  return {
    examples: {
      member: { token: member },
      till: {
        token: till,
        variables: {
          card: demo.member.card,
          storeId: store.storeId,
          memberId: demo.member.id,
          lines: [
            {
              lineNo: 1,
              sku: 'SHIRT-7',
              category: 'FASHION',
              quantity: '1',
              gross: { amount: '200.00', currency: 'CNY' },
            },
          ],
          points: '500',
          key: `reserve-${now}`,
          expectedToPay: { amount: '165.00', currency: 'CNY' },
          externalId: `sale-${now}`,
          occurredAt: now,
          refundId: `refund-${now}`,
          refundedAt: now,
        },
      },
      merchant: { token: manager, variables: { mallId: store.mallId } },
    },
    summary: (url: string) => `
  Atrium is running:   ${url.replace('/graphql', '/')}   (GraphiQL with three ready tabs: member home, till, merchant)

  Try in another terminal:
    curl -s ${url} -H 'content-type: application/json' -H "authorization: Bearer $(npm run --silent token -- --member ${demo.member.id})" \\
      -d '{"query":"{ me { displayName points { available growth } tier { tier { name } } unreadMessages } }"}'

  Tokens:
    npm run --silent token -- --member ${demo.member.id}
    npm run --silent token -- --till RS-101
    npm run --silent token -- --staff mall-manager --at riverside

  Ctrl-C stops everything; what it holds is kept in .atrium/ (npm start -- --fresh begins anew).
`,
  };
}
