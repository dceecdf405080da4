// Compares the composed API schema with the public contract: nothing may be missing or narrower, save what
// gateway/contract-exceptions.json lists with its reason.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => readFileSync(join(root, 'gateway', name), 'utf8');

await build(['scripts']);
const require = createRequire(import.meta.url);
// By require, as the composition does: two copies of graphql do not know each other's types.
const { buildSchema } = require('graphql');
const { compose } = require('./dist/graph/compose.js');
const { compareSchemas } = require('./dist/graph/compare-schemas.js');
const { applyExceptions, parseExceptions } = require('./dist/graph/contract-exceptions.js');

try {
  const { api } = compose(root);
  const differences = compareSchemas(buildSchema(read('contract.graphql')), api);
  const allowed = parseExceptions(read('contract-exceptions.json'));
  const { open, unused } = applyExceptions(differences, allowed);
  for (const { at, rule, detail } of open) console.error(`${at} ${detail} [${rule}]`);
  for (const { at, rule } of unused)
    console.error(`${at} [${rule}] is excepted but no longer differs: remove the exception`);
  if (open.length + unused.length > 0) process.exitCode = 1;
  else console.log(`The graph keeps the contract (${allowed.length} exceptions).`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
