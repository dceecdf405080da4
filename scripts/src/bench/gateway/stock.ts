// @apollo/server with @apollo/gateway, as in every tutorial: what Atrium's gateway is compared with. Callers are believed, not
// verified; the subgraphs of Atrium get the token that they ask for.
import { readFileSync } from 'node:fs';
import { ApolloGateway, type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import {
  type Caller,
  createSubgraphTokenSigner,
  type SignSubgraphToken,
  SUBGRAPH_TOKEN_SECONDS,
} from '@atrium/platform';
import type { JWK } from 'jose';

interface Context {
  caller: Caller | null;
}

const env = (name: string): string => process.env[name] ?? '';
const urls = JSON.parse(env('SUBGRAPH_URLS') || '{}') as Record<string, string>;

/** What the caller's token says. */
function callerOf(authorization: string | undefined): Caller | null {
  const claims = authorization?.split('.')[1];
  if (!claims) return null;
  const { sub, atrium } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    sub: string;
    atrium: { group: string; member: string };
  };
  const { group: groupId, member: memberId } = atrium;
  return { kind: 'MEMBER', id: sub, groupId, memberId, storeId: null, name: null, grants: [], permissions: [] };
}

class Source extends RemoteGraphQLDataSource<Context> {
  private readonly tokens = new Map<string, { token: Promise<string>; until: number }>();

  constructor(
    private readonly name: string,
    url: string,
    private readonly sign: SignSubgraphToken | null,
  ) {
    super({ url });
  }

  override async willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>): Promise<void> {
    const caller = (context as Partial<Context>).caller;
    if (!caller || !this.sign) return;
    let known = this.tokens.get(caller.id);
    if (!known || known.until < Date.now()) {
      known = { token: this.sign(this.name, caller), until: Date.now() + (SUBGRAPH_TOKEN_SECONDS / 2) * 1000 };
      this.tokens.set(caller.id, known);
    }
    request.http?.headers.set('authorization', `Bearer ${await known.token}`);
  }
}

void (async () => {
  const key = env('SUBGRAPH_TOKEN_KEY');
  const sign = key ? await createSubgraphTokenSigner(JSON.parse(key) as JWK) : null;
  const gateway = new ApolloGateway({
    supergraphSdl: readFileSync(env('SUPERGRAPH_PATH'), 'utf8'),
    buildService: ({ name, url }) => new Source(name, urls[name] ?? url ?? '', sign),
  });
  const server = new ApolloServer<Context>({ gateway });
  const { url } = await startStandaloneServer(server, {
    listen: { port: Number(env('PORT')), host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve({ caller: callerOf(req.headers.authorization) }),
  });
  process.stdout.write(`${JSON.stringify({ url })}\n`);
})();
