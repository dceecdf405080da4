import { createHash } from 'node:crypto';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { ANONYMOUS, type Caller, createSubgraphTokenSigner } from '@atrium/platform';
import { rolesOf } from '@atrium/testkit';
import { exportJWK, generateKeyPair } from 'jose';
import { Client } from 'pg';
import { startStoryGraph, type StoryGraph } from './graph';
import { openRows, type Rows } from './rows';
import { makeWorld, type World } from './world';

const REFUSED = '42501';

describe('behind the gateway', () => {
  let graph: StoryGraph;
  let rows: Rows;
  let a: World;
  let b: World;

  beforeAll(async () => {
    graph = await startStoryGraph();
    a = await makeWorld(graph, 'ALPHA');
    b = await makeWorld(graph, 'BETA');
    rows = await openRows(graph.databases);
    await rows.quiet();
  });
  afterAll(async () => {
    await rows?.close();
    await graph?.end();
  });

  describe.each(SERVICES)('the database of %s, asked with the login of its application', (service) => {
    let app: Client;

    beforeAll(async () => {
      const url = new URL(graph.databases[service]);
      url.username = rolesOf(service).app;
      app = new Client({ connectionString: url.href });
      await app.connect();
    });
    afterAll(() => app?.end());

    /** One statement as one group, undone. Rows that it met, or the code of its refusal. */
    async function attempt(groupId: string | null, sql: string, values: unknown[] = []): Promise<number | string> {
      await app.query('begin');
      try {
        if (groupId !== null) await app.query(`select set_config('atrium.group_id', $1, true)`, [groupId]);
        return (await app.query(sql, values)).rowCount ?? -1;
      } catch (error) {
        return String((error as { code?: unknown }).code);
      } finally {
        await app.query('rollback');
      }
    }
    const tables = () => rows.tables.filter((each) => each.service === service);

    it('is bound by row-level security in every table', async () => {
      const { rows: rights } = await app.query<{ super: boolean; bypass: boolean }>(
        'select rolsuper as super, rolbypassrls as bypass from pg_roles where rolname = current_user',
      );
      expect(rights).toEqual([{ super: false, bypass: false }]);
      const { rows: open } = await app.query(
        `select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) = current_user as own
           from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and (pg_get_userbyid(c.relowner) = current_user
                 or not (c.relrowsecurity and c.relforcerowsecurity)
                    and has_table_privilege(c.oid, 'select, insert, update, delete, truncate'))
            and c.relname <> 'migration'`,
      );
      expect(open).toEqual([]);
      expect(tables().filter(({ tenant }) => !tenant)).toEqual([]);
      for (const right of ['insert', 'update', 'delete', 'truncate']) {
        const { rows: may } = await app.query(`select has_table_privilege('migration', $1) as may`, [right]);
        expect([right, may]).toEqual([right, [{ may: false }]]);
      }
    });

    it('shows, changes and takes no row of another group', async () => {
      const [own, other] = [b.ids.groupId, a.ids.groupId];
      const before = await rows.fingerprints(other);
      let seen = 0;
      for (const { table } of tables()) {
        const of = (expected: unknown[], found: unknown[]) => expect([table, ...found]).toEqual([table, ...expected]);
        const all = await rows.one<{ n: number }>(
          service,
          `select count(*)::int as n from ${table} where group_id = $1`,
          [other],
        );
        // The group itself sees them: what follows is not empty for another reason.
        of([all.n], [await attempt(other, `select 1 from ${table} where group_id = $1`, [other])]);
        seen += all.n;
        of([0], [await attempt(own, `select 1 from ${table} where group_id <> $1`, [own])]);
        of([0], [await attempt(null, `select 1 from ${table}`)]);
        of([0], [await attempt('', `select 1 from ${table}`)]);
        for (const change of [`update ${table} set group_id = group_id`, `delete from ${table}`]) {
          const met = await attempt(own, `${change} where group_id = $1`, [other]);
          // Ledgers take no change from anybody.
          expect([table, met === 0 || met === REFUSED]).toEqual([table, true]);
          expect([table, await attempt(null, change)]).toEqual([table, met]);
        }
        const added = `insert into ${table} (group_id) values ($1)`;
        of([REFUSED], [await attempt(own, added, [other])]);
        of([REFUSED], [await attempt(null, added, [other])]);
        // An own row fails for what it lacks, or not at all: the refusal above is that of the tenant.
        expect([table, await attempt(own, added, [own])]).not.toEqual([table, REFUSED]);
      }
      expect(seen).toBeGreaterThan(0);
      expect(await rows.fingerprints(other)).toEqual(before);
    });
  });

  describe('a subgraph asked past the gateway', () => {
    const admin = (): Caller => ({
      ...ANONYMOUS,
      kind: 'STAFF',
      id: 'staff:group-admin',
      groupId: a.ids.groupId,
      grants: [{ role: 'group-admin', nodeId: a.ids.groupId }],
    });
    /** A verb of each subgraph that would change something. */
    const verbs = (): Record<ServiceName, [string, object]> => ({
      'merchant-settlement': ['createMerchant', { mallId: a.ids.mallId, code: 'door', name: 'Door' }],
      points: ['adjustPoints', { memberId: a.ids.memberId, amount: '5', reason: 'at the door' }],
      tier: ['publishTierLadder', { effectiveFrom: '2030-01-01T00:00:00Z', tiers: [] }],
      coupon: ['pauseCouponTemplate', { templateId: a.ids.templateId }],
      member: ['enrolCards', { cards: ['DOOR-1'] }],
      messaging: [
        'publishMessageTemplate',
        { code: 'DOOR', effectiveFrom: '2030-01-01T00:00:00Z', channels: ['INBOX'], texts: [] },
      ],
    });

    it.each(SERVICES)('%s: 401 without its own token, and nothing happens', async (service) => {
      await graph.settled();
      await rows.quiet();
      const before = await rows.fingerprints();
      const sign = await createSubgraphTokenSigner(graph.keys.gateway);
      const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
      const forge = await createSubgraphTokenSigner(await exportJWK(privateKey));
      const other = SERVICES.find((name) => name !== service) as ServiceName;
      const own = await graph.token('staff:group-admin', {
        kind: 'STAFF',
        group: a.ids.groupId,
        grants: [{ role: 'group-admin', node: a.ids.groupId }],
      });
      const identity = {
        'x-atrium-caller': JSON.stringify(admin()),
        'x-user-id': 'staff:group-admin',
        'x-group-id': a.ids.groupId,
        'x-forwarded-user': 'staff:group-admin',
      };
      const attempts: Record<string, Record<string, string>> = {
        'no token': {},
        'identity headers': identity,
        "a caller's own token": { authorization: `Bearer ${own}` },
        'a forged token': { authorization: `Bearer ${await forge(service, admin())}` },
        "another subgraph's token": { authorization: `Bearer ${await sign(other, admin())}` },
        'an expired token': { authorization: `Bearer ${await sign(service, admin(), new Date(Date.now() - 120_000))}` },
        'a token of tomorrow': {
          authorization: `Bearer ${await sign(service, admin(), new Date(Date.now() + 86_400_000))}`,
        },
        'not a token': { authorization: 'Bearer abc.def.ghi' },
        'basic credentials': { authorization: 'Basic YWRtaW46YWRtaW4=', ...identity },
      };
      const [verb, input] = verbs()[service];
      const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
      const ask = async (headers: Record<string, string>, key: string) => {
        const query = `mutation ($input: ${type}!) { result: ${verb}(input: $input) { __typename } }`;
        const variables = { input: { idempotencyKey: `door-${key}`, ...input } };
        const response = await fetch(graph.subgraphUrl(service), {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ query, variables }),
        });
        const body = (await response.json()) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
        return [response.status, body.data ?? null, body.errors?.[0]?.extensions?.code ?? null] as const;
      };
      for (const [name, headers] of Object.entries(attempts)) {
        expect([name, ...(await ask(headers, createHash('sha256').update(name).digest('hex')))]).toEqual([
          name,
          401,
          null,
          'UNAUTHENTICATED',
        ]);
      }
      expect(await rows.fingerprints()).toEqual(before);
      // With its own token the same request is heard: the door is what stopped the others.
      const [status, data] = await ask({ authorization: `Bearer ${await sign(service, admin())}` }, 'open');
      expect([status, data]).toEqual([200, { result: { __typename: expect.any(String) as string } }]);
    });
  });
});
