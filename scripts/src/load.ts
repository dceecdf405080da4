// npm run load: people at a mall, by k6, against the graph that runs here or another. See tests/load/README.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  DEFAULT_DIR,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  readKeys,
  readState,
  ROOT,
  signCallerToken,
  type SignToken,
  UsageError,
} from '@atrium/testkit';
import { runCommand } from './command';
import { drainConsumers } from './load/drain';
import { ensureK6, runK6 } from './load/k6';
import { brokenThresholds, markdown, operationRows, type Summary, totals } from './load/report';
import { makeWorld } from './load/world';

const HELP = `npm run load -- PROFILE [options]
  PROFILE            smoke, average, peak-day, flash-claim, spike, soak or breakpoint
  --rate N           iterations a second at 1x (5)
  --scale N          stretches or squeezes the profile's time (1)
  --slack N          makes the limits of answer times so many times longer (1)
  --members N        2000      --stock N   coupons of the flash (1000)
  --out FOLDER       for summary and page (.atrium/load/…)
  --no-check         leaves out the ledger check
Another graph than the one running here:
  --url URL --signing-key FILE [--issuer NAME] [--audience NAME]   the callers' private JWK
  --nats URL         to see its consumers drain; CHECK_DATABASE_URLS for the ledger check
Ends with 1 when a limit did not hold.`;

const DRAIN_MS = 900_000;
/** What k6 ends with when it has run to its end and a threshold did not hold. */
const THRESHOLDS_CROSSED = 99;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rate: { type: 'string', default: '5' },
        scale: { type: 'string', default: '1' },
        slack: { type: 'string', default: '1' },
        members: { type: 'string', default: '2000' },
        stock: { type: 'string', default: '1000' },
        out: { type: 'string' },
        url: { type: 'string' },
        'signing-key': { type: 'string' },
        issuer: { type: 'string', default: LOCAL_ISSUER },
        audience: { type: 'string', default: LOCAL_AUDIENCE },
        nats: { type: 'string' },
        'no-check': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [profile] = positionals;
    if (profile === undefined || positionals.length !== 1 || values.help) throw new UsageError(HELP);
    const number = (name: 'rate' | 'scale' | 'slack' | 'members' | 'stock') => {
      const value = Number(values[name]);
      if (!(value > 0)) throw new UsageError(`--${name} must be a number above 0, not ${values[name]}`);
      return value;
    };
    if ((values.url === undefined) !== (values['signing-key'] === undefined))
      throw new UsageError('--url needs --signing-key: people of another graph have tokens of its identity provider.');
    return {
      ...values,
      profile,
      rate: number('rate'),
      scale: number('scale'),
      slack: number('slack'),
      members: Math.round(number('members')),
      stock: Math.round(number('stock')),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}
type LoadOptions = ReturnType<typeof readOptions>;

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

runCommand(async () => {
  const options = readOptions();
  const { url, sign, natsUrl } = targetOf(options);
  const { profile } = options;
  const run = `${profile}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  const out = options.out ?? join(DEFAULT_DIR, 'load', run);
  const files = { world: join(out, 'world.json'), summary: join(out, 'summary.json'), page: join(out, 'report.html') };
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
  const sums = totals(summary);
  const broken = brokenThresholds(summary);
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
  writeFileSync(join(out, 'summary.md'), markdown(run, rows, sums, behind, broken));
  console.log(`\nWith charts: ${files.page}\nAs text:     ${join(out, 'summary.md')}`);

  const checkable = options.url === undefined || process.env['CHECK_DATABASE_URLS'] !== undefined;
  if (checkable && !options['no-check']) {
    const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), 'check-ledger'], {
      stdio: 'inherit',
    });
    if (status !== 0) broken.push('the ledger check');
  }
  const drain_s =
    drained === undefined ? null : Math.max(0, ...drained.map(({ seconds }) => seconds ?? DRAIN_MS / 1000));
  console.log(JSON.stringify({ load: profile, rate: options.rate, ...sums, drain_s, broken: broken.length }));
  if (broken.length === 0) return;
  console.error(`\nDid not hold:\n${broken.map((rule) => `  ${rule}`).join('\n')}`);
  process.exit(1);
});
