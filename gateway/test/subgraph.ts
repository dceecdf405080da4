import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { bearerToken, type Caller, createSubgraphTokenVerifier } from '@atrium/platform';
import { parse } from 'graphql';
import type { JWK } from 'jose';

export type Context = { caller: Caller; headers: IncomingHttpHeaders };
type Resolvers = NonNullable<Parameters<typeof buildSubgraphSchema>[0] extends readonly (infer M)[] ? M : never>;

/** A small federated subgraph over HTTP that accepts the gateway's token only, as the real ones do. */
export type TestSubgraph = {
  url: string;
  /** Headers of every request so far. */
  received: IncomingHttpHeaders[];
  /** Connections opened so far. */
  connections: () => number;
  /** Until it is called with false again, requests get no answer. */
  hang: (value: boolean) => void;
  /** Requests wait for their answer until release(). */
  hold: () => void;
  release: () => void;
  stop: () => Promise<void>;
};

export async function startSubgraph(
  name: string,
  typeDefs: string,
  resolvers: object,
  key: JWK,
): Promise<TestSubgraph> {
  const verify = await createSubgraphTokenVerifier(name, key);
  const module = { typeDefs: parse(typeDefs), resolvers } as Resolvers;
  const apollo = new ApolloServer<Context>({
    schema: buildSubgraphSchema([module]),
    csrfPrevention: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  await apollo.start();
  const received: IncomingHttpHeaders[] = [];
  let connections = 0;
  let hanging = false;
  let held: { until: Promise<void>; release: () => void } | undefined;

  const server = createServer(async (request, response) => {
    received.push(request.headers);
    if (hanging) return;
    await held?.until;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let caller: Caller;
    try {
      caller = await verify(bearerToken(request.headers.authorization) ?? '');
    } catch {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}');
      return;
    }
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: JSON.parse(Buffer.concat(chunks).toString()),
      },
      context: async () => ({ caller, headers: request.headers }),
    });
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(answer.body.kind === 'complete' ? answer.body.string : '');
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    received,
    connections: () => connections,
    hang: (value) => (hanging = value),
    hold: () => {
      let release = () => undefined as void;
      held = { until: new Promise<void>((resolve) => (release = resolve)), release: () => release() };
    },
    release: () => {
      held?.release();
      held = undefined;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
