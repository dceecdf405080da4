import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asAdmin, findProgram, freePort, postgresUrl, type Postgres, startPostgres } from '@atrium/testkit';
import { CHARTS, describeWithHelm, podsOf, render, type Resource } from './helm';

const SCRIPT = join(CHARTS, 'atrium/files/databases.sh');
const small = (values: object) => render('atrium', values, { files: ['values-small.yaml'] }).resources;
const podOf = (resources: Resource[], name: RegExp) => podsOf(resources).find((pod) => name.test(pod.name));
const variables = (resources: Resource[], name: RegExp) =>
  podOf(resources, name)?.spec.containers[0].env as { name: string; valueFrom?: { secretKeyRef?: { key: string } } }[];

describeWithHelm('a service that is switched on after the first start', () => {
  let before: Resource[];
  let after: Resource[];
  beforeAll(() => {
    [before, after] = [small({ tier: { enabled: false } }), small({})];
  });

  it('starts no PostgreSQL again: a Job makes its database, and waits for the passwords by their names', () => {
    expect(podOf(after, /^a-postgres$/)).toEqual(podOf(before, /^a-postgres$/));
    const job = /^a-postgres-databases-1-[0-9a-f]{8}$/;
    expect(podOf(after, job)?.name).not.toBe(podOf(before, job)?.name);
    const asked = (resources: Resource[]) =>
      variables(resources, job).map(({ valueFrom }) => valueFrom?.secretKeyRef?.key);
    expect(asked(before)).not.toContain('OWNER_PASSWORD_tier');
    for (const key of [
      'POSTGRES_PASSWORD',
      'OWNER_PASSWORD_tier',
      'APP_PASSWORD_tier',
      'APP_PASSWORD_merchant_settlement',
    ])
      expect(asked(after)).toContain(key);
    expect(podOf(after, job)?.spec.containers[0].env).toContainEqual({ name: 'PGHOST', value: 'a-postgres' });
  });

  it('is not restored by that Job, which only says so when nothing was', () => {
    const name = '20260301T030000Z';
    const resources = small({ backup: { restore: name } });
    const job = podOf(resources, /^a-postgres-databases-1-/);
    expect(job?.name).not.toBe(podOf(after, /^a-postgres-databases-1-/)?.name);
    for (const pod of [job, podOf(resources, /^a-postgres$/)])
      expect(pod?.spec.containers[0].env).toContainEqual({ name: 'RESTORE', value: name });
    expect(JSON.stringify(job?.spec.volumes)).not.toContain('persistentVolumeClaim');
    expect(JSON.stringify(podOf(after, /^a-postgres-databases-1-/)?.spec)).not.toContain('RESTORE');
  });

  it('is among those whose keys are made, in Secrets that may be completed and in no other', () => {
    const keys = podOf(after, /^a-keys-/)?.spec.containers[0].args as string[];
    expect(keys.at(-1)?.split(',')).toContain('tier');
    const role = after.find(({ kind, metadata }) => kind === 'Role' && metadata.name === 'a-keys') as unknown as {
      rules: { resourceNames?: string[]; verbs: string[] }[];
    };
    expect(role.rules.map(({ resourceNames, verbs }) => [resourceNames, verbs])).toEqual([
      [undefined, ['create']],
      [['a-root'], ['get']],
      [
        ['a-postgres', 'a-operator'],
        ['get', 'patch'],
      ],
    ]);
  });

  it('has its login at NATS, which starts again for it and waits for its password', () => {
    const config = (resources: Resource[]) =>
      resources.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'a-nats')?.data?.['nats.conf'];
    expect(config(before)).not.toContain('user: tier,');
    expect(config(after)).toContain('user: tier, password: $PASSWORD_tier,');
    expect(variables(after, /^a-nats$/)).toContainEqual({
      name: 'PASSWORD_tier',
      valueFrom: { secretKeyRef: { name: 'a-tier-app', key: 'NATS_PASSWORD' } },
    });
    const sum = (resources: Resource[]) =>
      resources.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'a-nats')?.spec.template
        .metadata.annotations['checksum/config'] as string;
    expect(sum(after)).not.toBe(sum(before));
  });
});

const describeWithPsql = ((): jest.Describe => {
  if (findProgram('psql') && findProgram('pg_isready')) return describe;
  process.stderr.write('psql is not on PATH: the script that makes databases is not tried.\n');
  return describe.skip;
})();

describeWithPsql('databases.sh, as the Job runs it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'atrium-databases-'));
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres({ dir });
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true });
  });

  const run = (passwords: Record<string, string>, env: Record<string, string> = {}) =>
    spawnSync('bash', [SCRIPT], {
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: process.env['PATH'],
        PGHOST: '127.0.0.1',
        PGPORT: String(postgres.port),
        PGPASSWORD: postgres.password,
        ...passwords,
        ...env,
      },
    });
  const ask = (user: string, password: string, database: string, sql: string) =>
    asAdmin(
      postgresUrl(postgres.port, user, password, database),
      async (client) => (await client.query(sql)).rows as unknown[],
    );

  const FIRST = { OWNER_PASSWORD_points: 'p1', APP_PASSWORD_points: "it's" };
  const LATER = { ...FIRST, OWNER_PASSWORD_merchant_settlement: 'p3', APP_PASSWORD_merchant_settlement: 'p4' };

  it('makes what is missing, then what was switched on later, and changes nothing that is there', async () => {
    expect(run(FIRST)).toMatchObject({ status: 0, stderr: '', stdout: 'databases: points\n' });
    await ask('points_owner', 'p1', 'points', 'create table kept (id int)');
    await ask('postgres', postgres.password, 'postgres', `alter role points_app password 'rotated'`);
    // Broken off between a login and its database.
    await ask('postgres', postgres.password, 'postgres', `create role merchant_settlement_owner login password 'p3'`);

    expect(run(LATER)).toMatchObject({ status: 0, stderr: '', stdout: 'databases: merchant_settlement points\n' });
    expect(run(LATER)).toMatchObject({ status: 0, stderr: '' });
    await ask('merchant_settlement_owner', 'p3', 'merchant_settlement', 'create table made (id int)');
    expect(await ask('points_app', 'rotated', 'points', `select pg_has_role('atrium_app', 'member') as bound`)).toEqual(
      [{ bound: true }],
    );
    expect(await ask('points_owner', 'p1', 'points', 'select * from kept')).toEqual([]);
    // A login enters its own database alone, and the application's makes nothing.
    await expect(ask('merchant_settlement_app', 'p4', 'points', 'select 1')).rejects.toThrow('permission denied');
    await expect(ask('merchant_settlement_app', 'p4', 'merchant_settlement', 'create table x ()')).rejects.toThrow(
      'permission denied',
    );
  });

  it('says what is wrong with the password of the server, and with what it may not do', () => {
    const refused = run(LATER, { PGPASSWORD: 'other' });
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('is POSTGRES_PASSWORD the one that')]);
    const half = run({ OWNER_PASSWORD_tier: 'p5' });
    expect([half.status, half.stderr]).toEqual([1, expect.stringContaining('APP_PASSWORD_tier')]);
  });

  it('waits for a server that is not there yet', async () => {
    const port = await freePort();
    const env = { PATH: process.env['PATH'], PGHOST: '127.0.0.1', PGPORT: String(port), ...FIRST };
    const waiting = spawn('bash', [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(waiting, 'close');
    expect(String((await once(waiting.stdout, 'data'))[0])).toBe('waiting for PostgreSQL at 127.0.0.1\n');
    const late = await startPostgres({ port });
    expect(await ended).toEqual([0, null]);
    await late.stop();
  });
});
