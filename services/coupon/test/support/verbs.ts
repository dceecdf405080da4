import type { GraphQLClient } from '@atrium/testkit';
import { admin, STORE, till, type World } from './world';

const ERRORS = `__typename ... on UserError { code message remedy }`;
const PATH = `... on InvalidInputError { path }`;
const money = (amount: string) => ({ amount, currency: 'CNY' });

export interface Answer {
  __typename: string;
  code?: string;
  path?: string[];
  [field: string]: unknown;
}

export interface CouponRow {
  id: string;
  status: string;
  validUntil: string;
  template: { code: string; name: string };
  purchase: { id: string } | null;
}

export async function publish(world: World, input: object, as = admin): Promise<Answer & { template: { id: string } }> {
  const { result } = await world.as(as).ask<{ result: Answer & { template: { id: string } } }>(
    `mutation ($input: PublishCouponTemplateInput!) { result: publishCouponTemplate(input: $input) {
      ${ERRORS} ${PATH} ... on PublishCouponTemplateSuccess { template { id code version name threshold { amount } } } } }`,
    {
      input: {
        idempotencyKey: world.key(),
        type: 'CASH',
        names: [
          { locale: 'en', name: '20 off' },
          { locale: 'zh-CN', name: '立减20' },
        ],
        currency: 'CNY',
        faceAmount: '20.00',
        validity: { kind: 'RELATIVE', days: 30 },
        effectiveFrom: '2026-01-01T00:00:00Z',
        funding: [
          { party: 'MALL', shareBps: 6000 },
          { party: 'MERCHANT', shareBps: 4000 },
        ],
        ...input,
      },
    },
  );
  return result;
}

export async function claim(
  client: GraphQLClient,
  templateId: string,
  key: string,
): Promise<Answer & { coupon: CouponRow }> {
  const { result } = await client.ask<{ result: Answer & { coupon: CouponRow } }>(
    `mutation ($input: ClaimCouponInput!) { result: claimCoupon(input: $input) { ${ERRORS}
      ... on ClaimLimitReachedError { limit } ... on ClaimCouponSuccess { coupon { id status validUntil template { code name } } } } }`,
    { input: { idempotencyKey: key, templateId } },
  );
  return result;
}

export interface Lines {
  lines?: object[];
  couponIds?: string[] | null;
  points?: bigint;
  storeId?: string;
}

export const basket = (memberId: string, { lines, storeId = STORE, ...more }: Lines = {}) => ({
  storeId,
  memberId,
  lines: lines ?? [
    { lineNo: 1, sku: 'shirt', category: 'FASHION', quantity: '1', gross: money('60.00') },
    { lineNo: 2, sku: 'cap', category: 'FASHION', quantity: '2', gross: money('50.00') },
  ],
  ...more,
});

const QUOTE = `gross { amount } shopDiscount { amount } toPay { amount } pointsUsed pointsRuleVersionId pointsToEarn notices validUntil
  steps { kind label amount { amount } coupon { id } } lines { lineNo gross { amount } discount { amount } pointsValue { amount } toPay { amount } }`;

export interface QuoteAnswer extends Answer {
  toPay: { amount: string };
  pointsUsed: string;
  pointsRuleVersionId: string | null;
  pointsToEarn: string;
  notices: string[];
  steps: { kind: string; label: string; amount: { amount: string }; coupon: { id: string } | null }[];
  lines: { lineNo: number; toPay: { amount: string }; discount: { amount: string } }[];
}

export async function quote(client: GraphQLClient, input: object): Promise<QuoteAnswer> {
  const { result } = await client.ask<{ result: QuoteAnswer }>(
    `query ($input: QuoteCheckoutInput!) { result: quoteCheckout(input: $input) { ${ERRORS} ${PATH}
      ... on CouponNotUsableError { couponId reason } ... on CheckoutQuote { ${QUOTE} } } }`,
    { input },
  );
  return result;
}

export interface CheckoutRow {
  id: string;
  status: string;
  reservedUntil: string;
  purchase: { id: string } | null;
}

export type ReserveAnswer = Answer & { checkout: CheckoutRow; quote: QuoteAnswer };

const RESERVE = `mutation ($input: ReserveCheckoutInput!) { result: reserveCheckout(input: $input) { ${ERRORS} ${PATH}
  ... on CouponNotUsableError { couponId reason } ... on QuoteChangedError { quote { ${QUOTE} } }
  ... on InsufficientPointsError { available requested }
  ... on ReserveCheckoutSuccess { checkout { id status reservedUntil purchase { id } store { id } member { id } quote { ${QUOTE} } } } } }`;

export const reserveInput = (key: string, input: object, toPay: string) => ({
  input: { idempotencyKey: key, basket: input, expectedToPay: money(toPay) },
});

export const sendReserve = (client: GraphQLClient, key: string, input: object, toPay: string) =>
  client.send<{ result: ReserveAnswer }>(RESERVE, reserveInput(key, input, toPay));

export async function reserve(
  client: GraphQLClient,
  key: string,
  input: object,
  toPay: string,
): Promise<ReserveAnswer> {
  return (await client.ask<{ result: ReserveAnswer }>(RESERVE, reserveInput(key, input, toPay))).result;
}

export async function cancel(client: GraphQLClient, checkoutId: string): Promise<Answer & { checkout: CheckoutRow }> {
  const { result } = await client.ask<{ result: Answer & { checkout: CheckoutRow } }>(
    `mutation ($input: CancelCheckoutInput!) { result: cancelCheckout(input: $input) { ${ERRORS}
      ... on CancelCheckoutSuccess { checkout { id status } } } }`,
    { input: { idempotencyKey: 'cancel', checkoutId } },
  );
  return result;
}

export async function couponsOf(client: GraphQLClient, memberId: string, status?: string): Promise<CouponRow[]> {
  const { entities } = await client.ask<{ entities: ({ coupons: { edges: { node: CouponRow }[] } } | null)[] }>(
    `query ($of: [_Any!]!, $status: CouponStatus) { entities: _entities(representations: $of) { ... on Member {
      coupons(status: $status, first: 100) { edges { node { id status validUntil redeemedAt template { code name } purchase { id } } } } } } }`,
    { of: [{ __typename: 'Member', id: memberId }], status },
  );
  return entities[0]?.coupons.edges.map(({ node }) => node) ?? [];
}

export const checkoutById = async (client: GraphQLClient, id: string): Promise<CheckoutRow | null> =>
  (
    await client.ask<{ checkout: CheckoutRow | null }>(
      `query ($id: ID!) { checkout(id: $id) { id status reservedUntil purchase { id } } }`,
      { id },
    )
  ).checkout;

export const atTill = (world: World): GraphQLClient => world.as(till);
