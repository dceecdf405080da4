import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLField,
  type IntrospectionQuery,
  Kind,
  parse,
} from 'graphql';
import { type AtriumClaim, PERMISSIONS, ROLES } from '@atrium/platform';
import { graphqlClient, type GraphQLClient, inFlight, mustMutate, ROOT } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { ABOVE, GUARDS, mayAsk, type NodeName, type Who } from './guards';
import { operationOf } from './operations';
import { MUTATIONS, QUERIES } from './tenant-calls';
import { enrol, type Ids, makeWorld, type World } from './world';

interface Asker {
  name: string;
  who: Who;
  client: GraphQLClient;
}

/** What the points service adds to Query and Mutation; `me` is every service's. */
function ownFields(): string[] {
  const sdl = readFileSync(join(ROOT, 'services/points/schema.graphql'), 'utf8');
  return parse(sdl).definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && (node.name.value === 'Query' || node.name.value === 'Mutation')
      ? (node.fields ?? []).map(({ name }) => name.value).filter((name) => name !== 'me')
      : [],
  );
}

describe('who may ask what of the points service', () => {
  let graph: StoryGraph;
  let world: World;
  let askers: Asker[];
  let fields: Map<string, { kind: 'query' | 'mutation'; field: GraphQLField<unknown, unknown> }>;

  beforeAll(async () => {
    graph = await startStoryGraph();
    world = await makeWorld(graph, 'GUARDS');
    const nodes = { ...(await sibling(world)), ...nodesOf(world.ids) };
    const [stranger = ''] = await enrol(world.clients.service, ['GUARDS-OTHER']);
    await graph.settled();
    const group = world.ids.groupId;
    const as = async (name: string, who: Who, claim: AtriumClaim): Promise<Asker> => {
      const token = await graph.token(name, claim);
      return { name, who, client: graphqlClient(graph.url, token) };
    };
    const staff = ROLES.flatMap((role) =>
      (Object.keys(ABOVE) as NodeName[]).map((node) =>
        as(
          `${role} at ${node}`,
          { kind: 'STAFF', role, node },
          { kind: 'STAFF', group, grants: [{ role, node: nodes[node] }] },
        ),
      ),
    );
    const tills = (['store', 'otherStore'] as const).map((node) =>
      as(`till of ${node}`, { kind: 'TILL', node }, { kind: 'TILL', group, store: nodes[node] }),
    );
    const members = [world.ids.memberId, stranger].map((member, i) =>
      as(member, { kind: 'MEMBER', self: i === 0 }, { kind: 'MEMBER', group, member }),
    );
    const services = [[...PERMISSIONS], []].map((permissions) =>
      as(
        `service with ${permissions.length} permissions`,
        { kind: 'SERVICE', permissions },
        { kind: 'SERVICE', group, permissions },
      ),
    );
    askers = await Promise.all([...staff, ...tills, ...members, ...services]);
    askers.push({ name: 'nobody', who: { kind: 'ANONYMOUS' }, client: graphqlClient(graph.url) });
    const schema = buildClientSchema(await world.callers.admin.ask<IntrospectionQuery>(getIntrospectionQuery()));
    const all = { query: schema.getQueryType()?.getFields(), mutation: schema.getMutationType()?.getFields() };
    fields = new Map(
      (['query', 'mutation'] as const).flatMap((kind) =>
        Object.values(all[kind] ?? {}).map((field) => [field.name, { kind, field }] as const),
      ),
    );
  });
  afterAll(() => graph?.end(), 60_000);

  it('is said for every field', () => {
    expect(Object.keys(GUARDS).sort()).toEqual(ownFields().sort());
  });

  it('is so for every role at every node, for tills, services, members and nobody', async () => {
    const wrong: string[] = [];
    const answered = new Set<string>();
    const tasks = Object.entries(GUARDS).flatMap(([name, guard]) => {
      const call = QUERIES[name] ?? MUTATIONS[name];
      const found = fields.get(name);
      if (!call || !found) throw new Error(`${name} has no call`);
      const document = operationOf(found.kind, found.field, 0);
      return askers.map((asker) => async () => {
        const reply = await asker.client.send<{ result: unknown }>(document, call.variables(world.ids));
        const codes = reply.errors.map(({ extensions }) => String(extensions?.['code']));
        const refused = codes.some((code) => code === 'FORBIDDEN' || code === 'UNAUTHENTICATED');
        const nothing = isNothing(reply.data?.result);
        const may = mayAsk(asker.who, guard);
        if (may && !refused && !nothing) answered.add(name);
        // To whom something is closed, it may also not be there.
        if (may ? refused : !refused && !nothing) {
          wrong.push(
            `${name} by ${asker.name}: ${may ? 'should' : 'should not'} be answered: ${JSON.stringify(reply).slice(0, 300)}`,
          );
        }
      });
    });
    await inFlight(16, tasks);
    expect(wrong).toEqual([]);
    // Each was really answered to somebody, or the table above would prove nothing.
    expect([...answered].sort()).toEqual(Object.keys(GUARDS).sort());
  });
});

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.every(isNothing);
  const { __typename, edges } = value as { __typename?: string; edges?: unknown[] };
  return __typename === 'NotFoundError' || edges?.length === 0;
}

const nodesOf = ({ groupId, mallId, merchantId, storeId }: Ids) => ({
  group: groupId,
  mall: mallId,
  merchant: merchantId,
  store: storeId,
});

/** A second mall with a merchant and a store of its own. */
async function sibling({ clients: { admin } }: World) {
  const mall = { code: 'OTHER', name: 'Other', timeZone: 'Europe/Berlin', currency: 'CNY' };
  type Made<T extends string> = Record<T, { id: string }>;
  const key = (name: string) => ({ idempotencyKey: `other:${name}` });
  const made = await mustMutate<Made<'mall'>>(admin, 'createMall', { ...key('mall'), ...mall }, 'mall { id }');
  const merchant = await mustMutate<Made<'merchant'>>(
    admin,
    'createMerchant',
    { ...key('merchant'), mallId: made.mall.id, code: 'OTHER-M', name: 'Other' },
    'merchant { id }',
  );
  const store = await mustMutate<Made<'store'>>(
    admin,
    'createStore',
    { ...key('store'), merchantId: merchant.merchant.id, code: 'OTHER-S', name: 'Other' },
    'store { id }',
  );
  return { otherMall: made.mall.id, otherMerchant: merchant.merchant.id, otherStore: store.store.id };
}
