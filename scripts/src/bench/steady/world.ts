import { groupClients, groupIdOf, type LocalGraph, mustMutate, serviceClaim } from '@atrium/testkit';
import { DEMO_GROUP, seedDemo } from '../../demo/seed';
import type { World } from './mix';

const MEMBERS = 64;

/** The demo's malls, its member and others who are new; everybody with an own token. */
export async function makeWorld(graph: LocalGraph): Promise<World> {
  const { member: first, stores } = await seedDemo(graph.url, graph.token);
  const { service } = await groupClients(graph.url, DEMO_GROUP, graph.token);
  const [store] = stores.values();
  if (!store) throw new Error('the demo has no store');
  const group = groupIdOf(DEMO_GROUP);
  const withToken = async (id: string) => ({
    id,
    token: await graph.token(id, { kind: 'MEMBER', group, member: id }),
  });
  const others = Array.from({ length: MEMBERS - 1 }, async (_, i) => {
    const input = {
      idempotencyKey: `steady:${i}`,
      homeMallId: store.mallId,
      phone: `+86139001${String(38000 + i)}`,
      displayName: `Caller ${i}`,
      locale: 'en',
    };
    const { member } = await mustMutate<{ member: { id: string } }>(service, 'registerMember', input, 'member { id }');
    return withToken(member.id);
  });
  return {
    members: await Promise.all([withToken(first.id), ...others]),
    till: {
      token: await graph.token('till:steady', { kind: 'TILL', group, store: store.storeId }),
      storeId: store.storeId,
    },
    service: await graph.token('service:steady', serviceClaim(DEMO_GROUP, 'steady')),
    keys: graph.keys,
  };
}
