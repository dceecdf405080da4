import { type GroupClients, mustMutate } from '@atrium/platform/operator';

export interface MallPlan {
  code: string;
  name: string;
  timeZone: string;
  currency: string;
  merchants: { code: string; name: string; stores: { code: string; name: string }[] }[];
}

export interface MadeStore {
  mallId: string;
  merchantId: string;
  storeId: string;
}

/** Makes a group and its malls, merchants and stores, by the graph; store code -> ids. */
export async function createOrganisation(
  { service, admin }: GroupClients,
  group: { code: string; name: string; timeZone: string; currency: string },
  malls: readonly MallPlan[],
): Promise<Map<string, MadeStore>> {
  const key = (...parts: string[]) => `setup:${parts.join(':')}`;
  await mustMutate(service, 'createMallGroup', { idempotencyKey: key('group'), ...group }, 'mallGroup { id }');
  const stores = new Map<string, MadeStore>();
  for (const { merchants, ...mall } of malls) {
    const made = await mustMutate<{ mall: { id: string } }>(
      admin,
      'createMall',
      { idempotencyKey: key('mall', mall.code), ...mall },
      'mall { id }',
    );
    for (const { stores: shops, ...merchant } of merchants) {
      const { merchant: m } = await mustMutate<{ merchant: { id: string } }>(
        admin,
        'createMerchant',
        { idempotencyKey: key('merchant', mall.code, merchant.code), mallId: made.mall.id, ...merchant },
        'merchant { id }',
      );
      for (const shop of shops) {
        const { store } = await mustMutate<{ store: { id: string } }>(
          admin,
          'createStore',
          { idempotencyKey: key('store', shop.code), merchantId: m.id, ...shop },
          'store { id }',
        );
        stores.set(shop.code, { mallId: made.mall.id, merchantId: m.id, storeId: store.id });
      }
    }
  }
  return stores;
}

const text = (zh: string, en: string) => [
  { locale: 'zh-CN', name: zh },
  { locale: 'en', name: en },
];

export { text as bilingual };

/** The service messages that members get, in both languages. */
export const MESSAGE_TEMPLATES = [
  {
    code: 'POINTS_EARNED',
    channels: ['INBOX'],
    texts: [
      { locale: 'zh-CN', title: '获得 {points} 积分', body: '您的消费获得 {points} 积分，可用积分 {available}。' },
      {
        locale: 'en',
        title: '{points} points earned',
        body: 'Your purchase earned {points} points. You have {available} to spend.',
      },
    ],
  },
  {
    code: 'POINTS_REVERSED',
    channels: ['INBOX'],
    texts: [
      { locale: 'zh-CN', title: '退回 {points} 积分', body: '因退货扣回 {points} 积分，可用积分 {available}。' },
      {
        locale: 'en',
        title: '{points} points taken back',
        body: 'A refund took back {points} points. You have {available} to spend.',
      },
    ],
  },
  {
    code: 'TIER_UPGRADED',
    channels: ['INBOX', 'SMS'],
    texts: [
      { locale: 'zh-CN', title: '恭喜升级为{tier}', body: '您已成为{tier}会员。' },
      { locale: 'en', title: 'Welcome to {tier}', body: 'You are now a {tier} member.' },
    ],
  },
  {
    code: 'TIER_CHANGED',
    channels: ['INBOX'],
    texts: [
      { locale: 'zh-CN', title: '会员等级变更为{tier}', body: '您的会员等级现为{tier}。' },
      { locale: 'en', title: 'Your tier is now {tier}', body: 'Your membership tier changed to {tier}.' },
    ],
  },
  {
    code: 'COUPON_ISSUED',
    channels: ['INBOX'],
    texts: [
      { locale: 'zh-CN', title: '获得优惠券', body: '{coupon}已放入您的卡包。' },
      { locale: 'en', title: 'A coupon for you', body: '{coupon} is in your wallet.' },
    ],
  },
  {
    code: 'PURCHASE_REFUNDED',
    channels: ['INBOX'],
    texts: [
      { locale: 'zh-CN', title: '退款 {amount}', body: '您的退款 {amount} 已受理。' },
      { locale: 'en', title: 'Refund of {amount}', body: 'Your refund of {amount} has been recorded.' },
    ],
  },
] as const;
