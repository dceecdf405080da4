import { serverAudits } from 'graphql-http';
import { type Harness, startHarness } from './harness';

/** Optional, and refused here: a GET without a header that only scripts can send might come from any other site. */
const REFUSED = ['5A70', 'D6D5', '6A70'];

describe('the GraphQL-over-HTTP specification', () => {
  let graph: Harness;
  beforeAll(async () => (graph = await startHarness({ introspection: true })));
  afterAll(() => graph.stop());

  const audits = serverAudits({ url: () => `${graph.gateway.url}graphql` });

  it('is audited as a whole', () => {
    expect(audits.length).toBeGreaterThanOrEqual(61);
    for (const id of REFUSED) expect(audits.find((audit) => audit.id === id)?.name).toMatch(/^MAY /);
  });

  it.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s %s', async (id, _name, fn) => {
    const result = await fn();
    const refused = REFUSED.includes(id);
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toMatch(refused ? /^notice/ : /^ok$/);
  });
});
