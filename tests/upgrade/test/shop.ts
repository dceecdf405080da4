// What people do at a mall, and what the graph told them that it keeps.
import {
  type GraphQLClient,
  type GroupClients,
  type MadeStore,
  mustMutate,
  publishStoryProgramme,
} from '@atrium/testkit';

export type Acknowledged = { write: 'purchase' | 'refund' | 'checkout' | 'coupon'; key: string; id: string };
/** As check-acknowledged looks for refunds. */
const SOURCE = 'load';
const INSISTS_MS = 60_000;

export const cny = (amount: string) => ({ amount, currency: 'CNY' });
const line = (lineNo: number, amount: string) => ({
  lineNo,
  sku: `S-${lineNo}`,
  category: 'FASHION',
  quantity: '1',
  gross: cny(amount),
});

export interface Shop {
  readonly store: MadeStore;
  readonly acknowledged: Acknowledged[];
  /** So often somebody was told to come again, and did. */
  readonly retried: () => number;
  readonly admin: GraphQLClient;
  member(id: string): Promise<GraphQLClient>;
  enrol(key: string, cards: string[]): Promise<string[]>;
  sell(key: string, memberId: string, lines: object[], more?: object): Promise<{ id: string; duplicate: boolean }>;
  refund(key: string, saleKey: string, parked?: boolean): Promise<void>;
  reserve(key: string, basket: object, toPay: string): Promise<string>;
  claim(key: string, member: GraphQLClient): Promise<string>;
  basket(memberId: string, amounts: string[], more?: object): object;
  lines(...amounts: string[]): object[];
}

/** Whoever is told that something is away for a moment asks again, with the same key: a till does. Everything else is a failure. */
function insisting(client: GraphQLClient, onRetry: () => void): GraphQLClient {
  const send: GraphQLClient['send'] = async <T>(document: string, variables?: object) => {
    for (const until = Date.now() + INSISTS_MS; ; onRetry()) {
      const reply = await client.send<T>(document, variables);
      if (!reply.errors.some(({ extensions }) => extensions?.['code'] === 'UNAVAILABLE') || Date.now() > until)
        return reply;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  return {
    send,
    async ask<T>(document: string, variables?: object) {
      const { data, errors, status } = await send<T>(document, variables);
      if (errors.length > 0 || data === null) throw new Error(`${status}: ${JSON.stringify(errors)}`);
      return data;
    },
  };
}

/** The story's programme, and a coupon that members take themselves. */
export async function openShop(clients: GroupClients, group: string): Promise<Shop> {
  const store = await publishStoryProgramme(clients, group);
  const template = {
    idempotencyKey: 'open',
    code: 'OPEN',
    type: 'CASH',
    names: [{ locale: 'en', name: '5 off' }],
    currency: 'CNY',
    faceAmount: '5.00',
    validity: { kind: 'RELATIVE', days: 30 },
    effectiveFrom: '2020-01-01T00:00:00Z',
    funding: [{ party: 'MALL', shareBps: 10_000 }],
    claimable: true,
    claimLimitPerMember: 1_000,
  };
  type Made = { template: { id: string } };
  const { id: templateId } = (
    await mustMutate<Made>(clients.admin, 'publishCouponTemplate', template, 'template { id }')
  ).template;

  const acknowledged: Acknowledged[] = [];
  let retried = 0;
  const people = (client: GraphQLClient) => insisting(client, () => retried++);
  const [admin, service, till] = [clients.admin, clients.service, await clients.till(store.storeId)].map(people) as [
    GraphQLClient,
    GraphQLClient,
    GraphQLClient,
  ];
  const keep = (write: Acknowledged['write'], key: string, id: string) => {
    acknowledged.push({ write, key, id });
    return id;
  };
  const lines = (...amounts: string[]) => amounts.map((amount, at) => line(at + 1, amount));
  const times = new Map<string, string>();
  /** Told again, it was when it was. */
  const told = (externalId: string) => {
    const occurredAt = times.get(externalId) ?? new Date().toISOString();
    times.set(externalId, occurredAt);
    return { sourceSystem: SOURCE, externalId, occurredAt };
  };

  return {
    store,
    acknowledged,
    retried: () => retried,
    admin,
    member: async (id) => people(await clients.member(id, { 'accept-language': 'en' })),
    async enrol(key, cards) {
      type Enrolled = { members: { member: { id: string } }[] };
      const { members } = await mustMutate<Enrolled>(
        service,
        'enrolCards',
        { idempotencyKey: key, cards },
        'members { member { id } }',
      );
      return members.map(({ member }) => member.id);
    },
    async sell(key, memberId, sold, more = {}) {
      const input = { ...told(key), storeId: store.storeId, member: { memberId }, lines: sold, ...more };
      type Sold = { duplicate: boolean; purchase: { id: string } };
      const { duplicate, purchase } = await mustMutate<Sold>(
        till,
        'recordPurchase',
        input,
        'duplicate purchase { id }',
      );
      return { id: keep('purchase', key, purchase.id), duplicate };
    },
    async refund(key, saleKey, parked = false) {
      const input = { ...told(key), purchaseExternalId: saleKey };
      const select = parked ? 'externalId' : 'refund { id }';
      await mustMutate(till, 'refundPurchase', input, select, parked ? { success: 'RefundParked' } : {});
      keep('refund', key, '');
    },
    async reserve(key, basket, toPay) {
      const input = { idempotencyKey: key, basket, expectedToPay: cny(toPay) };
      type Reserved = { checkout: { id: string } };
      return keep(
        'checkout',
        key,
        (await mustMutate<Reserved>(till, 'reserveCheckout', input, 'checkout { id }')).checkout.id,
      );
    },
    async claim(key, member) {
      type Claimed = { coupon: { id: string } };
      const input = { idempotencyKey: key, templateId };
      return keep('coupon', key, (await mustMutate<Claimed>(member, 'claimCoupon', input, 'coupon { id }')).coupon.id);
    },
    basket: (memberId, amounts, more = {}) => ({ storeId: store.storeId, memberId, lines: lines(...amounts), ...more }),
    lines,
  };
}
