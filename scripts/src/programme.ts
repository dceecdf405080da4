// npm run programme: a group's points programme as a file: export, plan, apply. See docs/how-to/programme-file.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  graphqlClient,
  groupAdminClaim,
  type GraphQLClient,
  readState,
  ROOT,
  UsageError,
} from '@atrium/platform/operator';
import { runCommand } from './command';
import { localClient } from './local-client';
import { applyPlan, complete, readKept } from './programme/apply';
import { readEffect } from './programme/effect';
import { readPlaces } from './programme/places';
import { living, type KeptVersion, planOf, published } from './programme/plan';
import { effectText, errorText, nameOf, planText } from './programme/print';
import { type FileError, readProgramme } from './programme/read';
import { readVocabulary } from './programme/vocabulary';
import { writeProgramme } from './programme/write';

const PRESETS = join(ROOT, 'scripts', 'presets');
const presetNames = () => readdirSync(PRESETS).map((name) => name.replace(/\.yaml$/, ''));
const HELP = `npm run programme -- export | plan | apply [options]
  export            writes what holds now and later to the file
  plan              says what apply would change, and whom it affects
  apply             changes the graph's rules to those of the file; a second time there is nothing to do
  --file FILE       the file (programme.yaml)
  --preset NAME     one of the repository's instead of a file: ${presetNames().join(', ')}
  --group CODE      mall group (the running graph's)
  --url URL --token TOKEN   another graph than the one running here`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        preset: { type: 'string' },
        group: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
      },
    });
    const [command] = positionals;
    if (positionals.length !== 1 || (command !== 'export' && command !== 'plan' && command !== 'apply')) {
      throw new UsageError(HELP);
    }
    const { preset, file } = values;
    if (preset !== undefined && (file !== undefined || command === 'export')) {
      throw new UsageError('--preset goes with plan or apply, and without --file.');
    }
    if (preset !== undefined && !presetNames().includes(preset)) {
      throw new UsageError(`There is no preset ${preset}. Presets: ${presetNames().join(', ')}`);
    }
    const path = preset === undefined ? (file ?? 'programme.yaml') : join(PRESETS, `${preset}.yaml`);
    if (command !== 'export' && !existsSync(path)) throw new UsageError(`There is no file ${path}`);
    return { ...values, command, path };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}
type Options = ReturnType<typeof readOptions>;

function clientOf({ url, token, group }: Options): Promise<GraphQLClient> | GraphQLClient {
  if (url !== undefined) return graphqlClient(url, token);
  return localClient('staff:programme', groupAdminClaim(group ?? readState().group));
}

/** What holds now or later, rule by rule. */
function current(kept: readonly KeptVersion[], now: string): KeptVersion[] {
  const byRule = new Map<string, KeptVersion[]>();
  for (const version of published(kept)) {
    const name = `${version.kind}\n${version.code}`;
    byRule.set(name, [...(byRule.get(name) ?? []), version]);
  }
  return [...byRule.values()].flatMap((versions) => living(versions, now));
}

async function exportFile(options: Options): Promise<void> {
  const client = await clientOf(options);
  const now = new Date().toISOString();
  const [vocabulary, places] = [await readVocabulary(client), await readPlaces(client)];
  const rules = current(await readKept(client, vocabulary), now);
  const heading = `The points programme as it holds on ${now.slice(0, 16)}Z, and later.\nChange it, then: npm run programme -- plan --file ${options.path}`;
  writeFileSync(options.path, writeProgramme(rules, vocabulary, places, heading));
  console.log(`${rules.length} rules written to ${options.path}`);
}

async function planFile(client: GraphQLClient, path: string, now: string) {
  const [vocabulary, places] = [await readVocabulary(client), await readPlaces(client)];
  const read = readProgramme(readFileSync(path, 'utf8'), vocabulary, places);
  const refuse = (errors: readonly FileError[]) =>
    new UsageError(errors.map((error) => errorText(path, error)).join('\n'));
  if (read.errors.length > 0) throw refuse(read.errors);
  const { rules, errors } = await complete(client, vocabulary, read.rules);
  if (errors.length > 0) throw refuse(errors);
  return { plan: planOf(await readKept(client, vocabulary), read.rules, rules, now), places };
}

runCommand(async () => {
  const options = readOptions();
  if (options.command === 'export') return exportFile(options);
  const client = await clientOf(options);
  const now = new Date().toISOString();
  const { plan, places } = await planFile(client, options.path, now);
  console.log(planText(plan, places, now));
  if (options.command === 'plan') {
    if (plan.changes.length > 0) console.log(effectText(plan, await readEffect(client, plan), places));
    return;
  }
  await applyPlan(client, plan, ({ act, rule }) =>
    console.log(`${act === 'PUBLISH' ? 'published' : 'retired'} ${nameOf(rule)}`),
  );
  console.log(plan.changes.length === 0 ? 'Nothing to do.' : 'Done.');
});
