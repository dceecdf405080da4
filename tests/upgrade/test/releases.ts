import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServiceName } from '@atrium/contracts';
import { type LocalState, ROOT } from '@atrium/testkit';

/** Where the programs of each release are: compiled, with their packages. */
export const RELEASES = { before: process.env['ATRIUM_PREVIOUS_ROOT'] ?? '', now: ROOT } as const;
export type Release = keyof typeof RELEASES;

async function node(args: string[], env: Record<string, string> = {}): Promise<string> {
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
  return (await promisify(execFile)(process.execPath, args, options)).stdout;
}

const program = (release: Release, service: ServiceName, name: string) =>
  join(RELEASES[release], 'services', service, 'dist', `${name}.js`);

/** Applies a release's migrations of one service, as its Job does. */
export const migrate = (release: Release, service: ServiceName, ownerUrl: string): Promise<string> =>
  node([program(release, service, 'migrate')], { MIGRATION_DATABASE_URL: ownerUrl });

/** What a migration takes away, said by itself: as the comparison of tables calls it -> the migration that replaced it. */
export interface Contracting {
  name: string;
  contracts: Record<string, string>;
}

// A process for each: the decorators' registry is global to a process.
const LIST = `
require('reflect-metadata');
const definition = Object.values(require(process.argv[1])).find((value) => typeof value?.buildSubgraph === 'function');
const list = definition.migrations.map((Migration) => new Migration());
process.stdout.write(JSON.stringify(list.map(({ name, contracts = {} }) => ({ name, contracts }))));
`;

export const migrationsOf = async (service: ServiceName): Promise<Contracting[]> =>
  JSON.parse(await node(['-e', LIST, program('now', service, 'app')])) as Contracting[];

const SETTLE = `
require(process.argv[1]).untilSettled(JSON.parse(process.argv[2])).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});`;

/** Nothing is on its way any more, by what this release knows to be on its way: another one has other consumers. */
export const untilSettled = async (release: Release, state: LocalState): Promise<void> =>
  void (await node([
    '-e',
    SETTLE,
    join(RELEASES[release], 'packages/platform/dist/operator.js'),
    JSON.stringify(state),
  ]));
