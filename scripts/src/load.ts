// npm run load: people at a mall, by k6, against the graph that runs here or another. See tests/load/README.md.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_DIR, UsageError } from '@atrium/testkit';
import { runCommand } from './command';
import { flashClaims, readAcknowledged } from './load/acknowledged';
import { interruption, unless } from './load/interrupt';
import { ensureK6, runK6 } from './load/k6';
import { type LoadOptions, readOptions } from './load/options';
import { page } from './load/page';
import { openTarget } from './load/open-target';
import {
  brokenRules,
  crossedLimits,
  limitsOf,
  markdown,
  operationRows,
  print,
  type Summary,
  totals,
} from './load/report';
import { breakingPoint, readSeries } from './load/series';
import { agreed, type Target } from './load/target';
import { type Look, memoryOf, watch } from './load/watch';
import { makeWorld } from './load/world';

const DRAIN_MS = 900_000;
const LOOK_MS = 2_000;
/** What k6 ends with when it has run to its end and a threshold did not hold. */
const THRESHOLDS_CROSSED = 99;

const filesIn = (out: string, result: string | undefined) => ({
  world: join(out, 'world.json'),
  summary: join(out, 'summary.json'),
  series: join(out, 'series.ndjson'),
  acknowledged: join(out, 'acknowledged.ndjson'),
  text: join(out, 'summary.md'),
  page: join(out, 'report.html'),
  result: result ?? join(out, 'result.json'),
});
type Files = ReturnType<typeof filesIn>;

/** k6 from its first to its last second, and what ran meanwhile. */
async function people(
  target: Target,
  options: LoadOptions,
  run: string,
  files: Files,
  signal: AbortSignal,
): Promise<Look[]> {
  const program = await unless(
    signal,
    ensureK6((line) => console.log(line)),
  );
  console.log(`A group LOAD with ${options.members} members, at ${target.url}`);
  try {
    const world = await unless(signal, makeWorld(target.url, target.sign, run, options));
    writeFileSync(files.world, JSON.stringify(world), { mode: 0o600 });
    const watched = target.look === undefined ? undefined : watch(target.look, LOOK_MS);
    const code = await runK6({ ...options, program, files }, signal);
    const { looks, missed } = (await watched?.stop()) ?? { looks: [], missed: 0 };
    if (missed > 0) console.error(`What runs could not be seen ${missed} times of ${missed + looks.length}.`);
    signal.throwIfAborted();
    if (code !== 0 && code !== THRESHOLDS_CROSSED) throw new UsageError(`k6 ended with code ${code}: see above.`);
    return looks;
  } finally {
    // Tokens do not stay behind.
    rmSync(files.world, { force: true });
  }
}

async function rehearse(target: Target, options: LoadOptions, signal: AbortSignal): Promise<string[]> {
  const { profile, rate, only, stock } = options;
  const started = new Date();
  const run = `${profile}-${started.toISOString().replaceAll(/[:.]/g, '-')}`;
  const out = options.out ?? join(DEFAULT_DIR, 'load', run);
  const files = filesIn(out, options.json);
  mkdirSync(out, { recursive: true });
  const looks = await people(target, options, run, files, signal);

  // What cannot be looked at is a fault of its own; what k6 has measured is told all the same.
  const unseen: string[] = [];
  const seen = async <T>(what: string, looking: Promise<T> | undefined) =>
    looking &&
    unless(signal, looking).catch((error: unknown) => {
      signal.throwIfAborted();
      unseen.push(`${what} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
  const consumers = await seen('consumers', target.drain?.(DRAIN_MS));
  const { books: ask } = target;
  const books =
    options['no-check'] || ask === undefined
      ? undefined
      : await seen(
          'the books',
          agreed(() => ask(files.acknowledged), signal),
        );
  const summary = JSON.parse(readFileSync(files.summary, 'utf8')) as Summary;
  const claimed = flashClaims(await readAcknowledged(files.acknowledged));
  const sums = { ...totals(summary), claimed, oversold: Math.max(0, claimed - stock) };
  const moments = readSeries(files.series);
  // What looks for the end is to find it: late answers are its result.
  const breaking =
    profile === 'breakpoint' ? breakingPoint(moments, limitsOf(summary), crossedLimits(summary)) : undefined;
  const report = {
    ...{ profile, run, started, url: target.url, rate, only, totals: sums },
    ...{ operations: operationRows(summary), moments, looks, memory: memoryOf(looks), consumers, books, breaking },
    broken: brokenRules({
      summary,
      consumers,
      books,
      unseen,
      oversold: sums.oversold,
      stock,
      breaks: profile === 'breakpoint',
    }),
  };
  print(report);
  writeFileSync(files.text, markdown(report));
  writeFileSync(files.page, page(report));
  const drain_s = consumers && Math.max(0, ...consumers.map(({ seconds }) => seconds ?? DRAIN_MS / 1000));
  const said = { load: profile, rate, ...sums, drain_s: drain_s ?? null, broken: report.broken.length };
  writeFileSync(files.result, `${JSON.stringify({ ...said, ...report }, null, 2)}\n`);
  console.log(`\nWith charts:  ${files.page}\nAs text:      ${files.text}\nFor programs: ${files.result}`);
  console.log(JSON.stringify(said));
  return report.broken;
}

runCommand(async () => {
  const options = readOptions();
  const signal = interruption();
  const target = await unless(signal, openTarget(options));
  const broken = await rehearse(target, options, signal).finally(() => target.close());
  if (broken.length === 0) return;
  console.error(`\nDid not hold:\n${broken.map((rule) => `  ${rule}`).join('\n')}`);
  process.exitCode = 1;
});
