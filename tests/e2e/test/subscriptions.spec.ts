import { createSubscriber, graphql, type Subscriber, type Update } from '@atrium/client';
import {
  eventually,
  type GraphQLClient,
  type GroupClients,
  groupIdOf,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  mustMutate,
  publishStoryProgramme,
} from '@atrium/testkit';
import { importJWK, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { startStoryGraph, type StoryGraph } from './graph';
import { enrol, line } from './world';

const Points = graphql(`
  subscription Points($memberId: ID) {
    pointsChanged(memberId: $memberId) {
      id
      points {
        available
      }
    }
  }
`);

const Inbox = graphql(`
  subscription Inbox {
    inboxChanged {
      id
      unreadMessages
    }
  }
`);
const Sales = graphql(`
  subscription Sales($nodeId: ID) {
    purchaseApplied(nodeId: $nodeId) {
      id
      externalId
      member {
        id
      }
      points {
        earned
      }
    }
  }
`);

const GROUP = 'STORY';

describe.each(['sse', 'websocket'] as const)('subscriptions through the whole graph over %s', (transport) => {
  let graph: StoryGraph;
  let clients: GroupClients;
  let storeId: string;
  let till: GraphQLClient;
  let memberId: string;
  let otherId: string;
  const subscribers: Subscriber[] = [];

  const tokenOf = async (id: string, seconds = 300) =>
    new SignJWT({ atrium: { kind: 'MEMBER', group: groupIdOf(GROUP), member: id } })
      .setProtectedHeader({ alg: 'EdDSA', kid: graph.keys.issuer.kid ?? '' })
      .setIssuer(LOCAL_ISSUER)
      .setAudience(LOCAL_AUDIENCE)
      .setSubject(id)
      .setExpirationTime(`${seconds}s`)
      .sign(await importJWK(graph.keys.issuer, 'EdDSA'));
  const subscriber = (token: () => Promise<string>) => {
    const made = createSubscriber({
      transport,
      url: transport === 'sse' ? graph.url : graph.url.replace('http', 'ws'),
      token,
      maxPauseMs: 200,
      webSocket: WebSocket,
    });
    subscribers.push(made);
    return made;
  };
  /** Everything that comes, as it comes. */
  const collect = <T>(updates: AsyncGenerator<Update<T>>): Update<T>[] => {
    const seen: Update<T>[] = [];
    void (async () => {
      for await (const update of updates) seen.push(update);
    })();
    return seen;
  };
  const untilOpen = (field: string) =>
    eventually(
      async () => {
        const text = await (await fetch(new URL('/metrics', graph.url))).text();
        return new RegExp(`atrium_gateway_subscriptions\\{field="${field}",transport="${transport}"\\} 1`).test(text);
      },
      { what: `${field} is open` },
    );
  const sell = (externalId: string, gross: string, member?: string) =>
    mustMutate<{ purchase: { id: string } }>(
      till,
      'recordPurchase',
      {
        sourceSystem: 'till',
        externalId,
        storeId,
        occurredAt: new Date().toISOString(),
        ...(member === undefined ? {} : { member: { memberId: member } }),
        lines: [line(1, gross)],
      },
      'purchase { id }',
    );

  beforeAll(async () => {
    graph = await startStoryGraph({ env: { SUBSCRIPTION_HEARTBEAT_MS: '5000' } });
    clients = await graph.clients(GROUP);
    ({ storeId } = await publishStoryProgramme(clients, GROUP));
    till = await clients.till(storeId);
    [memberId = '', otherId = ''] = await enrol(clients.service, ['8600000000000101', '8600000000000102']);
    await graph.settled();
  });
  afterAll(async () => {
    subscribers.forEach((one) => one.close());
    await graph?.end();
  });

  const tillToken = () => graph.token('till-1', { kind: 'TILL', group: groupIdOf(GROUP), store: storeId });

  it('a sale is told to its till when its points are posted, and to its member as points and a message, and to nobody else', async () => {
    const own = subscriber(() => tokenOf(memberId));
    const points = collect(own.subscribe(Points, {}));
    const inbox = collect(own.subscribe(Inbox, {}));
    const others = collect(subscriber(() => tokenOf(otherId)).subscribe(Points, {}));
    const sales = collect(subscriber(tillToken).subscribe(Sales, {}));
    await eventually(() => [points, inbox, others].every(({ length }) => length === 1), { what: 'what is so' });
    await untilOpen('purchaseApplied');

    const { purchase } = await sell('FIRST', '100.00', memberId);
    await eventually(() => points.length >= 2 && inbox.length >= 2 && sales.length >= 1, { what: 'the sale' });
    expect(points.at(-1)).toEqual({
      state: 'complete',
      data: { pointsChanged: { id: memberId, points: { available: expect.stringMatching(/^[1-9]/) } } },
    });
    expect(inbox.at(-1)).toMatchObject({
      data: { inboxChanged: { id: memberId, unreadMessages: expect.any(Number) } },
    });
    expect(sales[0]).toMatchObject({
      data: {
        purchaseApplied: {
          id: purchase.id,
          externalId: 'FIRST',
          member: { id: memberId },
          points: { earned: expect.stringMatching(/^[1-9]/) },
        },
      },
    });
    await sell('SECOND', '50.00', otherId);
    await eventually(() => others.length >= 2, { what: "the other's points" });
    expect(JSON.stringify(others)).not.toContain(memberId);
    expect(JSON.stringify([points, inbox])).not.toContain(otherId);
    const { purchase: nobodys } = await sell('NOBODY', '10.00');
    await eventually(() => JSON.stringify(sales).includes(nobodys.id), { what: 'the sale without a member' });
  });

  it('refuses with a code', async () => {
    const refused = subscriber(() => tokenOf(memberId)).subscribe(Points, { memberId: otherId });
    await expect(refused.next()).rejects.toThrow(/FORBIDDEN/);
    await expect(
      subscriber(() => Promise.resolve('nonsense'))
        .subscribe(Points, {})
        .next(),
    ).rejects.toThrow(/UNAUTHENTICATED/);
  });

  it('goes on with a fresh token when the one before is over, and when the gateway was started again', async () => {
    let asked = 0;
    const fresh = () => {
      const expiresIn = asked++ === 0 ? 4 : 300;
      return tokenOf(memberId, expiresIn);
    };
    const points = collect(subscriber(fresh).subscribe(Points, {}));
    await eventually(() => points.length >= 3, { what: 'the second token' });
    expect(points[1]).toEqual({ state: 'resumed' });
    expect(points[2]?.state).toBe('complete');

    const before = points.length;
    await graph.kill('gateway');
    await graph.start('gateway');
    await eventually(() => points.length >= before + 2, { what: 'the other gateway' });
    expect(points[before]).toEqual({ state: 'resumed' });
    await sell('THIRD', '30.00', memberId);
    await eventually(() => points.length >= before + 3, { what: 'events of the other gateway' });
    expect(points.at(-1)).toMatchObject({ state: 'complete', data: { pointsChanged: { id: memberId } } });
  });
});
