import { createSubscriber, graphql, type Subscriber, type Update } from '@atrium/client';
import { eventually, type GraphQLClient, type GroupClients, groupIdOf, mustMutate } from '@atrium/testkit';
import { WebSocket } from 'ws';
import { startStoryGraph, type StoryGraph } from './graph';
import { publishStoryProgramme } from './programme';
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

const GROUP = 'STORY';

describe('subscriptions through the whole graph', () => {
  let graph: StoryGraph;
  let clients: GroupClients;
  let storeId: string;
  let till: GraphQLClient;
  let memberId: string;
  let otherId: string;
  const subscribers: Subscriber[] = [];

  const tokenOf = (id: string) => graph.token(id, { kind: 'MEMBER', group: groupIdOf(GROUP), member: id });
  const subscriber = (token: () => Promise<string>) => {
    const made = createSubscriber({
      transport: 'sse',
      url: graph.url,
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
    graph = await startStoryGraph();
    clients = await graph.clients(GROUP);
    ({ storeId } = await publishStoryProgramme(clients, GROUP));
    till = await clients.till(storeId);
    [memberId = '', otherId = ''] = await enrol(clients.service, ['8600000000000101', '8600000000000102']);
    await graph.settled();
  }, 180_000);
  afterAll(async () => {
    subscribers.forEach((one) => one.close());
    await graph?.end();
  }, 60_000);

  it('a sale changes the points of its member, and of nobody else', async () => {
    const own = collect(subscriber(() => tokenOf(memberId)).subscribe(Points, {}));
    const others = collect(subscriber(() => tokenOf(otherId)).subscribe(Points, {}));
    await eventually(() => own.length === 1 && others.length === 1, { what: 'the points as they are' });
    await sell('FIRST', '100.00', memberId);
    await eventually(() => own.length >= 2, { what: 'the points after the sale' });
    expect(own.at(-1)).toEqual({
      state: 'complete',
      data: { pointsChanged: { id: memberId, points: { available: expect.stringMatching(/^[1-9]/) } } },
    });
    await sell('SECOND', '50.00', otherId);
    await eventually(() => others.length >= 2, { what: "the other's points" });
    expect(JSON.stringify(others)).not.toContain(memberId);
    expect(JSON.stringify(own)).not.toContain(otherId);
  });
});
