import { CouponIssuedSchema, CouponTemplatePublishedSchema } from '@atrium/contracts';
import { uuidv7 } from '@atrium/kernel';
import { createLog } from '@atrium/platform';
import { inFlight } from '@atrium/testkit';
import { expireCouponsJob } from '../src/jobs/expire-coupons';
import { claim, couponsOf, publish } from './support/verbs';
import {
  admin,
  foreigner,
  GROUP,
  MALL,
  mallManager,
  member,
  memberId,
  register,
  startWorld,
  till,
  type World,
} from './support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.end());

test('publishing makes versions; coupons keep theirs; the wrong caller and the wrong terms are refused', async () => {
  const first = await publish(world, { code: 'VERSIONED', threshold: '50.00', claimLimitPerMember: 2 });
  expect(first).toMatchObject({ template: { code: 'VERSIONED', version: '1', threshold: { amount: '50.00' } } });
  await register(world, memberId('v'));
  const me = world.as(member(memberId('v')));
  expect((await claim(me, first.template.id, world.key())).coupon.template.name).toBe('20 off');
  const names = [{ locale: 'en', name: 'Renamed' }];
  const second = await publish(world, { code: 'VERSIONED', names, claimLimitPerMember: 2 });
  expect(second).toMatchObject({ template: { id: first.template.id, version: '2' } });
  world.clock.advance({ seconds: 1 });
  expect((await claim(me, first.template.id, world.key())).coupon.template.name).toBe('Renamed');
  // The limit counts over versions.
  expect(await claim(me, first.template.id, world.key())).toMatchObject({
    __typename: 'ClaimLimitReachedError',
    limit: 2,
  });
  expect((await couponsOf(me, memberId('v'))).map((c) => c.template.name)).toEqual(['Renamed', '20 off']);
  expect(await world.published(CouponTemplatePublishedSchema)).toHaveLength(2);

  expect(await publish(world, { code: 'X', funding: [{ party: 'MALL', shareBps: 1 }] })).toMatchObject({
    __typename: 'InvalidInputError',
    path: ['funding'],
  });
  expect(await publish(world, { code: 'X', scope: { merchantIds: [uuidv7(new Date())] } })).toMatchObject({
    __typename: 'InvalidInputError',
    path: ['scope', 'merchantIds'],
  });
  expect(await publish(world, { code: 'MALLS', nodeId: MALL }, mallManager)).toMatchObject({
    template: { version: '1' },
  });
  await expect(publish(world, { code: 'X' }, mallManager)).rejects.toThrow('FORBIDDEN');
  await expect(publish(world, { code: 'X' }, till)).rejects.toThrow('FORBIDDEN');
  const input = { code: 'AGAIN', idempotencyKey: 'same' };
  expect((await publish(world, input)).template).toEqual((await publish(world, input)).template);
  expect(await publish(world, { ...input, stock: 1 })).toMatchObject({ __typename: 'IdempotencyConflictError' });
});

