import {
  type GraphQLClient,
  type GroupClients,
  type MadeStore,
  mustMutate,
  publishStoryProgramme,
} from '@atrium/testkit';
import { attachedGraph, startStoryGraph, type ToldGraph } from './graph';

const cny = (amount: string) => ({ amount, currency: 'CNY' });

const HOME = `{ me {
  points { available held pending debt growth }
  tier { tier { code } next { tier { code } conditions { metric current required remaining met } } }
  coupons { edges { node { id status template { code } } } }
  unreadMessages
  inbox(first: 50) { edges { node { id title templateCode readAt } } } } }`;

interface Home {
  me: {
    points: Record<'available' | 'held' | 'pending' | 'debt' | 'growth', string>;
    tier: { tier: { code: string }; next: { tier: { code: string }; conditions: Record<string, unknown>[] } | null };
    coupons: { edges: { node: { id: string; status: string; template: { code: string } } }[] };
    unreadMessages: number;
    inbox: { edges: { node: { id: string; title: string; templateCode: string; readAt: string | null } }[] };
  };
}

interface History {
  me: {
    tier: { history: { edges: { node: { to: { code: string }; cause: string } }[] } };
    points: { entries: { edges: { node: { kind: string; amount: string } }[] } };
  };
}

type Amount = { amount: string };

const BALANCE =
  'query ($id: ID!) { merchant(id: $id) { balance { receivable { amount } payable { amount } net { amount } } } }';

const QUOTE = `query ($input: QuoteCheckoutInput!) { quoteCheckout(input: $input) { __typename ... on UserError { message }
  ... on CheckoutQuote { gross { amount } toPay { amount } steps { kind amount { amount } }
    lines { lineNo discount { amount } toPay { amount } } pointsUsed pointsToEarn } } }`;

/** This Node.js, and 24 LTS where its binary is at hand (`.ci/run` brings it); or a graph that runs elsewhere. */
const node24 = process.env['ATRIUM_NODE24'];
const elsewhere = process.env['STORY_GRAPH'];
const places: [string, () => Promise<ToldGraph>][] = elsewhere
  ? [['the graph of STORY_GRAPH', async () => attachedGraph(elsewhere)]]
  : [['this Node.js', () => startStoryGraph()]];
if (node24 && !elsewhere) places.push(['Node.js 24', () => startStoryGraph({ node: node24 })]);

