import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GraphQLError, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, parse } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createSubscriber, type Subscriber, type TadaDocumentNode } from '../src';

const Ticks = parse('subscription Ticks($from: Int!) { ticks(from: $from) }') as object as TadaDocumentNode<
  { ticks: number },
  { from: number }
>;

/** The reference servers of both protocols, with a stream that a test drives. */
describe.each(['sse', 'websocket'] as const)('a subscription over %s', (transport) => {
  let server: Server;
  let url: string;
  let tokens: (string | undefined)[];
  let streams: { push: (value: number) => void; end: () => void }[];
  let refuse: boolean;
  const sockets = new Set<Socket>();
  const subscribers: Subscriber[] = [];

  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        ticks: {
          type: new GraphQLNonNull(GraphQLInt),
          args: { from: { type: new GraphQLNonNull(GraphQLInt) } },
          subscribe: () => {
            if (refuse) throw new GraphQLError('Not yours.', { extensions: { code: 'FORBIDDEN' } });
            return stream();
          },
          resolve: (value: number) => value,
        },
      },
    }),
  });

  function stream(): AsyncGenerator<number> {
    const values: number[] = [];
    let wake = () => undefined as void;
    let ended = false;
    streams.push({
      push: (value) => {
        values.push(value);
        wake();
      },
      end: () => {
        ended = true;
        wake();
      },
    });
    return (async function* () {
      for (;;) {
        while (values.length > 0) yield values.shift() as number;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    })();
  }

  const subscriber = () => {
    const made = createSubscriber({
      transport,
      url,
      token: () => `token-${tokens.length}`,
      maxPauseMs: 20,
      webSocket: WebSocket,
    });
    subscribers.push(made);
    return made;
  };
  const untilStreams = async (count: number) => {
    for (const deadline = Date.now() + 60_000; streams.length < count;) {
      if (Date.now() > deadline) throw new Error(`${streams.length} streams, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  beforeAll(async () => {
    const sse = createHandler({
      schema,
      onConnect: ({ headers }) => void tokens.push(String(headers.get('authorization'))),
    });
    server = createServer((request, response) => void sse(request, response)).listen(0, '127.0.0.1');
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    if (transport === 'websocket') {
      useServer(
        { schema, onConnect: ({ connectionParams }) => void tokens.push(String(connectionParams?.['authorization'])) },
        new WebSocketServer({ server }),
      );
    }
    url = `${transport === 'sse' ? 'http' : 'ws'}://127.0.0.1:${port}/`;
  });
  beforeEach(() => {
    [tokens, streams, refuse] = [[], [], false];
  });
  afterEach(() => subscribers.splice(0).forEach((one) => one.close()));
  afterAll(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  it('gives what comes, and ends when the graph ends it', async () => {
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const update of subscriber().subscribe(Ticks, { from: 1 })) seen.push(update);
    })();
    await untilStreams(1);
    streams[0]?.push(1);
    streams[0]?.push(2);
    streams[0]?.end();
    await reading;
    expect(seen).toMatchObject([
      { state: 'complete', data: { ticks: 1 } },
      { state: 'complete', data: { ticks: 2 } },
    ]);
  });

  it('goes on when the connection is lost, with a fresh token, and says that something may have been missed', async () => {
    const updates = subscriber().subscribe(Ticks, { from: 1 });
    const first = updates.next();
    await untilStreams(1);
    streams[0]?.push(1);
    expect((await first).value).toMatchObject({ data: { ticks: 1 } });

    const second = updates.next();
    for (const socket of sockets) socket.destroy();
    await untilStreams(2);
    expect((await second).value).toEqual({ state: 'resumed' });
    const third = updates.next();
    streams[1]?.push(7);
    expect((await third).value).toMatchObject({ data: { ticks: 7 } });
    expect(new Set(tokens).size).toBe(2);
    await updates.return();
  });

  it('stops when the caller does', async () => {
    const abort = new AbortController();
    const updates = subscriber().subscribe(Ticks, { from: 1 }, abort.signal);
    const first = updates.next();
    await untilStreams(1);
    abort.abort();
    expect(await first).toEqual({ value: undefined, done: true });
  });

  it('tells when the graph refuses it', async () => {
    refuse = true;
    const updates = subscriber().subscribe(Ticks, { from: 1 });
    const outcome = await updates.next().then(
      ({ value }) => value,
      (error: Error) => error.message,
    );
    expect(JSON.stringify(outcome)).toContain('FORBIDDEN');
  });
});
