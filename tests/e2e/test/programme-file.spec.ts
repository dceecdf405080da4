// The points programme as a file, by the command that staff run, against a whole graph.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupAdminClaim, mustMutate, ROOT, publishStoryProgramme } from '@atrium/testkit';
import { startStoryGraph, type StoryGraph } from './graph';
import { enrol, line } from './world';

const GROUP = 'FILES';

let graph: StoryGraph;
let token: string;
let dir: string;
beforeAll(async () => {
  graph = await startStoryGraph();
  const clients = await graph.clients(GROUP);
  const { storeId } = await publishStoryProgramme(clients, GROUP);
  token = await graph.token('staff:file', groupAdminClaim(GROUP));
  await graph.settled();
  const [memberId = ''] = await enrol(clients.service, ['FILES-1']);
  const till = await clients.till(storeId);
  for (const number of [1, 2]) {
    const sale = { sourceSystem: 'till', externalId: `F-${number}`, storeId, occurredAt: new Date().toISOString() };
    await mustMutate(
      till,
      'recordPurchase',
      { ...sale, member: { memberId }, lines: [line(1, '100.00')] },
      'duplicate',
    );
  }
  await graph.settled();
  dir = mkdtempSync(join(tmpdir(), 'atrium-programme-'));
});
afterAll(async () => {
  if (dir) rmSync(dir, { recursive: true, force: true });
  await graph?.end();
});

interface Ended {
  code: number;
  text: string;
}
const programme = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const file = join(ROOT, 'scripts', 'dist', 'programme.js');
    execFile(process.execPath, [file, ...args, '--url', graph.url, '--token', token], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, text: stdout + stderr }),
    );
  });
const path = (name: string) => join(dir, name);
const change = (from: string, to: string, edit: (text: string) => string) =>
  writeFileSync(path(to), edit(readFileSync(path(from), 'utf8')));

interface Version {
  kind: string;
  code: string;
  version: number;
  status: string;
  effectiveTo: string | null;
}
async function versions(): Promise<Version[]> {
  const { admin } = await graph.clients(GROUP);
  const { pointsRules } = await admin.ask<{ pointsRules: Version[] }>(
    '{ pointsRules { kind code version status effectiveTo } }',
  );
  return pointsRules;
}

it('what is exported is nothing to do', async () => {
  expect(await programme('export', '--file', path('a.yaml'))).toMatchObject({ code: 0 });
  const text = readFileSync(path('a.yaml'), 'utf8');
  expect(text).toContain('# Until when points live; absent');
  expect(text).toContain('rate: 1');
  expect(text).toContain('value: 1.00 CNY');
  const before = await versions();
  for (const verb of ['plan', 'apply']) {
    const { code, text: said } = await programme(verb, '--file', path('a.yaml'));
    expect([code, said]).toEqual([0, expect.stringContaining('0 added, 0 changed, 0 retired, 2 unchanged')]);
  }
  expect(await versions()).toEqual(before);
});

it('a plan says what changes and whom it affects, and changes nothing', async () => {
  change('a.yaml', 'b.yaml', (text) =>
    text.replace('rate: 1', 'rate: 2').replace(
      'campaigns: []',
      `campaigns:
  - code: OPENING
    effectiveFrom: 2040-03-01T00:00:00Z
    effectiveTo: 2040-03-08T00:00:00Z
    names: { en: Opening week, zh-CN: 开业周 }
    multiplier: 3
    conditions: { merchant: north/m01, store: N-1 }`,
    ),
  );
  const before = await versions();
  const { code, text } = await programme('plan', '--file', path('b.yaml'));
  expect(code).toBe(0);
  for (const expected of [
    /~ earn rule BASE from 2020-01-01/,
    /rate +1 +-> +2/,
    /\+ campaign OPENING from 2040-03-01/,
    /conditions\.merchantId +north\/m01/,
    '1 added, 1 changed, 0 retired, 1 unchanged',
    /members +1 in the programme/,
    /categories +all/,
    'The latest 2 sales',
    '2 would change, of 1 members',
    // Twice the rate, three times for the opening week.
    /points +200 -> 1200 \(\+1000\)/,
    /north\/m01 +2 sales/,
  ]) {
    expect(text).toEqual(
      typeof expected === 'string' ? expect.stringContaining(expected) : expect.stringMatching(expected),
    );
  }
  expect(await versions()).toEqual(before);
});

it('is applied once, however often and from however many places', async () => {
  const runs = await Promise.all(['apply', 'apply', 'apply'].map((verb) => programme(verb, '--file', path('b.yaml'))));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await programme('apply', '--file', path('b.yaml'))).toMatchObject({
    text: expect.stringContaining('Nothing to do.'),
  });
  const own = (await versions()).map(({ code, version, status }) => `${code} ${version} ${status}`);
  expect(own).toEqual(['OPENING 1 ACTIVE', 'BASE 1 ACTIVE', 'BASE 2 ACTIVE', 'PROGRAMME 1 ACTIVE']);
});