describe.each(places)('one sale, six subgraphs, on %s', (_, start) => {
  let graph: ToldGraph;
  let clients: GroupClients;
  let store: MadeStore;
  let member: { id: string; client: GraphQLClient };
  let till: GraphQLClient;
  let checkoutId: string;
  const now = () => new Date().toISOString();

  const home = async () => (await member.client.ask<Home>(HOME)).me;
  const couponStatuses = async () => (await home()).coupons.edges.map(({ node: coupon }) => coupon.status);
  const balance = async () => {
    type Answer = { merchant: { balance: Record<'receivable' | 'payable' | 'net', Amount> } };
    const { receivable, payable, net } = (await clients.admin.ask<Answer>(BALANCE, { id: store.merchantId })).merchant
      .balance;
    return { receivable: receivable.amount, payable: payable.amount, net: net.amount };
  };
  const purchase = async (externalId: string, fields: string) => {
    const document = `query ($id: String!) { purchaseByExternalId(sourceSystem: "till", externalId: $id) { ${fields} } }`;
    type Answer = { purchaseByExternalId: Record<string, unknown> };
    return (await clients.admin.ask<Answer>(document, { id: externalId })).purchaseByExternalId;
  };

  beforeAll(async () => {
    graph = await start();
    clients = await graph.clients(graph.group);
    store = await publishStoryProgramme(clients, graph.group);
    till = await clients.till(store.storeId);
    await graph.settled();
  });
  afterAll(() => graph?.end(), 60_000);

  it('registers a member', async () => {
    const input = {
      idempotencyKey: 'register',
      phone: '+8613912345678',
      displayName: 'Lin Yue',
      locale: 'en',
      homeMallId: store.mallId,
    };
    const made = await mustMutate<{ member: { id: string; phoneMasked: string } }>(
      till,
      'registerMember',
      input,
      'member { id phoneMasked }',
    );
    expect(made.member.phoneMasked).toBe('139****5678');
    member = { id: made.member.id, client: await clients.member(made.member.id, { 'accept-language': 'en' }) };
    await graph.settled();
    expect(await home()).toMatchObject({
      points: { available: '0', held: '0', pending: '0', debt: '0', growth: '0' },
      tier: { tier: { code: 'BASE' } },
      unreadMessages: 0,
    });
  });

  it('buys for 1,200.00: points, growth, gold at once, its gift, messages, and what the merchant owes', async () => {
    const input = {
      sourceSystem: 'till',
      externalId: 'T-1',
      storeId: store.storeId,
      occurredAt: now(),
      member: { memberId: member.id },
      lines: [
        { lineNo: 1, sku: 'COAT', category: 'FASHION', quantity: '1', gross: cny('800.00') },
        { lineNo: 2, sku: 'BAG', category: 'FASHION', quantity: '2', gross: cny('450.00'), discount: cny('50.00') },
      ],
    };
    const sale = await mustMutate<{ purchase: { paid: Amount } }>(
      till,
      'recordPurchase',
      input,
      'purchase { paid { amount } }',
    );
    // 800.00 + (450.00 - 50.00)
    expect(sale.purchase.paid.amount).toBe('1200.00');
    await graph.settled();

    const me = await home();
    // 1,200.00 x 1 point; the sale is rated with the tier before it: base, x 1. Growth 1,200 x 1.
    expect(me.points).toEqual({ available: '1200', held: '0', pending: '0', debt: '0', growth: '1200' });
    // 1,200.00 in 12 months: past silver (500.00) and gold (1,000.00) in one step; no tier above.
    expect(me.tier).toEqual({ tier: { code: 'GOLD' }, next: null });
    expect(me.coupons.edges.map(({ node: c }) => [c.template.code, c.status])).toEqual([['GOLD-GIFT', 'AVAILABLE']]);
    const titles = me.inbox.edges.map(({ node: m }) => m.title).sort();
    expect(titles).toEqual(['1,200 points earned', 'A coupon for you', 'Welcome to Gold']);
    expect(me.unreadMessages).toBe(3);
    // The merchant buys its customer's points: 1,200 x 0.008 = 9.60.
    expect(await balance()).toEqual({ receivable: '9.60', payable: '0.00', net: '9.60' });

    const seen = await purchase(
      'T-1',
      `status points { earned reversed redeemed growth } tierChange { from { code } to { code } }
       couponsGranted { template { code } } postings { kind lines { debit { amount } credit { amount } } }`,
    );
    expect(seen).toMatchObject({
      status: 'RECORDED',
      points: { earned: '1200', reversed: '0', redeemed: '0', growth: '1200' },
      tierChange: { from: { code: 'BASE' }, to: { code: 'GOLD' } },
      couponsGranted: [{ template: { code: 'GOLD-GIFT' } }],
      // The points are worth 12.00: 9.60 the merchant's, 2.40 the mall's cost.
      postings: [
        {
          kind: 'EARN',
          lines: expect.arrayContaining([
            { debit: { amount: '9.60' }, credit: null },
            { debit: { amount: '2.40' }, credit: null },
            { debit: null, credit: { amount: '12.00' } },
          ]) as unknown,
        },
      ],
    });
  });

  const basket = () => ({
    storeId: store.storeId,
    memberId: member.id,
    lines: [
      { lineNo: 1, sku: 'SHIRT', category: 'FASHION', quantity: '1', gross: cny('110.00') },
      { lineNo: 2, sku: 'SCARF', category: 'FASHION', quantity: '1', gross: cny('90.00') },
    ],
    points: '1000',
  });

  it('quotes a second basket: gold, then the coupon, then points', async () => {
    const { quoteCheckout } = await till.ask<{ quoteCheckout: unknown }>(QUOTE, { input: basket() });
    // Gold takes 10 %: 110.00 - 11.00 = 99.00; 90.00 - 9.00 = 81.00.
    // The coupon's 20.00 over 99.00 + 81.00: 11.00 + 9.00 -> 88.00 + 72.00 = 160.00.
    // Points are a tender, no discount: 1,000 points pay 10.00 (half of 160.00 would be allowed), over 88 : 72 = 5.50 + 4.50 -> 82.50 + 67.50 = 150.00.
    // To earn: 150.00 x 1 x 1.5 (gold) = 225.
    expect(quoteCheckout).toEqual({
      __typename: 'CheckoutQuote',
      gross: { amount: '200.00' },
      toPay: { amount: '150.00' },
      steps: [
        { kind: 'TIER_DISCOUNT', amount: { amount: '20.00' } },
        { kind: 'COUPON', amount: { amount: '20.00' } },
        { kind: 'POINTS', amount: { amount: '10.00' } },
      ],
      lines: [
        { lineNo: 1, discount: { amount: '22.00' }, toPay: { amount: '82.50' } },
        { lineNo: 2, discount: { amount: '18.00' }, toPay: { amount: '67.50' } },
      ],
      pointsUsed: '1000',
      pointsToEarn: '225',
    });
  });

  it('reserves it, once for one key: the coupon is locked, the points are held', async () => {
    const input = { idempotencyKey: 'reserve', basket: basket(), expectedToPay: cny('150.00') };
    type Reserved = { checkout: { id: string; status: string } };
    const reserved = await mustMutate<Reserved>(till, 'reserveCheckout', input, 'checkout { id status }');
    expect(reserved.checkout.status).toBe('RESERVED');
    checkoutId = reserved.checkout.id;
    const again = await mustMutate<Reserved>(till, 'reserveCheckout', input, 'checkout { id status }');
    expect(again.checkout.id).toBe(checkoutId);
    expect((await home()).points).toMatchObject({ available: '200', held: '1000' });
    expect(await couponStatuses()).toEqual(['LOCKED']);
  });

  it('records it: coupon redeemed, points captured, new points by the gold rate', async () => {
    const input = {
      sourceSystem: 'till',
      externalId: 'T-2',
      storeId: store.storeId,
      occurredAt: now(),
      member: { memberId: member.id },
      checkoutId,
      lines: basket().lines,
      paid: cny('150.00'),
    };
    const first = await mustMutate(till, 'recordPurchase', input, 'duplicate purchase { paid { amount } }');
    expect(first).toMatchObject({ duplicate: false, purchase: { paid: { amount: '150.00' } } });
    expect(await mustMutate(till, 'recordPurchase', input, 'duplicate')).toMatchObject({ duplicate: true });
    await graph.settled();

    // 1,200 - 1,000 captured + 225 earned; growth 1,200 + 150.
    expect((await home()).points).toEqual({ available: '425', held: '0', pending: '0', debt: '0', growth: '1350' });
    expect(await couponStatuses()).toEqual(['REDEEMED']);
    expect(
      await purchase('T-2', 'points { earned redeemed growth } checkout { status } lines { lineNo paid { amount } }'),
    ).toEqual({
      points: { earned: '225', redeemed: '1000', growth: '150' },
      checkout: { status: 'COMMITTED' },
      lines: [
        { lineNo: 1, paid: { amount: '82.50' } },
        { lineNo: 2, paid: { amount: '67.50' } },
      ],
    });
    // Receivable: 9.60 + 225 x 0.008 = 1.80 -> 11.40.
    // Payable: points 10.00 - 10 % = 9.00; coupon 20.00, mall's 60 % = 12.00; tier discount 20.00, less the merchant's
    // 40 % = 12.00 -> 33.00.
    expect(await balance()).toEqual({ receivable: '11.40', payable: '33.00', net: '-21.60' });
  });

  it('refunds one line: its money, its points and what it earned', async () => {
    const input = {
      sourceSystem: 'till',
      externalId: 'R-1',
      purchaseExternalId: 'T-2',
      occurredAt: now(),
      lines: [{ lineNo: 1, amount: cny('88.00') }],
    };
    const select = 'refund { amount { amount } cash { amount } points } purchase { status }';
    // Line 1 was 82.50 in money and 5.50 in points: all of it comes back.
    expect(await mustMutate(till, 'refundPurchase', input, select)).toMatchObject({
      refund: { amount: { amount: '88.00' }, cash: { amount: '82.50' }, points: '550' },
      purchase: { status: 'PARTIALLY_REFUNDED' },
    });
    await graph.settled();
    // Of 225: 82.50 x 1.5 = 123.75 and 67.50 x 1.5 = 101.25; the spare point goes to the larger fraction: 124 + 101.
    // 425 - 124 + 550 = 851. Growth of line 1: 82.5, of line 2: 67.5; the spare goes to the first on a tie: 1,350 - 83.
    expect((await home()).points).toEqual({ available: '851', held: '0', pending: '0', debt: '0', growth: '1267' });
    // The coupon stays used while a part of its sale stays.
    expect(await couponStatuses()).toEqual(['REDEEMED']);
    // Receivable: 101 points left of T-2: 0.808 -> 0.80, with 9.60: 10.40. Payable: points, 4.50 left: 4.05; coupon 12.00;
    // tier discount, 9.00 left, less 40 %: 5.40 -> 21.45.
    expect(await balance()).toEqual({ receivable: '10.40', payable: '21.45', net: '-11.05' });
  });

  it('refunds the rest of it: coupon back, points back, nothing owed for it', async () => {
    const input = { sourceSystem: 'till', externalId: 'R-2', purchaseExternalId: 'T-2', occurredAt: now() };
    expect(
      await mustMutate(till, 'refundPurchase', input, 'refund { amount { amount } cash { amount } points }'),
    ).toMatchObject({
      refund: { amount: { amount: '72.00' }, cash: { amount: '67.50' }, points: '450' },
    });
    await graph.settled();
    const me = await home();
    // 851 - 101 + 450 = 1,200: as before the basket. Growth 1,267 - 67.
    expect(me.points).toEqual({ available: '1200', held: '0', pending: '0', debt: '0', growth: '1200' });
    expect(me.tier.tier.code).toBe('GOLD');
    expect(await couponStatuses()).toEqual(['AVAILABLE']);
    expect(await balance()).toEqual({ receivable: '9.60', payable: '0.00', net: '9.60' });
  });

  it('refunds the first sale as well: nothing is left but history', async () => {
    const input = { sourceSystem: 'till', externalId: 'R-3', purchaseExternalId: 'T-1', occurredAt: now() };
    await mustMutate(till, 'refundPurchase', input, 'refund { id }');
    await graph.settled();
    const me = await home();
    expect(me.points).toEqual({ available: '0', held: '0', pending: '0', debt: '0', growth: '0' });
    // Within 15 days of the upgrade and with nothing spent: back to base, silver is 500.00 away. The unused gift goes too.
    expect(me.tier.tier.code).toBe('BASE');
    expect(me.tier.next).toMatchObject({ tier: { code: 'SILVER' }, conditions: [{ metric: 'SPEND', met: false }] });
    const [condition] = me.tier.next?.conditions ?? [];
    expect([condition?.['current'], condition?.['remaining']].map(Number)).toEqual([0, 500]);
    expect(await couponStatuses()).toEqual(['VOIDED']);
    expect(await balance()).toEqual({ receivable: '0.00', payable: '0.00', net: '0.00' });
    const { me: history } = await member.client.ask<History>(
      '{ me { tier { history { edges { node { to { code } cause } } } } points { entries { edges { node { kind amount } } } } } }',
    );
    const tiers = history.tier.history.edges.map(({ node: change }) => change.to.code);
    // Newest first.
    expect(tiers).toEqual(['BASE', 'GOLD', 'BASE']);
    const sum = history.points.entries.edges.reduce((total, { node: entry }) => total + BigInt(entry.amount), 0n);
    expect(sum).toBe(0n);
  });

  it('reads a message', async () => {
    const before = await home();
    const messageId = before.inbox.edges[0]?.node.id;
    await mustMutate(member.client, 'markMessageRead', { idempotencyKey: 'read', messageId }, 'message { readAt }');
    expect((await home()).unreadMessages).toBe(before.unreadMessages - 1);
  });
});
