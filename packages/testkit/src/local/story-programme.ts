import { type GroupClients, mustMutate } from '@atrium/platform/operator';
import { bilingual, createOrganisation, type MadeStore, MESSAGE_TEMPLATES } from './programme';

const FROM = '2020-01-01T00:00:00Z';
const spend = (required: string) => ({
  match: 'ALL',
  conditions: [{ metric: 'SPEND', required, window: 'ROLLING_MONTHS', months: 12 }],
});

const PROGRAMME = {
  effectiveFrom: FROM,
  programme: {
    earning: { backdated: {} },
    transfers: { enabled: true },
    spending: {
      conversions: [{ points: '100', value: { amount: '1.00', currency: 'CNY' } }],
      minPoints: '100',
      stepPoints: '100',
      maxPercentOfEligible: '50',
    },
  },
};

const TIERS = [
  { code: 'BASE', rank: 0, names: bilingual('普通', 'Member') },
  {
    code: 'SILVER',
    rank: 1,
    names: bilingual('银卡', 'Silver'),
    earnMultiplier: '1.2',
    upgrade: spend('500'),
    retain: spend('400'),
  },
  {
    code: 'GOLD',
    rank: 2,
    names: bilingual('金卡', 'Gold'),
    earnMultiplier: '1.5',
    discountBps: 1000,
    upgrade: spend('1000'),
    retain: spend('800'),
  },
];

const GIFT = {
  code: 'GOLD-GIFT',
  type: 'CASH',
  names: bilingual('满100减20', '20 off 100'),
  currency: 'CNY',
  faceAmount: '20.00',
  threshold: '100.00',
  validity: { kind: 'RELATIVE', startDelayDays: 0, days: 90 },
  effectiveFrom: FROM,
  funding: [
    { party: 'MALL', shareBps: 6000 },
    { party: 'MERCHANT', shareBps: 4000 },
  ],
  grantOnTier: ['GOLD'],
  claimable: false,
};

/**
 * The programme of the story, published through the graph by the group's administration:
 * 1 point and 1 growth for 1.00; 100 points pay 1.00 (at least 100, in steps of 100, at most half of the basket);
 * silver from a spend of 500.00 in 12 months (points x 1.2), gold from 1,000.00 (points x 1.5, 10 % off at the till);
 * whoever becomes gold gets "20 off 100", paid 60 % by the mall and 40 % by the merchant.
 * The merchant pays 0.008 for each point earned with it (a point is worth 0.01), bears 10 % of points spent with it and
 * 40 % of tier discounts.
 */
export async function publishStoryProgramme(clients: GroupClients, group: string): Promise<MadeStore> {
  const { admin } = clients;
  const stores = await createOrganisation(
    clients,
    { code: group, name: 'Story Malls', timeZone: 'Asia/Shanghai', currency: 'CNY' },
    [
      {
        code: 'north',
        name: 'North Mall',
        timeZone: 'Asia/Shanghai',
        currency: 'CNY',
        merchants: [{ code: 'm01', name: 'Fashion', stores: [{ code: 'N-1', name: 'Fashion, North' }] }],
      },
    ],
  );
  const store = stores.get('N-1') as MadeStore;
  const terms = {
    effectiveFrom: FROM,
    pointUnitValue: '0.01',
    pointPriceAtEarn: '0.008',
    burnShareBps: 1000,
    couponShareBps: 4000,
  };
  await mustMutate(
    admin,
    'publishContract',
    { idempotencyKey: 'contract', merchantId: store.merchantId, ...terms },
    'contract { id }',
  );
  const base = { code: 'BASE', effectiveFrom: FROM, earn: { rate: '1' } };
  for (const [idempotencyKey, rule] of Object.entries({ programme: PROGRAMME, earn: base })) {
    await mustMutate(admin, 'publishPointsRule', { idempotencyKey, ...rule }, '__typename');
  }
  await mustMutate(
    admin,
    'publishTierLadder',
    { idempotencyKey: 'ladder', effectiveFrom: FROM, tiers: TIERS },
    '__typename',
  );
  await mustMutate(admin, 'publishCouponTemplate', { idempotencyKey: 'gift', ...GIFT }, '__typename');
  for (const template of MESSAGE_TEMPLATES) {
    const input = { idempotencyKey: template.code, effectiveFrom: FROM, ...template };
    await mustMutate(admin, 'publishMessageTemplate', input, '__typename');
  }
  return store;
}
