// Compares the composed API schema with the public contract, and the graph and each subgraph with the release before: nothing may be
// missing or narrower, save what gateway/contract-exceptions.json and "graph" in release/previous.json list with its reason.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { extract, previousRelease } from './previous-release.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => readFileSync(join(root, 'gateway', name), 'utf8');

await build(['scripts']);
const require = createRequire(import.meta.url);
// By require, as the composition does: two copies of graphql do not know each other's types.
const { buildSchema } = require('graphql');
const { compose } = require('./dist/graph/compose.js');
const { compareSchemas } = require('./dist/graph/compare-schemas.js');
const { compareReleases } = require('./dist/graph/compare-releases.js');
const { applyExceptions, parseExceptions } = require('./dist/graph/contract-exceptions.js');

function check(differences, exceptions, kept) {
  const allowed = parseExceptions(exceptions);
  const { open, unused } = applyExceptions(differences, allowed);
  for (const { at, rule, detail } of open) console.error(`${at} ${detail} [${rule}]`);
  for (const { at, rule } of unused)
    console.error(`${at} [${rule}] is excepted but no longer differs: remove the exception`);
  if (open.length + unused.length > 0) process.exitCode = 1;
  else console.log(`${kept} (${allowed.length} exceptions).`);
}

const previous = mkdtempSync(join(tmpdir(), 'atrium-graph-'));
try {
  const differences = compareSchemas(buildSchema(read('contract.graphql')), compose(root).api);
  check(differences, JSON.parse(read('contract-exceptions.json')), 'The graph keeps the contract');
  const release = previousRelease();
  if (release === null) console.log('Left out: this checkout has no release before.');
  else {
    extract(release.commit, previous, ['services', 'gateway/subscriptions.graphql']);
    check(compareReleases(previous, root), release.graph, `The graph keeps what ${release.commit} published`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(previous, { recursive: true, force: true });
}
