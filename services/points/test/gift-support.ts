import type { Caller } from '@atrium/platform';
import { GROUP, MALL, MERCHANT, member, type Service, STORE, sell } from './support';

export const manager: Partial<Caller> = { kind: 'STAFF', id: 'mgr', grants: [{ role: 'mall-manager', nodeId: MALL }] };
export const clerk: Partial<Caller> = { kind: 'STAFF', id: 'clerk', grants: [{ role: 'clerk', nodeId: STORE }] };
export const desk: Partial<Caller> = {
  kind: 'STAFF',
  id: 'desk',
  grants: [{ role: 'customer-service', nodeId: GROUP }],
};
export const till: Partial<Caller> = { kind: 'TILL', id: 'till', storeId: STORE };

export type Answer = Record<string, unknown> & { __typename: string };
let keys = 0;

const ORDER = `order { id status points quantity placedAt payUntil fulfilledAt returnUntil trackingRef gift { id code stockLeft } store { id } cash { amount } }`;
const ERRORS = `... on InvalidInputError { path } ... on GiftNotRedeemableError { reason } ... on GiftLimitReachedError { limit ordered }
  ... on InsufficientPointsError { available requested } ... on UserError { code message }`;
const verb = (name: string, input: string, success: string, errors = ERRORS) =>
  `mutation($input: ${input}!) { ${name}(input: $input) { __typename ${success} ${errors} } }`;
const GIFT = `... on GiftSuccess { gift { id code status stockLeft version prices { id points cash { amount currency } } } }
  ... on InvalidInputError { path } ... on GiftStateError { status } ... on UserError { code message }`;
const STATE = `... on GiftOrderStateError { status } ... on UserError { code message }`;
const VERBS: Record<string, string> = {
  saveGift: verb('saveGift', 'SaveGiftInput', '', GIFT),
  changeGiftStatus: verb('changeGiftStatus', 'ChangeGiftStatusInput', '', GIFT),
  changeGiftStock: verb('changeGiftStock', 'ChangeGiftStockInput', '', GIFT),
  orderGift: verb('orderGift', 'OrderGiftInput', `... on OrderGiftSuccess { ${ORDER} account { available held } }`),
  showGiftCode: verb('showGiftCode', 'GiftOrderInput', `... on ShowGiftCodeSuccess { code }`, STATE),
  ...Object.fromEntries(
    [
      ['confirmGiftPayment', 'ConfirmGiftPaymentInput'],
      ['readyGiftOrder', 'GiftOrderInput'],
      ['shipGiftOrder', 'ShipGiftOrderInput'],
      ['fulfilGiftOrder', 'FulfilGiftOrderInput'],
      ['returnGift', 'GiftOrderInput'],
      ['cancelGiftOrder', 'GiftOrderInput'],
    ].map(([name = '', input = '']) => [
      name,
      verb(name, input, `... on GiftOrderSuccess { ${ORDER} } ... on InvalidInputError { path }`, STATE),
    ]),
  ),
};

/** Runs a verb of the mall; answers what it answered, or the code of the request's refusal. */
export async function run(service: Service, caller: Partial<Caller>, name: string, input: object): Promise<Answer> {
  const whole = { idempotencyKey: `${name}-${++keys}`, ...input };
  for (;;) {
    const reply = await service.as(caller).send<Record<string, Answer>>(VERBS[name] ?? '', { input: whole });
    const code = reply.errors[0]?.extensions?.['code'];
    // Too busy a machine: the same words again, as a client does.
    if (code === 'UNAVAILABLE') continue;
    return reply.data?.[name] ?? { __typename: 'Refused', code: String(code ?? reply.errors[0]?.message) };
  }
}

/** A gift of the café: 500 points, or 300 points and 20.00; picked up in its store. */
export const cup = (code: string, more: object = {}) => ({
  code,
  nodeId: MERCHANT,
  kind: 'GOODS',
  category: 'HOME',
  tags: ['cup'],
  texts: [
    { locale: 'en', name: `Cup ${code}`, description: 'A blue cup' },
    { locale: 'zh-CN', name: `杯子 ${code}`, description: '一只蓝色的杯子' },
  ],
  images: [{ url: 'https://cdn.example/cup.jpg', alt: 'A blue cup' }],
  prices: [{ points: '500' }, { points: '300', cash: { amount: '20.00', currency: 'CNY' } }],
  deliveries: ['PICK_UP', 'SHIP', 'DIGITAL'],
  saleFrom: '2026-01-01T00:00:00Z',
  returnDays: 7,
  ...more,
});

/** Published; answers its id. */
export async function publish(service: Service, code: string, more: object = {}): Promise<string> {
  const { gift } = (await run(service, manager, 'saveGift', cup(code, more))) as unknown as { gift: { id: string } };
  await run(service, manager, 'changeGiftStatus', { giftId: gift.id, status: 'PUBLISHED' });
  return gift.id;
}

export const order = (service: Service, name: string, giftId: string, more: object = {}): Promise<Answer> =>
  run(service, member(name), 'orderGift', { giftId, price: '500', delivery: 'PICK_UP', storeId: STORE, ...more });

export const orderOf = (answer: Answer) => answer['order'] as Record<string, string> & { gift: Record<string, string> };

/** Gives a member that many points by a sale. */
export async function earn(service: Service, name: string, points: bigint): Promise<void> {
  const occurredAt = '2026-02-01T00:00:00.000Z';
  await sell(service, { number: `EARN-${name}-${++keys}`, of: name, lines: [points * 100n], occurredAt });
  await service.settled();
}