it('stopped half-way and run again, it comes to the same end', async () => {
  change('b.yaml', 'c.yaml', (text) => {
    const more = Array.from(
      { length: 12 },
      (_, i) => `  - { code: C-${i}, effectiveFrom: 2030-01-01T00:00:00Z, category: C${i}, rate: 2 }\n`,
    );
    return text.replace('earnRules:\n', `earnRules:\n${more.join('')}`);
  });
  const file = join(ROOT, 'scripts', 'dist', 'programme.js');
  const args = [file, 'apply', '--file', path('c.yaml'), '--url', graph.url, '--token', token];
  const stopped = await new Promise<string>((resolve) => {
    let text = '';
    const child = execFile(process.execPath, args, () => resolve(text));
    child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      if (/published earn rule C-\d/.test(text)) child.kill('SIGKILL');
    });
  });
  expect(stopped).not.toContain('Done.');
  expect(await programme('apply', '--file', path('c.yaml'))).toMatchObject({ code: 0 });
  expect(await programme('apply', '--file', path('c.yaml'))).toMatchObject({
    text: expect.stringContaining('Nothing to do.'),
  });
  const made = (await versions()).filter(({ code }) => code.startsWith('C-'));
  expect(made.map(({ version }) => version)).toEqual(Array.from({ length: 12 }, () => 1));
});

it('goes back: what the file has no more is retired, and an old rate is a new version', async () => {
  const { text } = await programme('apply', '--file', path('a.yaml'));
  expect(text).toContain('0 added, 1 changed, 13 retired, 1 unchanged');
  expect(await programme('plan', '--file', path('a.yaml'))).toMatchObject({
    text: expect.stringContaining('0 added, 0 changed, 0 retired, 2 unchanged'),
  });
  const base = (await versions()).filter(({ code }) => code === 'BASE');
  expect(base.map(({ version }) => version)).toEqual([1, 2, 3]);
});

it('tells all that is wrong, with file, line and field', async () => {
  writeFileSync(
    path('bad.yaml'),
    `version: 1
programme:
  effectiveFrom: yesterday
  dayCutHours: 4
  expiry: { mode: SOMETIMES }
earnRules:
  - { code: BASE, effectiveFrom: 2030-01-01T00:00:00Z, rate: a lot }
  - { code: CAFE, effectiveFrom: 2030-01-01T00:00:00Z, merchant: north/nobody }
colours: []
`,
  );
  const { code, text } = await programme('plan', '--file', path('bad.yaml'));
  expect(code).toBe(1);
  expect(
    text
      .trim()
      .split('\n')
      .map((each) => each.replace(`${path('bad.yaml')}:`, '').replace(/^(\d+):\d+ (\S+).*$/, '$1 $2')),
  ).toEqual([
    '3 programme.effectiveFrom',
    '4 programme.dayCutHours',
    '5 programme.expiry.mode',
    '7 earnRules.0.rate',
    '8 earnRules.1.rate',
    '8 earnRules.1.merchant',
    '9 colours',
  ]);
  // What only the graph can say is told in the same way.
  writeFileSync(
    path('worse.yaml'),
    `version: 1
programme:
  effectiveFrom: 2030-01-01T00:00:00Z
  dayCutHour: 24
campaigns:
  - code: DOUBLE
    effectiveFrom: 2030-01-01T00:00:00Z
    names: { en: Double, fr: Double }
    multiplier: 0.5
`,
  );
  const worse = await programme('apply', '--file', path('worse.yaml'));
  expect(worse.code).toBe(1);
  for (const expected of [
    'worse.yaml:4:',
    'programme.dayCutHour',
    'worse.yaml:8:',
    'names.fr',
    'worse.yaml:9:',
    'at least 1',
  ]) {
    expect(worse.text).toContain(expected);
  }
});

it.each(['mall', 'supermarket', 'apparel'])('the preset %s can be applied, exported and applied', async (name) => {
  expect(await programme('apply', '--preset', name)).toMatchObject({ code: 0, text: expect.stringContaining('Done.') });
  expect(await programme('apply', '--preset', name)).toMatchObject({ text: expect.stringContaining('Nothing to do.') });
  expect(await programme('export', '--file', path(`${name}.yaml`))).toMatchObject({ code: 0 });
  expect(await programme('apply', '--file', path(`${name}.yaml`))).toMatchObject({
    text: expect.stringContaining('Nothing to do.'),
  });
});