test('1,000 claims by 500 members on 100 coupons, with repeated keys: exactly 100', async () => {
  const { template } = await publish(world, { code: 'FLASH', stock: 100, claimLimitPerMember: 1 });
  const ids = Array.from({ length: 500 }, (_, i) => memberId(`rush-${i}`));
  const started = performance.now();
  // Each member twice: half of them repeat the key, half use another one.
  const answers = await inFlight(
    100,
    ids.flatMap((id, i) => {
      const me = world.as(member(id));
      return [`rush-${i}`, i % 2 === 0 ? `rush-${i}` : `rush-b-${i}`].map((key) => () => claim(me, template.id, key));
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const coupons = new Set(answers.flatMap(({ coupon }) => coupon?.id ?? []));
  expect(coupons.size).toBe(100);
  const [facts] = await world.admin.dataSource.query(
    `select (select count(*) from coupon where template_id = $1) as coupons, (select sum(claimed) from member_claim where template_id = $1) as claims,
       (select sum(stock_left) from coupon_stock_slot where template_id = $1) as stock, (select max(claimed) from member_claim where template_id = $1) as most`,
    [template.id],
  );
  expect(facts).toMatchObject({ coupons: 100n, claims: 100n, stock: '0', most: 1 });
  const others = answers.filter(({ coupon }) => !coupon).map(({ __typename }) => __typename);
  expect(new Set(others)).toEqual(
    new Set([...new Set(others)].filter((name) => /SoldOut|ClaimLimit|InProgress/.test(name))),
  );
  const issued = (await world.published(CouponIssuedSchema)).filter(({ templateId }) => templateId === template.id);
  expect(new Set(issued.map(({ couponId }) => couponId))).toEqual(coupons);
  expect(issued).toHaveLength(100);
  process.stdout.write(`claims: ${Math.round(1000 / seconds)} a second\n`);
});

test('refusals: not a member, unknown, not open, another tier, another group', async () => {
  const id = memberId('r');
  const closed = await publish(world, { code: 'CLOSED', claimable: false });
  const gold = await publish(world, { code: 'GOLD-ONLY', tiers: ['GOLD'] });
  const me = world.as(member(id));
  expect(await claim(me, closed.template.id, world.key())).toMatchObject({ __typename: 'NotEligibleError' });
  expect(await claim(me, gold.template.id, world.key())).toMatchObject({ __typename: 'NotEligibleError' });
  expect(await claim(me, uuidv7(new Date()), world.key())).toMatchObject({ __typename: 'NotFoundError' });
  expect(await claim(me, 'nonsense', world.key())).toMatchObject({ __typename: 'NotFoundError' });
  expect(await claim(world.as(foreigner(id)), gold.template.id, world.key())).toMatchObject({
    __typename: 'NotFoundError',
  });
  await expect(claim(world.as(till), gold.template.id, world.key())).rejects.toThrow('FORBIDDEN');
  const zh = await claim(world.as(member(id), { 'accept-language': 'zh-CN' }), closed.template.id, world.key());
  expect(zh['message']).toBe('您当前不能领取该优惠券。');
});

test('offers tell what is left and why not', async () => {
  const id = memberId('o');
  const { template } = await publish(world, {
    code: 'OFFER',
    stock: 1,
    claimLimitPerMember: 1,
    effectiveFrom: '2026-02-01T00:00:00Z',
  });
  const offers = async (as = member(id)) =>
    (
      await world.as(as).ask<{
        couponOffers: {
          edges: {
            node: { template: { id: string }; stockLeft: number | null; claimable: boolean; reason: string | null };
          }[];
        };
      }>(`{ couponOffers(first: 100, mallId: "${MALL}") { edges { node { template { id } stockLeft claimable reason } } } }`)
    ).couponOffers.edges.map(({ node }) => node);
  expect((await offers())[0]).toEqual({ template: { id: template.id }, stockLeft: 1, claimable: true, reason: null });
  await claim(world.as(member(id)), template.id, world.key());
  expect((await offers())[0]).toMatchObject({ stockLeft: 0, claimable: false, reason: 'CLAIM_LIMIT_REACHED' });
  expect((await offers(member(memberId('o2'))))[0]).toMatchObject({ claimable: false, reason: 'SOLD_OUT' });
  expect((await offers(admin))[0]).toMatchObject({ claimable: false, reason: 'MEMBERS_ONLY' });
  expect(await offers(foreigner(id))).toEqual([]);
  const elsewhere = `{ couponOffers(mallId: "${id}") { edges { cursor } } }`;
  expect(await world.as(member(id)).ask(elsewhere)).toEqual({ couponOffers: { edges: [] } });
  const paged = await world
    .as(member(id))
    .ask<{ couponOffers: { edges: { cursor: string }[]; pageInfo: { hasNextPage: boolean } } }>(
      `{ couponOffers(first: 1) { edges { cursor } pageInfo { hasNextPage } } }`,
    );
  expect(paged.couponOffers.pageInfo.hasNextPage).toBe(true);
});

test('a paused template gives nothing more, a resumed one does', async () => {
  const { template } = await publish(world, { code: 'PAUSED' });
  const pause = (paused: boolean, as = admin) =>
    world
      .as(as)
      .ask<{ result: { __typename: string } }>(
        `mutation ($input: PauseCouponTemplateInput!) { result: pauseCouponTemplate(input: $input) { __typename } }`,
        { input: { idempotencyKey: world.key(), templateId: template.id, paused } },
      );
  const me = world.as(member(memberId('p')));
  await expect(pause(true, till)).rejects.toThrow('FORBIDDEN');
  expect(await pause(true)).toEqual({ result: { __typename: 'PauseCouponTemplateSuccess' } });
  expect(await claim(me, template.id, world.key())).toMatchObject({ __typename: 'NotEligibleError' });
  await pause(false);
  expect(await claim(me, template.id, world.key())).toMatchObject({ coupon: { status: 'AVAILABLE' } });
});

test('a coupon expires by the clock at once, by the job later; lists filter by what is true now', async () => {
  const id = memberId('e');
  const { template } = await publish(world, { code: 'SHORT', validity: { kind: 'RELATIVE', days: 1 } });
  const me = world.as(member(id));
  await claim(me, template.id, world.key());
  expect(await couponsOf(me, id, 'AVAILABLE')).toHaveLength(1);
  world.clock.advance({ days: 1 });
  expect(await couponsOf(me, id, 'AVAILABLE')).toEqual([]);
  expect(await couponsOf(me, id, 'EXPIRED')).toHaveLength(1);
  expect(await expireCouponsJob.run(world.db, createLog('test', 'silent'))).toBeGreaterThan(0);
  expect(await expireCouponsJob.run(world.db, createLog('test', 'silent'))).toBe(0);
  const [row] = await world.admin.dataSource.query(`select status from coupon where member_id = $1`, [id]);
  expect(row.status).toBe('EXPIRED');
});

test('another tenant sees nothing, and neither does SQL under row-level security', async () => {
  const id = memberId('v');
  const other = foreigner(memberId('z'));
  const answer = await world
    .as(other)
    .send(
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Member { coupons { edges { cursor } } } } }`,
      { of: [{ __typename: 'Member', id }] },
    );
  expect(answer.data).toEqual({ _entities: [null] });
  const seen = await world.db.inTransaction(other.groupId as string, (tx) => tx.query(`select id from coupon`));
  expect(seen).toEqual([]);
  const mine = await world.db.inTransaction(GROUP, (tx) => tx.query(`select id from coupon limit 1`));
  expect(mine).toHaveLength(1);
  const write = world.db.inTransaction(other.groupId as string, (tx) =>
    tx.query(`insert into member (id, group_id) values ($1, $2)`, [uuidv7(new Date()), GROUP]),
  );
  await expect(write).rejects.toThrow('row-level security');
});
