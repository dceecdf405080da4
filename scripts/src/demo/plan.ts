import { bilingual, type MallPlan } from '@atrium/testkit';

export const DEMO_GROUP = 'LANTERN';

export const GROUP = { code: DEMO_GROUP, name: 'Lantern Malls', timeZone: 'Asia/Shanghai', currency: 'CNY' };

/** Two malls, two hours apart by the sun. */
export const MALLS: MallPlan[] = [
  {
    code: 'riverside',
    name: 'Riverside 滨江天地',
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    merchants: [
      { code: 'lotus', name: 'Lotus Fashion', stores: [{ code: 'RS-101', name: 'Lotus Fashion, floor 1' }] },
      { code: 'bamboo', name: 'Bamboo Coffee', stores: [{ code: 'RS-201', name: 'Bamboo Coffee, floor 2' }] },
    ],
  },
  {
    code: 'oasis',
    name: 'Oasis 绿洲广场',
    timeZone: 'Asia/Urumqi',
    currency: 'CNY',
    merchants: [
      { code: 'lotus', name: 'Lotus Fashion', stores: [{ code: 'OA-101', name: 'Lotus Fashion, Oasis' }] },
      { code: 'pomegranate', name: 'Pomegranate Kitchen', stores: [{ code: 'OA-301', name: 'Pomegranate Kitchen' }] },
    ],
  },
];

/** Long ago, so that imported sales of earlier years find rules. */
export const RULES_FROM = '2015-01-01T00:00:00Z';

export const CONTRACT = { pointUnitValue: '0.01', pointPriceAtEarn: '0.008', burnShareBps: 1000, couponShareBps: 4000 };

export const PROGRAMME = {
  effectiveFrom: RULES_FROM,
  programme: {
    // Sales of earlier years earn as if they had been reported at once.
    earning: { backdated: {} },
    spending: {
      conversions: [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }],
      minPoints: '100',
      stepPoints: '100',
      maxPercentOfEligible: '50',
    },
  },
};

export const EARN_RULES = [
  { code: 'BASE', effectiveFrom: RULES_FROM, earn: { rate: '1' } },
  { code: 'COFFEE', effectiveFrom: RULES_FROM, earn: { category: 'COFFEE', rate: '2' } },
];

const spend = (required: string) => ({ metric: 'SPEND', required, window: 'ROLLING_MONTHS', months: 12 });
const growth = (required: string) => ({ metric: 'GROWTH', required, window: 'LIFETIME' });
const keep = (required: string) => ({ match: 'ALL', conditions: [{ metric: 'SPEND', required, window: 'VALIDITY' }] });

export const LADDER = {
  effectiveFrom: RULES_FROM,
  tiers: [
    { code: 'BASE', rank: 0, names: bilingual('普通会员', 'Member') },
    {
      code: 'SILVER',
      rank: 1,
      names: bilingual('银卡', 'Silver'),
      earnMultiplier: '1.2',
      discountBps: 500,
      upgrade: { match: 'ANY', conditions: [spend('500'), growth('800')] },
      retain: keep('400'),
      benefits: [{ code: 'DISCOUNT_5', names: bilingual('95折', '5 % off'), descriptions: [] }],
    },
    {
      code: 'GOLD',
      rank: 2,
      names: bilingual('金卡', 'Gold'),
      earnMultiplier: '1.5',
      discountBps: 1000,
      upgrade: { match: 'ANY', conditions: [spend('1000'), growth('1500')] },
      retain: keep('800'),
      benefits: [
        { code: 'DISCOUNT_10', names: bilingual('9折', '10 % off'), descriptions: [] },
        { code: 'LOUNGE', names: bilingual('贵宾厅', 'Lounge'), descriptions: [] },
      ],
    },
  ],
};

const days = (count: number) => ({ kind: 'RELATIVE', startDelayDays: 0, days: count });

export const COUPONS = [
  {
    code: 'WELCOME-5',
    type: 'CASH',
    names: bilingual('满50减5', '5 off 50'),
    currency: 'CNY',
    faceAmount: '5.00',
    threshold: '50.00',
    validity: days(30),
    effectiveFrom: RULES_FROM,
    stock: 1000,
    claimLimitPerMember: 1,
    funding: [{ party: 'MALL', shareBps: 10000 }],
    claimable: true,
  },
  {
    code: 'SILVER-GIFT',
    type: 'CASH',
    names: bilingual('银卡礼 满100减20', 'Silver gift: 20 off 100'),
    currency: 'CNY',
    faceAmount: '20.00',
    threshold: '100.00',
    validity: days(90),
    effectiveFrom: RULES_FROM,
    claimLimitPerMember: 1,
    funding: [
      { party: 'MALL', shareBps: 6000 },
      { party: 'MERCHANT', shareBps: 4000 },
    ],
    grantOnTier: ['SILVER'],
    claimable: false,
  },
  {
    code: 'GOLD-GIFT',
    type: 'PERCENT',
    names: bilingual('金卡礼 8折', 'Gold gift: 20 % off'),
    currency: 'CNY',
    percentOffBps: 2000,
    maxOff: '100.00',
    validity: days(90),
    effectiveFrom: RULES_FROM,
    claimLimitPerMember: 1,
    funding: [{ party: 'MALL', shareBps: 10000 }],
    grantOnTier: ['GOLD'],
    claimable: false,
  },
];
