import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { findProgram } from '@atrium/testkit';
import { PROFILES } from './profiles.ts';

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => join(__dirname, name));

it.each(files)('%s takes nothing but what k6 has and files beside it, with their whole names', (file) => {
  const imports = [...readFileSync(file, 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(([, from = '']) => from);
  const foreign = imports.filter((from) => !/^k6(\/|$)/.test(from) && !existsSync(resolve(dirname(file), from)));
  expect(foreign).toEqual([]);
  expect(imports.filter((from) => from.startsWith('.') && !from.endsWith('.ts'))).toEqual([]);
});

const k6 = findProgram('k6');
if (k6 === null) console.warn('k6 is not here: that it can load the scenarios is not tested');

(k6 === null ? describe.skip : describe)('k6', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-k6-'));
  const world = join(folder, 'world.json');
  beforeAll(() => {
    const person = { id: '1', card: '2', token: 't' };
    const coupons = { open: 'a', flash: 'b' };
    writeFileSync(world, JSON.stringify({ url: 'http://x', run: 'r', members: [person], stores: [person], coupons }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const inspect = (env: Record<string, string>, script = join(__dirname, 'main.ts')) =>
    spawnSync(k6 ?? '', ['inspect', '--include-system-env-vars', script], {
      encoding: 'utf8',
      env: { ...process.env, WORLD: world, RATE: '5', SCALE: '1', SLACK: '1', TRIES: '100', ...env },
    });

  it.each(Object.keys(PROFILES))(
    'loads %s, with every story that it names',
    (profile) => {
      const { stdout, stderr, status } = inspect({ PROFILE: profile });
      expect([status, stderr]).toEqual([0, '']);
      const { scenarios } = JSON.parse(stdout) as { scenarios: Record<string, { exec: string }> };
      expect(Object.keys(scenarios)).toContain('till');
    },
    60_000,
  );

  it('loads what the cluster proof runs, from a folder without folders', () => {
    for (const file of files.filter((one) => dirname(one) === __dirname))
      copyFileSync(file, join(folder, basename(file)));
    const { stdout, stderr, status } = inspect({ SECONDS: '20', PEOPLE: '8' }, join(folder, 'proof.ts'));
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: { people: { executor: 'constant-vus', vus: 8 } } });
  });

  it('says what there is when something is named that is not', () => {
    expect(inspect({ PROFILE: 'lunch' }).stderr).toContain('There is no profile lunch: smoke, average');
    expect(inspect({ PROFILE: 'smoke', ONLY: 'till,Nothing' }).stderr).toContain('There is no Nothing: home, browse');
  });
});
