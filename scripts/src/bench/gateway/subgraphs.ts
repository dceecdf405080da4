// Four subgraphs in one process. What was asked once is answered from memory, so that they cost next to nothing beside the gateway
// under measurement. Says its addresses as one line of JSON; between `GET /record` and `GET /recorded` it notes what is asked.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { RESOLVERS, SUBGRAPHS } from './graph';

type Module = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
interface Asked {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

let recorded: { subgraph: string; body: string }[] | null = null;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function start(name: string): Promise<string> {
  const module = { typeDefs: parse(SUBGRAPHS[name] ?? ''), resolvers: RESOLVERS[name] } as Module;
  const schema = buildSubgraphSchema([module]);
  const memory = new Map<string, Buffer>();
  const answer = async (body: string): Promise<Buffer> => {
    const { query, variables, operationName } = JSON.parse(body) as Asked;
    const result = await graphql({
      schema,
      source: query,
      variableValues: variables ?? {},
      ...(operationName ? { operationName } : {}),
    });
    const made = Buffer.from(JSON.stringify(result));
    memory.set(body, made);
    return made;
  };
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/record') {
        recorded = [];
        return response.end();
      }
      if (request.url === '/recorded') {
        response.end(JSON.stringify(recorded));
        recorded = null;
        return undefined;
      }
      const body = await bodyOf(request);
      recorded?.push({ subgraph: name, body });
      const bytes = memory.get(body) ?? (await answer(body));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      return response.end(bytes);
    })();
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

void (async () => {
  const urls: Record<string, string> = {};
  for (const name of Object.keys(SUBGRAPHS)) urls[name] = await start(name);
  process.stdout.write(`${JSON.stringify(urls)}\n`);
})();
