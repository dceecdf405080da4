import { SERVICES, type ServiceName, streamsOf } from '@atrium/contracts';
import { eventually, provisionDatabase, ROOT, startNode, untilSettled } from '@atrium/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, npmStart, run, type StartedGraph } from './commands';
import { query } from './digest';

interface Ledger {
  rules: { invariant: string; rule: string; checked: number; violations: number }[];
  details: string[];
  leftOut: { invariant: string; needs: string }[];
}

describe("the operator's commands with nothing but what a Secret of a cluster holds", () => {
  // Where no graph was started.
  const elsewhere = newFolder();
  let graph: StartedGraph;
  beforeAll(async () => {
    graph = await npmStart();
    await untilSettled(graph.state());
  });
  afterAll(async () => {
    await graph.end();
    rmSync(elsewhere, { recursive: true });
  });

  /** What the service itself logs in with: row-level security binds it. */
  function appLogin(service: ServiceName, url = graph.state().databases[service]): string {
    const login = new URL(url);
    login.username = `${service.replaceAll('-', '_')}_app`;
    return login.href;
  }
  const operate = (logins: Partial<Record<ServiceName, string>>, name: string, ...args: string[]) =>
    run(elsewhere, name, args, { CHECK_DATABASE_URLS: JSON.stringify(logins), NATS_URL: graph.state().natsUrl });
  const loginsOf = (...services: readonly ServiceName[]) =>
    Object.fromEntries(services.map((service) => [service, appLogin(service)]));
  const ledger = ({ text }: { text: string }): Ledger => JSON.parse(text) as Ledger;

  it('check-ledger sees every row by a login that row-level security binds', async () => {
    // A service's own jobs state something now and then, between the two.
    await eventually(
      async () => {
        const seen = ledger(await operate(loginsOf(...SERVICES), 'check-ledger', '--json'));
        expect(seen).toEqual(ledger(await graph.run('check-ledger', ['--json'])));
        expect(seen.rules.filter(({ checked }) => checked > 0).length).toBeGreaterThan(15);
        expect([seen.rules.length, seen.leftOut, seen.details]).toEqual([29, [], []]);
      },
      { what: 'the same seen by both logins' },
    );
  });

  it('check-ledger finds by such a login what somebody has changed', async () => {
    const change = (by: number) =>
      query(
        graph.state(),
        'points',
        `update account set growth = growth + ${by} where member_id = (select min(member_id::text)::uuid from account)`,
      );
    await change(7);
    const { code, text } = await operate(loginsOf(...SERVICES), 'check-ledger');
    await change(-7);
    expect([code, text]).toEqual([1, expect.stringContaining('I1: points: member ')]);
  });

  it.each(['check-ledger', 'verify-ledger --all'])('%s says in one line that it has seen nothing', async (line) => {
    const { ownerUrl, appUrl } = await provisionDatabase(graph.state().databases.points, 'points', {
      database: `nothing_${line.length}`,
    });
    const migration = await startNode({
      name: 'migration of an empty database',
      script: join(ROOT, 'services/points/dist/migrate.js'),
      env: { MIGRATION_DATABASE_URL: ownerUrl },
      logFile: join(graph.dir, 'logs', 'nothing.migrate.log'),
    });
    expect(await migration.ended).toBe(0);
    const [name = '', ...args] = line.split(' ');
    const { code, text } = await operate({ points: appUrl }, name, ...args);
    const told = [expect.stringMatching(/^Nothing was looked at: no org/)];
    expect([code, text.trim().split('\n')]).toEqual([1, told]);
    if (name !== 'check-ledger') return;
    const night = await operate({ points: appUrl }, name, '--may-be-empty');
    expect([night.code, night.text.trim().split('\n')]).toEqual([0, told]);
  });

  it('verify-ledger reads the chain by such a login', async () => {
    const { code, text } = await operate(loginsOf('points'), 'verify-ledger', '--all');
    expect([code, text]).toEqual([0, expect.stringMatching(/^\d+ entries in \d+ blocks are what they were\.$/m)]);
  });

  it('check-ledger does what it can for a site and for a release without a service, and says what it has left out', async () => {
    const site = await operate(loginsOf('merchant-settlement'), 'check-ledger');
    expect([site.code, site.text]).toEqual([0, expect.stringMatching(/^\d+ rules hold\.$/m)]);
    expect(site.text).toMatch(/^No login for member, points, coupon, tier, messaging: left out is /m);
    expect(site.text).toMatch(/^ {2}I3 each member's sale is rated once/m);

    const five = SERVICES.filter((name) => name !== 'tier');
    const small = ledger(await operate(loginsOf(...five), 'check-ledger', '--json'));
    expect(small.details).toEqual([]);
    expect(new Set(small.leftOut.map(({ needs }) => needs))).toEqual(new Set(['tier']));
    expect(small.rules.length + small.leftOut.length).toBe(29);
    expect(small.rules.length).toBeGreaterThan(20);
  });

  it('republish and lost-facts ask for the login of the service that is named, and of no other', async () => {
    const secret = loginsOf('merchant-settlement');
    const from = ['--from', new Date(Date.now() - 3_600_000).toISOString()];
    const again = await operate(secret, 'republish', '--service', 'merchant-settlement', ...from);
    expect([again.code, again.text]).toEqual([0, expect.stringMatching(/'merchant-settlement' *│ *[1-9]\d* /)]);
    const all = await operate(secret, 'republish', '--service', 'all', ...from);
    expect([all.code, all.text]).toEqual([
      0,
      expect.stringContaining('No login for member, points, coupon, tier, mess'),
    ]);
    await untilSettled(graph.state());
    const lost = await operate(secret, 'lost-facts', '--service', 'merchant-settlement', ...from);
    expect([lost.code, lost.text]).toEqual([0, expect.stringMatching(/^0 of [1-9]\d* facts/m)]);
    for (const name of ['republish', 'lost-facts'])
      expect(await operate(secret, name, '--service', 'points', ...from)).toEqual({
        code: 1,
        text: 'CHECK_DATABASE_URLS has no login for points\n',
      });
  });

  it.each([
    ['{', /^CHECK_DATABASE_URLS is no JSON object of logins by service\n$/],
    ['{"point":"postgres://"}', /^CHECK_DATABASE_URLS names point: services are member, points/],
    ['{}', /^CHECK_DATABASE_URLS has no login at all\n$/],
    ['{"points":"postgres://nobody:none@127.0.0.1:1/points"}', /^The login of points does not let .*ECONNREFUSED.*\n$/],
  ])('a Secret that says %s is refused in one line', async (logins, text) => {
    const refused = await run(elsewhere, 'check-ledger', [], { CHECK_DATABASE_URLS: logins });
    expect(refused).toEqual({ code: 1, text: expect.stringMatching(text) as unknown });
  });

  describe('streams', () => {
    const streams = (...args: string[]) => operate({}, 'streams', ...args);

    it('lists and shows them, with who hears them', async () => {
      const all = await streams('list');
      expect(all.code).toBe(0);
      for (const name of ['MEMBER', 'SETTLEMENT', 'DEAD']) expect(all.text).toContain(`'${name}'`);
      const one = await streams('info', 'POINTS');
      expect([one.code, one.text]).toEqual([0, expect.stringContaining("'tier-on-purchase-points-posted'")]);
      expect(one.text).toContain('POINTS takes atrium.points.v1.>; ');
    });

    it('says what there is when a name is wrong', async () => {
      const [stream, consumer] = [await streams('info', 'POINT'), await streams('rm-consumer', 'POINTS', 'tier')];
      expect([stream.code, stream.text]).toEqual([
        1,
        expect.stringMatching(/^There is no stream POINT\. .*POINTS.*\n$/),
      ]);
      expect([consumer.code, consumer.text]).toEqual([
        1,
        expect.stringMatching(/^POINTS has no consumer tier\. .*\n$/),
      ]);
      expect((await streams('rm')).code).toBe(1);
    });

    it('takes away the copy of a site, and nothing else but by saying its name twice', async () => {
      const nats = await connect({ servers: graph.state().natsUrl });
      try {
        const jsm = await jetstreamManager(nats);
        const [ofSite] = streamsOf('merchant-settlement', { site: null, sites: ['north'] }).slice(-1);
        const { name = '', subjects = [], sources = [] } = ofSite ?? {};
        await jsm.streams.add({ name, subjects: [...subjects], sources });
        // No such site is there.
        const silent = await streams('info', 'SITE-north');
        expect([silent.code, silent.text]).toEqual([
          0,
          expect.stringMatching(/'SETTLEMENT' *│ *'north' *│ *0 *│ *'never'/),
        ]);
        expect(await streams('rm', 'SITE-north')).toMatchObject({ code: 0 });

        for (const wrong of [[], ['--force', 'POINT']]) {
          const refused = await streams('rm', 'POINTS', ...wrong);
          expect([refused.code, refused.text]).toEqual([
            1,
            expect.stringMatching(/^POINTS is no copy .*--force POINTS\n$/),
          ]);
        }
        const { created } = await jsm.streams.info('POINTS');
        expect(await streams('rm', 'POINTS', '--force', 'POINTS')).toMatchObject({ code: 0 });
        await eventually(async () => (await jsm.streams.info('POINTS')).created !== created, {
          what: 'the stream made again',
        });
        const names = [];
        for await (const name of jsm.streams.names()) names.push(name);
        expect(names).not.toContain('SITE-north');
      } finally {
        await nats.close();
      }
      await operate(loginsOf(...SERVICES), 'republish', '--service', 'points', '--from', '2020-01-01T00:00:00Z');
      await untilSettled(graph.state());
      expect(await operate(loginsOf(...SERVICES), 'check-ledger')).toMatchObject({ code: 0 });
    });

    it('takes away a consumer, which its service makes again: it hears everything, and has applied it', async () => {
      const before = await query(graph.state(), 'tier', 'select * from metric_fact order by 1');
      const gone = await streams('rm-consumer', 'POINTS', 'tier-on-purchase-points-posted');
      expect(gone).toMatchObject({ code: 0 });
      await untilSettled(graph.state());
      expect(await query(graph.state(), 'tier', 'select * from metric_fact order by 1')).toEqual(before);
    });
  });
});
