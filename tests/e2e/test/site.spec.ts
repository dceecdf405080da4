// Fault 55. Two malls do the same business for twin members: south through the hub, north with a recording of its own whose
// line is down meanwhile. In the end nobody can tell which was which, and nothing has come twice.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PurchaseRecordedSchema } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import { eventually, mustMutate, mutate, ROOT } from '@atrium/testkit';
import { at, giveBack, GROUP, type Mall, type Malls, openMalls, sell } from './site-malls';
import { cny, line } from './world';

describe('a mall with a recording of its own', () => {
  let malls: Malls;
  let [north, south] = [{}, {}] as [Mall, Mall];

  beforeAll(async () => {
    malls = await openMalls();
    ({ north, south } = malls);
  });
  afterAll(() => malls?.close());

  it('hears of the hub what it needs, and records', async () => {
    for (const mall of [north, south]) {
      await sell(mall, 'FIRST', 0, '1200.00', { member: { memberId: mall.gold } });
      await sell(mall, 'SECOND', 1, '300.00', { member: { memberId: mall.regular } });
    }
    await malls.together();
    expect(await malls.standing(north)).toEqual(await malls.standing(south));
    for (const mall of [north, south]) {
      const basket = {
        storeId: mall.storeId,
        memberId: mall.gold,
        lines: [line(1, '100.00')],
        couponIds: [],
        points: '100',
      };
      const till = await malls.clients.till(mall.storeId);
      const { checkout } = await mustMutate<{ checkout: { id: string } }>(
        till,
        'reserveCheckout',
        { idempotencyKey: mall.name, basket, expectedToPay: cny('89.00') },
        'checkout { id }',
      );
      mall.basket = checkout.id;
    }
    await eventually(async () => (await malls.siteRows.query('select 1 from checkout')).rowCount === 1, {
      what: 'the basket of this mall, and of no other, is at the site',
    });
  });

  it('refuses at the site what is the hub’s, and at the hub what is the site’s, and says where to go', async () => {
    const basket = { storeId: north.storeId, memberId: north.gold, lines: [line(1, '100.00')], couponIds: [] };
    const input = { idempotencyKey: 'at-site', basket, expectedToPay: cny('90.00') };
    const mutation = (name: string, type: string) =>
      `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
    const coupon = await north.till.send(mutation('reserveCheckout', 'ReserveCheckoutInput'), { input });
    expect(coupon.errors?.[0]).toMatchObject({
      extensions: { code: 'ONLY_AT_HUB', retryable: false, serviceName: 'coupon' },
    });
    expect(coupon.errors?.[0]?.message).toContain('record it here');
    const spend = {
      idempotencyKey: 's',
      memberId: north.gold,
      order: { kind: 'POS', nodeId: north.storeId, number: '1' },
      points: '10',
    };
    const points = await north.till.send(mutation('redeemPoints', 'RedeemPointsInput'), { input: spend });
    expect(points.errors?.[0]?.extensions).toMatchObject({ code: 'ONLY_AT_HUB', serviceName: 'points' });
    const mall = { idempotencyKey: 'm', code: 'west', name: 'West', timeZone: 'Asia/Shanghai', currency: 'CNY' };
    const made = await malls.siteClients.admin.send(mutation('createMall', 'CreateMallInput'), { input: mall });
    expect(made.errors?.[0]?.extensions).toMatchObject({ code: 'ONLY_AT_HUB' });

    const till = await malls.clients.till(north.storeId);
    const sale = {
      sourceSystem: 'north',
      externalId: 'ELSEWHERE',
      storeId: north.storeId,
      occurredAt: at(2),
      lines: [line(1, '1.00')],
    };
    expect(await mutate(till, 'recordPurchase', sale, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
      refusal: expect.stringContaining('at its site'),
    });
    const refund = {
      sourceSystem: 'north',
      externalId: 'R',
      purchaseExternalId: 'FIRST',
      occurredAt: at(2),
      lines: null,
    };
    expect(await mutate(till, 'refundPurchase', refund, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
    });
    const far = await malls.siteClients.till(south.storeId);
    expect(await mutate(far, 'recordPurchase', { ...sale, storeId: south.storeId }, '__typename')).toMatchObject({
      __typename: 'InvalidInputError',
    });
  });

  it('goes on while the line is down, and the hub ends as if it had never been', async () => {
    malls.cable.cut();
    const before = await malls.hubFacts();
    for (const mall of [north, south]) {
      await sell(mall, 'BASKET', 3, '100.00', { checkoutId: mall.basket, paid: cny('89.00') });
      await sell(mall, 'CARD', 4, '120.00', {
        member: { identifier: { type: 'CARD', value: `${mall.name}-REGULAR` } },
      });
      await giveBack(mall, 'R-EARLY', 'LATER', 5, null, 'RefundParked');
      await sell(mall, 'LATER', 5, '40.00', { member: { memberId: mall.regular } });
      await giveBack(mall, 'R-FIRST', 'FIRST', 6, [{ lineNo: 1, amount: cny('100.00') }], 'RefundPurchaseSuccess');
      await giveBack(mall, 'R-AGAIN', 'FIRST', 7, [{ lineNo: 1, amount: cny('50.00') }], 'RefundPurchaseSuccess');
      await giveBack(mall, 'R-BASKET', 'BASKET', 7, [{ lineNo: 1, amount: cny('44.00') }], 'RefundPurchaseSuccess');
      await sell(mall, 'NOBODY', 8, '10.00');
      await sell(mall, 'LAST', 9, '130.00', { member: { memberId: mall.regular } });
    }
    // Both sides change: terms from the beginning of time, for sales from now on.
    for (const { merchantId, name } of [north, south]) {
      const terms = { pointUnitValue: '0.01', pointPriceAtEarn: '0.02', burnShareBps: 5000, couponShareBps: 0 };
      const input = { idempotencyKey: `v2:${name}`, merchantId, effectiveFrom: '2020-01-01T00:00:00Z', ...terms };
      await mustMutate(malls.clients.admin, 'publishContract', input, 'contract { id }');
    }
    await eventually(async () => (await malls.silence()) > 3, {
      what: 'the hub hears nothing of the site',
      timeoutMs: 60_000,
    });
    expect(await malls.hubFacts()).toEqual(before);
    await malls.site.nats.kill();
    await malls.site.nats.restart();
    await malls.hubNats.kill();
    await malls.hubNats.restart();
    await sell(north, 'AFTER', 9, '20.00');
    await sell(south, 'AFTER', 9, '20.00');
    malls.cable.mend();
    await malls.together();
    expect(await malls.siteFacts()).toEqual({ sales: 8, refunds: 4 });
    expect(await malls.silence()).toBeLessThan(60);
    const [here, there] = [await malls.standing(north), await malls.standing(south)];
    expect(here.gold).toMatchObject({ member: { tier: { tier: { code: 'GOLD' } } } });
    expect(here.regular).toMatchObject({ member: { tier: { tier: { code: 'SILVER' } } } });
    expect(here).toEqual(there);
  });

  it('takes everything once, also when it comes again', async () => {
    const facts = await malls.stated();
    expect(facts).toHaveLength(12);
    const changed = await malls.changedBy(async () => {
      await malls.state(facts);
      await sell(north, 'PROBE', 9, '1.00');
      await malls.together();
    });
    // Of the probe alone.
    expect(changed.filter((table) => /posting|entry|refund|obligation|account/.test(table))).toEqual([]);
    expect(await malls.hubFacts()).toEqual({ sales: 9, refunds: 4 });
  });

  it('is believed nothing of another mall, in any service, and is heard on', async () => {
    const honest = (await malls.stated('Recorded')).at(-1);
    if (!honest) throw new Error('the site has stated nothing');
    const externalId = 'FORGED';
    const forged = create(PurchaseRecordedSchema, {
      ...fromBinary(PurchaseRecordedSchema, honest.payload),
      ...{ externalId, purchaseId: naturalId('purchase', naturalId('group', GROUP), 'north', externalId) },
      ...{ storeId: south.storeId, merchantId: south.merchantId, mallId: south.mallId, memberId: south.gold },
    });
    const headers = { ...honest.headers, 'Atrium-Event': uuidv7(new Date()) };
    const changed = await malls.changedBy(async () => {
      await malls.state([{ ...honest, headers, payload: toBinary(PurchaseRecordedSchema, forged) }]);
      await eventually(
        async () => (await malls.setAside()).some((reason) => reason.startsWith('not theirs to state')),
        { what: 'the forged sale is among the dead letters', timeoutMs: 60_000 },
      );
      await malls.graph.settled();
      await malls.rows.quiet();
    });
    expect(changed.filter((table) => !/idempotency|snapshot|outbox|inbox/.test(table))).toEqual([]);
    await sell(north, 'HONEST', 9, '1.00');
    await malls.together();
    expect(await malls.hubFacts()).toEqual({ sales: 10, refunds: 4 });
  });

  it('leaves books that add up', () => {
    const check = spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'], {
      env: { ...process.env, ATRIUM_DIR: malls.graph.dir },
      encoding: 'utf8',
    });
    expect([check.status, `${check.stdout}${check.stderr}`]).toEqual([0, expect.stringContaining('rules hold')]);
  });
});
