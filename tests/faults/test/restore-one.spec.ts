import { groupClients, type GroupClients, mustMutate, readKeys, signCallerToken, untilSettled } from '@atrium/testkit';
import { Client } from 'pg';
import { npmStart, type StartedGraph } from './commands';
import { query } from './digest';

const GROUP = 'LANTERN';
const SERVICE = 'points';

/** What points and those who listen to it come to. The demo's rules are the same for everybody, so is the order of sales. */
const FIGURES: [string, Parameters<typeof query>[1], string][] = [
  ['accounts', 'points', 'select member_id, available, debt, growth from account order by 1'],
  ['rated', 'points', 'select purchase_id from purchase_earn order by 1'],
  ['tiers', 'tier', `select member_id, code from member_tier order by 1`],
  ['messages', 'messaging', 'select member_id, template_code, business_key, channel from message order by 1, 2, 3, 4'],
  [
    'postings',
    'merchant-settlement',
    `select l.account, sum(l.debit_minor - l.credit_minor) as net from posting_line l group by 1 order by 1`,
  ],
];

describe('one service restored to an older moment while the others have gone on', () => {
  let graph: StartedGraph;
  let clients: GroupClients;
  let storeId: string;
  let sold = 0;

  beforeAll(async () => {
    graph = await npmStart();
    const keys = readKeys(graph.dir);
    clients = await groupClients(graph.state().gatewayUrl, GROUP, (subject, claim) =>
      signCallerToken(keys, subject, claim),
    );
    const [known] = await query<{ store_id: string }>(
      graph.state(),
      'merchant-settlement',
      'select store_id from purchase',
    );
    storeId = known?.store_id ?? '';
  });
  afterAll(() => graph.end());

  const figures = async () =>
    Object.fromEntries(
      await Promise.all(
        FIGURES.map(async ([name, service, sql]) => [name, await query(graph.state(), service, sql)] as const),
      ),
    );

  async function admin<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const url = new URL(graph.state().databases[SERVICE]);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: String(url) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  const database = () => new URL(graph.state().databases[SERVICE]).pathname.slice(1);

  /** Nobody is in the database, and nobody comes in, while `sql` is run. */
  const alone = (sql: (name: string) => string[]) =>
    admin(async (client) => {
      const name = database();
      await client.query(`alter database "${name}" allow_connections false`);
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      for (const text of sql(name)) await client.query(text);
      await client.query(`alter database "${name}" allow_connections true`);
    });

  async function member(at: number): Promise<string> {
    const made = await mustMutate<{ member: { id: string } }>(
      clients.service,
      'registerMember',
      {
        idempotencyKey: `one:${at}`,
        phone: `+86137${String(10_000_000 + at)}`,
        displayName: `Member ${at}`,
        locale: 'en',
      },
      'member { id }',
    );
    return made.member.id;
  }

  async function sale(memberId: string, amount: string): Promise<string> {
    const externalId = `one-${++sold}`;
    await mustMutate(
      clients.service,
      'recordPurchase',
      {
        sourceSystem: 'one',
        externalId,
        storeId,
        occurredAt: new Date().toISOString(),
        member: { memberId },
        lines: [{ lineNo: 1, sku: 'A', category: 'FASHION', quantity: '1', gross: { amount, currency: 'CNY' } }],
      },
      '__typename',
    );
    return externalId;
  }

  const refund = (purchaseExternalId: string) =>
    mustMutate(
      clients.service,
      'refundPurchase',
      {
        sourceSystem: 'one',
        externalId: `refund-${purchaseExternalId}`,
        purchaseExternalId,
        occurredAt: new Date().toISOString(),
      },
      '__typename',
    );

  it('hears again what the others state, and leaves nothing doubled and nothing without its cause', async () => {
    const members = [await member(1), await member(2), await member(3)] as const;
    const first = await sale(members[0], '600.00');
    await sale(members[1], '90.00');
    await untilSettled(graph.state());
    const from = new Date();
    await alone((name) => [`create database "${name}_then" template "${name}"`]);

    // Sales, a rise, a refund of what the restored one will know, and of what it will not.
    await sale(members[2], '450.00');
    await sale(members[2], '310.00');
    const second = await sale(members[1], '120.00');
    await refund(first);
    await refund(second);
    await untilSettled(graph.state());
    const before = await figures();
    expect(await graph.run('check-ledger')).toMatchObject({ code: 0 });

    await alone((name) => [
      `alter database "${name}_then" allow_connections false`,
      `drop database "${name}"`,
      `alter database "${name}_then" rename to "${name}"`,
      `revoke all on database "${name}" from public`,
      `grant connect on database "${name}" to points_app`,
    ]);
    const pid = graph.state().pids[SERVICE] as number;
    process.kill(pid, 'SIGKILL');

    const again = await graph.run('hear-again', ['--service', SERVICE]);
    expect(again.text).toMatch(/^(\d+) of \1 consumers of points begin anew/m);
    await untilSettled(graph.state());
    expect(await figures()).toEqual(before);

    const broken = await graph.run('check-ledger');
    expect(broken.code).toBe(1);
    expect(broken.text).toContain('applied an event that nobody stated');
    const kept = await graph.run('lost-facts', ['--service', SERVICE, '--from', from.toISOString(), '--keep']);
    expect(kept.text).toMatch(/PurchasePointsPosted/);
    const { code, text } = await graph.run('check-ledger');
    expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
  });
});
