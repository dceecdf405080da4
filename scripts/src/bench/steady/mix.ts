// What the callers of the steady run ask.
import { randomUUID } from 'node:crypto';
import { groupIdOf, type LocalKeys, signCallerToken } from '@atrium/testkit';
import { DEMO_GROUP } from '../../demo/plan';

export interface Ask {
  name: string;
  token: string;
  query: string;
  variables?: object;
}

export interface World {
  /** Members with their tokens. */
  members: { id: string; token: string }[];
  till: { token: string; storeId: string };
  service: string;
  keys: LocalKeys;
}

const HOME = `query Home { viewer { kind } me { id displayName points { available held growth } tier { tier { code name } validUntil }
  coupons(first: 5) { edges { node { id status } } } purchases(first: 3) { edges { node { id occurredAt } } }
  inbox(first: 3) { edges { node { id title } } } } }`;
const MEMBER = `query Member($id: ID!) { viewer { kind store { id name } } member(id: $id) { id displayName phoneMasked tier { tier { name } } points { available } } }`;
const QUOTE = `query Quote($input: QuoteCheckoutInput!) { quoteCheckout(input: $input) {
  ... on CheckoutQuote { toPay { amount currency } pointsUsed pointsToEarn } ... on UserError { code message } } }`;
const SHOW_CODE = `mutation Code($input: ShowMemberCodeInput!) { showMemberCode(input: $input) { __typename ... on UserError { code } } }`;
const SALE = `mutation Sale($input: RecordPurchaseInput!) { recordPurchase(input: $input) { __typename ... on UserError { code } } }`;

const line = (amount: string) => ({
  lineNo: 1,
  sku: 'TEA-1',
  category: 'GROCERY',
  quantity: '1',
  gross: { amount, currency: 'CNY' },
});

/** Of a hundred: 60 member homes, 25 reads of tills, 12 codes that members show, 3 sales. */
export function ask({ members, till, service }: World, count: number): Ask {
  const member = members[count % members.length] as World['members'][number];
  const place = (count * 37) % 100;
  if (place < 60) return { name: 'home', token: member.token, query: HOME };
  if (place < 75) return { name: 'member', token: till.token, query: MEMBER, variables: { id: member.id } };
  if (place < 85) {
    const input = { storeId: till.storeId, memberId: member.id, lines: [line('20.00')] };
    return { name: 'quote', token: till.token, query: QUOTE, variables: { input } };
  }
  if (place < 97) {
    return {
      name: 'code',
      token: member.token,
      query: SHOW_CODE,
      variables: { input: { idempotencyKey: randomUUID() } },
    };
  }
  const input = {
    sourceSystem: 'steady',
    externalId: randomUUID(),
    storeId: till.storeId,
    occurredAt: new Date().toISOString(),
    member: { memberId: member.id },
    lines: [line('12.00')],
  };
  return { name: 'sale', token: service, query: SALE, variables: { input } };
}

/** Every document, token and value is a new one. */
export async function everNew({ members, keys }: World, count: number): Promise<Ask> {
  const { id: member } = members[count % members.length] as World['members'][number];
  const group = groupIdOf(DEMO_GROUP);
  const token =
    count % 2 === 0
      ? await signCallerToken(keys, `member:${randomUUID()}`, { kind: 'MEMBER', group, member })
      : await signCallerToken(keys, `service:${randomUUID()}`, {
          kind: 'SERVICE',
          group,
          permissions: ['member:identify', 'member:read'],
        });
  if (count % 2 === 0) return { name: 'home', token, query: HOME.replace('displayName', `name${count}: displayName`) };
  const query = `query Who($card: String!) { who${count}: identifyMember(by: { type: CARD, value: $card }) { id displayName } }`;
  return { name: 'who', token, query, variables: { card: `86${String(count).padStart(14, '0')}` } };
}
