// npm test: everything that needs no cluster, on a fresh machine after `npm ci`. Ends with `N passed, N failed`.
// `--faults` adds what kills processes and brokers in the middle of an import: some minutes more.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const faults = process.argv.includes('--faults');
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
const bin = join(root, 'node_modules', '.bin');
const plain = /\x1b\[[0-9;]*m/g;

let passed = 0;
let failed = 0;

function run(command, args, { count = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, PATH: `${bin}:${env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
        process.stdout.write(chunk);
      });
    }
    child.on('close', (code) => {
      if (count) {
        for (const [, line] of text.replace(plain, '').matchAll(/^\s*(?:\S+: )?Tests:\s+(.*)$/gm)) {
          passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0);
          failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0);
        }
      }
      resolve(code ?? 1);
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
}

/** A check is one test: it passes or fails as a whole. */
async function check(what, command, args) {
  const started = Date.now();
  console.log(`\n== ${what}`);
  const code = await run(command, args);
  console.log(`== ${what}: ${code === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) passed++;
  else failed++;
}

async function tests(what, args) {
  const begun = Date.now();
  console.log(`\n== ${what}`);
  const before = failed;
  const code = await run('nx', [...args, '--output-style=static'], { count: true });
  // A suite that cannot even be loaded fails no single test.
  if (code !== 0 && failed === before) failed++;
  console.log(`== ${what}: ${code === 0 ? 'ok' : 'FAILED'} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

const started = Date.now();
await check('format', 'prettier', ['--check', '--log-level', 'warn', '.']);
await check('protobuf lint', 'buf', ['lint', 'proto']);
const generated = mkdtempSync(join(tmpdir(), 'atrium-proto-'));
await check('generated protobuf code is fresh', 'bash', [
  '-c',
  `cd proto && buf generate -o "${generated}/proto" && diff -r "${generated}/packages/contracts/src/generated" ../packages/contracts/src/generated`,
]);
rmSync(generated, { recursive: true, force: true });
await check('protobuf against the last release', process.execPath, ['scripts/check-proto.mjs']);
await check('schema.graphql files are fresh', process.execPath, ['scripts/emit-schemas.mjs', '--check']);
await check('supergraph and client types are fresh', process.execPath, ['scripts/compose.mjs', '--check']);
await check('schemas and READMEs of charts are fresh', process.execPath, ['scripts/charts.mjs', '--check']);
await check('graph against the contract', process.execPath, ['scripts/check-graph.mjs']);
// One process over the whole tree is quicker than one for each project; `nx affected -t lint typecheck` is there for a change.
await check('project graph', 'nx', ['show', 'projects']);
await check('lint', 'eslint', ['--max-warnings', '0', '.']);
await check('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']);
await tests('unit and integration tests', [
  'run-many',
  '-t',
  'test',
  '--parallel=2',
  '--exclude=tests-e2e,tests-upgrade,tests-faults',
]);
await tests('stories through the gateway', ['run', 'tests-e2e:test']);
await tests('beside the release before', ['run', 'tests-upgrade:test']);
if (faults) await tests('faults', ['run', 'tests-faults:test']);
console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s`);
if (process.env['ATRIUM_PREVIOUS'] === 'none') console.log('LEFT OUT: this release beside the one before; no history.');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
