import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, type Postgres, startPostgres } from '@atrium/testkit';
import { Client } from 'pg';

const FILES = join(__dirname, '../../../charts/atrium/files');
const SCRIPT = join(FILES, 'backup.sh');
const SYSTEM = '/usr/lib/postgresql';
// Server and pg_dump of one version: the tests' own server comes without clients.
const [installation] = (existsSync(SYSTEM) ? readdirSync(SYSTEM) : [])
  .map((version) => join(SYSTEM, version))
  .filter((folder) => ['postgres', 'pg_dump', 'psql'].every((name) => existsSync(join(folder, 'bin', name))));
if (installation === undefined)
  process.stderr.write(`There is no PostgreSQL with its clients in ${SYSTEM}: the tests of the backup are left out.\n`);

const DATABASES = ['points', 'settlement', 'tier'];

(installation === undefined ? describe.skip : describe)('a backup of profile small', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-backup-'));
  const scratch = mkdtempSync(join(tmpdir(), 'atrium-backup-'));
  let postgres: Postgres;
  let clients: Record<string, Client>;

  async function open(database: string): Promise<Client> {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    return client;
  }
  const of = (database: string) => clients[database] as Client;

  const PATH = [join(installation ?? '', 'bin'), process.env['PATH']].join(delimiter);
  const backup = (keep = 3) =>
    promisify(execFile)('bash', [SCRIPT], {
      env: {
        ...process.env,
        PATH,
        BACKUPS: folder,
        TMPDIR: scratch,
        DATABASES: DATABASES.join(' '),
        KEEP: String(keep),
        PGHOST: '127.0.0.1',
        PGPORT: String(postgres.port),
        PGUSER: 'postgres',
      },
    });
  // A backup is named by its second.
  afterEach(() => made().forEach((name) => rmSync(join(folder, name), { recursive: true })));
  const made = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('Z'))
      .sort();

  /** What a table of the last backup has. */
  const kept = (database: string, table: string) => {
    const dump = join(folder, made().at(-1) ?? '', `${database}.dump`);
    const restore = join(installation ?? '', 'bin', 'pg_restore');
    const text = execFileSync(restore, ['--data-only', '-t', table, '-f', '-', dump], { encoding: 'utf8' });
    return /^COPY [^\n]*\n([^]*?)\\\.$/m.exec(text)?.[1]?.trim().split('\n') ?? [];
  };

  beforeAll(async () => {
    postgres = await startPostgres({ installation: installation ?? '' });
    const admin = await open('postgres');
    for (const database of DATABASES) await admin.query(`create database ${database}`);
    await admin.end();
    clients = Object.fromEntries(
      await Promise.all(DATABASES.map(async (database) => [database, await open(database)] as const)),
    );
    for (const database of DATABASES)
      await of(database).query('create table inbox (event text); create table outbox (event text)');
  });
  afterAll(async () => {
    await Promise.all(Object.values(clients).map((client) => client.end()));
    await postgres.stop();
    for (const one of [folder, scratch]) rmSync(one, { recursive: true });
  });

  const waiting = async (database: string) => {
    const { rows } = await of(database).query<{ n: number }>(
      `select count(*)::int as n from pg_locks where not granted and relation = 'inbox'::regclass`,
    );
    return rows[0]?.n === 1;
  };
  const locked = async (database: string) => {
    const { rows } = await of(database).query<{ n: number }>(
      `select count(*)::int as n from pg_locks where granted and mode = 'ShareLock' and relation = 'inbox'::regclass`,
    );
    return rows[0]?.n === 1;
  };

  it.each(DATABASES)(
    'has stated what it has heard, when %s is the last to be quiet',
    async (last) => {
      const others = DATABASES.filter((database) => database !== last);
      const event = `heard by ${last}`;
      const consumer = await open(last);
      await consumer.query('begin');
      await consumer.query('insert into inbox values ($1)', ['before']);
      const running = backup();
      // Seen as ended at once, so that a failure is told by what comes of it.
      running.catch(() => undefined);
      await Promise.all([
        eventually(() => waiting(last), { what: `${last} is waited for`, timeoutMs: 60_000 }),
        ...others.map((other) => eventually(() => locked(other), { what: `${other} is quiet`, timeoutMs: 60_000 })),
      ]);
      for (const other of others) await of(other).query('insert into outbox values ($1)', [event]);
      await consumer.query('insert into inbox values ($1)', [event]);
      await consumer.query('commit');
      await consumer.end();
      await running;
      expect(kept(last, 'inbox')).toContain(event);
      for (const other of others) expect(kept(other, 'outbox')).toContain(event);
    },
    120_000,
  );

  it('is what an empty volume begins with, and the Job of each revision fails where the volume was not empty', async () => {
    await of('points').query(`insert into inbox values ('kept')`);
    await backup();
    const [name = ''] = made();
    const passwords = [...DATABASES, 'later'].flatMap((database) =>
      ['OWNER', 'APP'].map((whose) => [`${whose}_PASSWORD_${database}`, 'secret'] as const),
    );
    const databases = (on: Postgres, host: object, restore: string) =>
      spawnSync('bash', [join(FILES, 'databases.sh')], {
        encoding: 'utf8',
        timeout: 60_000,
        env: {
          PATH,
          ...host,
          PGPORT: String(on.port),
          PGPASSWORD: on.password,
          BACKUPS: folder,
          RESTORE: restore,
          ...Object.fromEntries(passwords),
        },
      });
    // A first start is without PGHOST; this one finds the test's server by its address.
    const [first, job] = [{ PGHOSTADDR: '127.0.0.1' }, { PGHOST: '127.0.0.1' }];
    const there = async () =>
      (await of('tier').query('select datname from pg_database order by 1')).rows as { datname: string }[];

    const before = await there();
    const ignored = databases(postgres, job, name);
    expect(ignored).toMatchObject({ status: 1, stdout: '' });
    expect(ignored.stderr).toMatch(
      new RegExp(`^NOT RESTORED: \\w+ did not begin with backup ${name}, as its volume was not empty\\. .*\n$`),
    );
    expect(await there()).toEqual(before);

    const empty = await startPostgres({ installation: installation ?? '' });
    try {
      expect(databases(empty, first, name)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`points: restored from ${name}`) as string,
      });
      const client = new Client({ connectionString: empty.url.replace(/[^/]*$/, 'points') });
      await client.connect();
      expect((await client.query('select * from inbox')).rows).toEqual(
        (await of('points').query('select * from inbox')).rows,
      );
      await client.end();
      expect(databases(empty, job, name)).toMatchObject({ status: 0, stderr: '' });
      expect(databases(empty, job, '')).toMatchObject({ status: 0, stderr: '' });
      expect(databases(empty, job, '20250101T000000Z').stderr).toContain('NOT RESTORED');
    } finally {
      await empty.stop();
    }
  }, 120_000);

  it('keeps as many as it is told; one that fails says why and counts for nothing', async () => {
    for (const old of ['20250101T000000Z', '20250102T000000Z']) mkdirSync(join(folder, old));
    await backup(2);
    expect(made()).toEqual(['20250102T000000Z', expect.stringMatching(/^20\d{6}T\d{6}Z$/)]);
    await of('tier').query('drop table inbox');
    await expect(backup(2)).rejects.toMatchObject({
      stderr: expect.stringMatching(/BACKUP FAILED: tier: .*"inbox" does not exist/) as string,
    });
    expect(made()).toHaveLength(2);
    expect(readdirSync(scratch)).toEqual([]);
  });
});
