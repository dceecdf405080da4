import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Case {
  what: string;
  file: string;
  code: string;
  /** The rule that must bite; null for code that is clean. */
  rule: string | null;
}

const DOMAIN = 'services/points/src/ledger/domain/x.ts';
const IMPORTS = '@typescript-eslint/no-restricted-imports';
const NAMES = 'no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';
const GLOBALS = 'no-restricted-globals';
const ENVIRONMENT = 'no-restricted-properties';
const BOUNDARIES = '@nx/enforce-module-boundaries';

const use = (path: string, name = 'thing') => `import { ${name} } from '${path}';\nexport const used = ${name};\n`;
const bad = (rule: string, file: string, rows: [what: string, code: string][]): Case[] =>
  rows.map(([what, code]) => ({ what, file, code, rule }));

const cases: Case[] = [
  ...bad(IMPORTS, DOMAIN, [
    ['typeorm', use('typeorm')],
    ['type-graphql', use('type-graphql')],
    ['a Node.js module', use('node:crypto')],
    ['a Node.js module by its short name', use('fs')],
    ['the platform', use('@atrium/platform')],
    ['the contracts', use('@atrium/contracts')],
    ['only a type of the platform', `import { type Tx } from '@atrium/platform';\nexport type Used = Tx;\n`],
    ['storage', use('../storage/lot.repository')],
    ['storage from a deeper folder', use('../../../storage/lot.repository')],
    ['a use-case', use('../use-cases/earn-points')],
    ['events', use('../events/points-events')],
    ['the configuration', use('../config')],
  ]),
  ...bad(SYNTAX, DOMAIN, [
    ['a division', 'export const half = (n: bigint) => n / 2n;\n'],
    ['a division in place', 'export const half = (n: bigint) => {\n  n /= 2n;\n  return n;\n};\n'],
    ['a number amount', 'export interface Lot {\n  points: number;\n}\n'],
    ['a list of number amounts', 'export interface Lot {\n  amountMinor: readonly number[];\n}\n'],
    ['a number parameter', 'export const f = (amount: number) => amount;\n'],
    ['the clock', 'export const f = () => Date.now();\n'],
    ['a new Date()', 'export const f = () => new Date();\n'],
    ['Date()', 'export const f = () => Date();\n'],
    ['chance', 'export const f = () => Math.random();\n'],
    ['parseFloat', `export const f = () => Number.parseFloat('1');\n`],
    ['await', 'export const f = async (x: unknown) => await x;\n'],
    ['async', 'export async function f(): Promise<void> {}\n'],
    ['an async arrow', 'export const f = async () => 1;\n'],
    ['an import at run time', `export const f = () => import('@atrium/kernel');\n`],
    ['a decorator', 'const d = (): ClassDecorator => () => undefined;\n@d()\nexport class X {}\n'],
  ]),
  ...bad(GLOBALS, DOMAIN, [
    ['parseFloat of the globals', `export const f = () => parseFloat('1');\n`],
    ['a timer', 'export const f = () => setTimeout(() => undefined, 1);\n'],
    ['the process', 'export const f = () => process.pid;\n'],
    ['fetch', `export const f = () => fetch('x');\n`],
    ['performance', 'export const f = () => performance.now();\n'],
    ['crypto', 'export const f = () => crypto.randomUUID();\n'],
    ['a promise', 'export const f = () => Promise.resolve(1);\n'],
    ['globalThis', 'export const f = () => globalThis;\n'],
  ]),
  ...bad(IMPORTS, 'services/points/src/api/x.resolver.ts', [
    ['api -> storage', use('../storage/lot.repository')],
    ['api -> a type of storage', `import type { Lot } from '../storage/lot.repository';\nexport type Used = Lot;\n`],
    ['api -> events', use('../events/points-events')],
    ['api -> jobs', use('../jobs/expire-lots')],
    ['api -> main', use('../main')],
  ]),
  ...bad(IMPORTS, 'services/points/src/use-cases/x.ts', [
    ['use-cases -> api', use('../api/lot.type')],
    ['use-cases -> consumers', use('../consumers/on-purchase-recorded')],
    ['use-cases -> app', use('../app')],
  ]),
  ...bad(IMPORTS, 'services/points/src/storage/x.ts', [
    ['storage -> use-cases', use('../use-cases/earn-points')],
    ['storage -> api', use('../api/lot.type')],
  ]),
  ...bad(IMPORTS, 'services/points/src/storage/migrations/x.ts', [
    ['a migration -> use-cases', use('../../use-cases/earn-points')],
  ]),
  ...bad(IMPORTS, 'services/points/src/consumers/x.ts', [['consumers -> storage', use('../storage/lot.repository')]]),
  ...bad(IMPORTS, 'services/points/src/jobs/x.ts', [['jobs -> storage', use('../storage/lot.repository')]]),
  ...bad(IMPORTS, 'services/points/src/events/x.ts', [['events -> storage', use('../storage/lot.repository')]]),
  ...['use-cases/x.ts', 'app.ts', 'main.ts', 'worker.ts', 'config.ts'].flatMap((file) =>
    bad(NAMES, `services/points/src/${file}`, [[`testkit in ${file}`, use('@atrium/testkit', 'startNats')]]),
  ),
  ...bad(NAMES, 'gateway/src/x.ts', [['testkit in the gateway', use('@atrium/testkit', 'startNats')]]),
  ...[
    'services/points/src/app.ts',
    'services/points/src/use-cases/x.ts',
    'gateway/src/x.ts',
    'packages/platform/src/x.ts',
  ].flatMap((file) => [
    ...bad(ENVIRONMENT, file, [
      ['process.env', `export const x = process.env['X'];\n`],
      ['env of process', 'export const { env } = process;\n'],
    ]),
    ...bad(NAMES, file, [['env of node:process', use('node:process', 'env')]]),
  ]),
  ...bad(BOUNDARIES, 'services/points/src/use-cases/x.ts', [
    ['a service by its path', use('../../../tier/src/app')],
    ['the gateway', use('../../../../gateway/src/edge/server')],
    ['a package past its door', use('../../../../packages/platform/src/database/database')],
  ]),
  ...[
    'services/points/src/use-cases/x.ts',
    'services/points/src/app.ts',
    'packages/platform/src/x.ts',
    'gateway/src/x.ts',
    'tests/e2e/test/x.spec.ts',
  ].flatMap((file) =>
    bad(NAMES, file, [
      ['a service by its package name', use('@atrium/tier')],
      ['a type of a service', `import type { TierApp } from '@atrium/tier';\nexport type Used = TierApp;\n`],
    ]),
  ),
  ...bad(BOUNDARIES, 'packages/kernel/src/x.ts', [
    ['kernel -> platform', use('@atrium/platform')],
    ['kernel -> contracts', use('@atrium/contracts')],
  ]),
  ...bad(BOUNDARIES, 'packages/contracts/src/x.ts', [['contracts -> platform', use('@atrium/platform')]]),
  ...bad(BOUNDARIES, 'packages/platform/src/x.ts', [['platform -> testkit', use('@atrium/testkit')]]),
  ...bad(BOUNDARIES, 'packages/client/src/x.ts', [['client -> kernel', use('@atrium/kernel')]]),
  ...bad(BOUNDARIES, 'gateway/src/x.ts', [['gateway -> a service', use('../../services/points/src/app')]]),
  ...bad(BOUNDARIES, 'tests/e2e/test/x.spec.ts', [
    ['a test -> a service by its path', use('../../../services/points/src/app')],
  ]),

  ...(
    [
      [
        'a rule',
        DOMAIN,
        `${use('@atrium/kernel', 'uuidv7')}export const later = (now: Date, points: bigint) => ({ now: new Date(now), points });\n`,
      ],
      ['a rule from a deeper folder', 'services/points/src/domain/lots/x.ts', use('../earn')],
      [
        'a use-case',
        'services/points/src/use-cases/x.ts',
        `${use('../domain/earn', 'a')}${use('../storage/lot.repository', 'b').replace('used', 'more')}import { type Tx } from '@atrium/platform';\nexport type T = Tx;\n`,
      ],
      [
        'a resolver',
        'services/points/src/api/x.resolver.ts',
        `${use('../use-cases/earn-points')}import { type App } from '../app';\nexport type A = App;\n`,
      ],
      [
        'a repository',
        'services/points/src/storage/x.repository.ts',
        `${use('../domain/earn', 'a')}${use('typeorm', 'b').replace('used', 'more')}`,
      ],
      ['the configuration', 'services/points/src/config.ts', 'export const read = () => process.env;\n'],
      [
        'the table of contents',
        'services/points/src/app.ts',
        `${use('./storage/lot.repository', 'a')}${use('./api/x.resolver', 'b').replace('used', 'more')}`,
      ],
      ['a spec with the testkit', 'services/points/test/x.int.spec.ts', use('@atrium/testkit', 'startNats')],
      ['a service that uses the contracts', 'services/points/src/events/x.ts', use('@atrium/contracts', 'LIMITS')],
      ['a story', 'tests/e2e/test/x.spec.ts', use('@atrium/testkit', 'startNats')],
    ] as const
  ).map(([what, file, code]) => ({ what, file, code, rule: null })),
];

describe('the linter', () => {
  let answers: string[][];
  beforeAll(() => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(__dirname, 'lint.mjs')], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      timeout: 110_000,
    });
    if (status !== 0) throw new Error(`lint.mjs: ${stderr}`);
    answers = JSON.parse(stdout) as string[][];
  });

  it.each(cases.map((c, i) => [i, c.rule === null ? 'passes' : 'refuses', c.what, c.file, c.rule] as const))(
    '%i %s %s in %s',
    (i, _verdict, _what, _file, rule) => {
      const said = answers[i] ?? [];
      if (rule === null) expect(said).toEqual([]);
      else expect(said.map((line) => line.split(':')[0])).toContain(rule);
    },
  );
});
