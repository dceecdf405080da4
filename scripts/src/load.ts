// npm run load: people at a mall, by k6, against the graph that runs here or another. See tests/load/README.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_DIR, readKeys, readState, ROOT, signCallerToken, type SignToken, UsageError } from '@atrium/testkit';
import { openDatabases, databaseUrls } from './check/databases';
import { runCommand } from './command';
import { compareWithDatabases, flashClaims, type Kept, readAcknowledged } from './load/acknowledged';
import { drainConsumers } from './load/drain';
import { ensureK6, runK6 } from './load/k6';
import { type LoadOptions, readOptions } from './load/options';
import { brokenThresholds, markdown, operationRows, type Summary, totals } from './load/report';
import { makeWorld } from './load/world';

const DRAIN_MS = 900_000;
/** What k6 ends with when it has run to its end and a threshold did not hold. */
const THRESHOLDS_CROSSED = 99;

function targetOf(options: LoadOptions): { url: string; sign: SignToken; natsUrl: string | undefined } {
  const { url, issuer, audience } = options;
  if (url === undefined || options['signing-key'] === undefined) {
    const state = readState();
    const keys = readKeys(DEFAULT_DIR);
    return {
      url: state.gatewayUrl,
      sign: (subject, claim) => signCallerToken(keys, subject, claim),
      natsUrl: options.nats ?? state.natsUrl,
    };
  }
  const key = JSON.parse(readFileSync(options['signing-key'], 'utf8')) as Parameters<
    typeof signCallerToken
  >[0]['issuer'];
  return {
    url,
    sign: (subject, claim) => signCallerToken({ issuer: key }, subject, claim, { issuer, audience }),
    natsUrl: options.nats,
  };
}

/** The whole ledger, and each acknowledged write: what is wrong, a line each. */
async function checkBooks(acknowledged: string): Promise<{ kept: Kept[]; wrong: string[] }> {
  const db = openDatabases(databaseUrls());
  const kept = await compareWithDatabases(db, await readAcknowledged(acknowledged)).finally(() => db.close());
  const wrong = kept.flatMap(({ write, lost, doubled, examples }) =>
    lost + doubled === 0
      ? []
      : [`${write}: ${lost} lost, ${doubled} doubled of what was acknowledged: ${examples.join(', ')}`],
  );
  console.table(kept.map(({ examples: _, ...row }) => row));
  const command = [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'];
  if (spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0) wrong.push('the ledger check');
  return { kept, wrong };
}

runCommand(async () => {
  const options = readOptions();
  const { url, sign, natsUrl } = targetOf(options);
  const { profile } = options;
  const started = new Date();
  const run = `${profile}-${started.toISOString().replaceAll(/[:.]/g, '-')}`;
  const out = options.out ?? join(DEFAULT_DIR, 'load', run);
  const files = {
    world: join(out, 'world.json'),
    summary: join(out, 'summary.json'),
    page: join(out, 'report.html'),
    acknowledged: join(out, 'acknowledged.ndjson'),
    result: options.json ?? join(out, 'result.json'),
  };
  mkdirSync(out, { recursive: true });
  const program = await ensureK6((line) => console.log(line));
  console.log(`A group LOAD with ${options.members} members, at ${url}`);
  let code: number;
  try {
    const world = await makeWorld(url, sign, run, options);
    writeFileSync(files.world, JSON.stringify(world), { mode: 0o600 });
    code = await runK6({ ...options, program, files });
  } finally {
    // Tokens do not stay behind.
    rmSync(files.world, { force: true });
  }
  if (code !== 0 && code !== THRESHOLDS_CROSSED) throw new UsageError(`k6 ended with code ${code}: see above.`);

  const drained = natsUrl === undefined ? undefined : await drainConsumers(natsUrl, DRAIN_MS);
  const summary = JSON.parse(readFileSync(files.summary, 'utf8')) as Summary;
  const rows = operationRows(summary);
  const claimed = flashClaims(await readAcknowledged(files.acknowledged));
  const sums = { ...totals(summary), claimed, oversold: Math.max(0, claimed - options.stock) };
  const broken = brokenThresholds(summary);
  if (sums.oversold > 0) broken.push(`oversold: ${claimed} coupons of ${options.stock}`);
  const late = drained?.filter(({ seconds }) => seconds === null) ?? [];
  broken.push(...late.map(({ consumer }) => `${consumer} had not caught up after ${DRAIN_MS / 1000} s`));
  const behind = drained?.filter((row) => row.behind > 0 || row.seconds !== 0);
  console.table(rows);
  if (drained !== undefined && behind !== undefined) {
    if (behind.length > 0) console.table(behind);
    console.log(
      `${drained.length - behind.length} of ${drained.length} consumers had nothing left when the load ended.`,
    );
  }
  const checkable = options.url === undefined || process.env['CHECK_DATABASE_URLS'] !== undefined;
  const books = checkable && !options['no-check'] ? await checkBooks(files.acknowledged) : null;
  broken.push(...(books?.wrong ?? []));
  const drain_s =
    drained === undefined ? null : Math.max(0, ...drained.map(({ seconds }) => seconds ?? DRAIN_MS / 1000));
  const said = { load: profile, rate: options.rate, ...sums, drain_s, broken: broken.length };
  const result = {
    ...said,
    run,
    started,
    url,
    only: options.only,
    operations: rows,
    consumers: drained,
    books,
    broken,
  };
  writeFileSync(files.result, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(out, 'summary.md'), markdown(run, rows, sums, behind, broken));
  console.log(`\nWith charts:  ${files.page}\nAs text:      ${join(out, 'summary.md')}\nFor programs: ${files.result}`);
  console.log(JSON.stringify(said));
  if (broken.length === 0) return;
  console.error(`\nDid not hold:\n${broken.map((rule) => `  ${rule}`).join('\n')}`);
  process.exit(1);
});
