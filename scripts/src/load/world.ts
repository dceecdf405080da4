import {
  createOrganisation,
  groupClients,
  type MallPlan,
  groupIdOf,
  mustMutate,
  type SignToken,
} from '@atrium/testkit';
import { GROUP, RULES_FROM } from '../demo/plan';
import { publishProgramme } from '../demo/seed';
import { enrolCards } from '../import/members';

/** A group of its own, so that a rehearsal leaves the books of others alone. */
const CODE = 'LOAD';
const MALLS = 2;
const MERCHANTS = 10;
const STORES = 2;
/** Members stay from run to run, and what each has claimed is counted over all of them: that no claim is refused for it. */
const MANY = 1_000_000;

const count = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

const malls: MallPlan[] = count(MALLS).map((mall) => ({
  code: `load-${mall}`,
  name: `Rehearsal ${mall}`,
  timeZone: GROUP.timeZone,
  currency: GROUP.currency,
  merchants: count(MERCHANTS).map((merchant) => ({
    code: `m${merchant}`,
    name: `Merchant ${merchant}`,
    stores: count(STORES).map((store) => ({ code: `L${mall}-${merchant}-${store}`, name: `Store ${store}` })),
  })),
}));

/** What k6 reads: tests/load/k6/world.ts. Has tokens in it, for a few hours. */
export async function makeWorld(url: string, sign: SignToken, run: string, sizes: { members: number; stock: number }) {
  const clients = await groupClients(url, CODE, sign);
  const stores = await createOrganisation(clients, { ...GROUP, code: CODE, name: 'Rehearsal' }, malls);
  await publishProgramme(clients, stores);
  const cards = count(sizes.members).map((n) => `87${String(n).padStart(14, '0')}`);
  const homeMallId = stores.values().next().value?.mallId ?? null;
  const { ids } = await enrolCards(clients.service, cards, { homeMallId, joinedAt: RULES_FROM }, 'load');
  const coupon = async (code: string, more: object) => {
    const template = {
      idempotencyKey: `load:${code}`,
      code,
      type: 'CASH',
      names: [{ locale: 'en', name: '5 off 50' }],
      currency: GROUP.currency,
      faceAmount: '5.00',
      threshold: '50.00',
      validity: { kind: 'RELATIVE', startDelayDays: 0, days: 30 },
      effectiveFrom: RULES_FROM,
      funding: [{ party: 'MALL', shareBps: 10_000 }],
      claimable: true,
      ...more,
    };
    type Made = { template: { id: string } };
    return (await mustMutate<Made>(clients.admin, 'publishCouponTemplate', template, 'template { id }')).template.id;
  };
  const group = groupIdOf(CODE);
  return {
    url,
    run,
    coupons: {
      open: await coupon('ALWAYS', { claimLimitPerMember: MANY }),
      flash: await coupon(`FLASH-${run.toUpperCase()}`, { stock: sizes.stock, claimLimitPerMember: 1 }),
    },
    members: await Promise.all(
      cards.map(async (card) => {
        const id = ids.get(card) ?? '';
        return { id, card, token: await sign(id, { kind: 'MEMBER', group, member: id }) };
      }),
    ),
    stores: await Promise.all(
      [...stores].map(async ([code, { storeId: id }]) => ({
        id,
        token: await sign(`till:${code}`, { kind: 'TILL', group, store: id }),
      })),
    ),
  };
}
