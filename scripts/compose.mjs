// Composes services/*/schema.graphql, offline, to gateway/supergraph.graphql and to what clients see of it: the public
// schema (packages/client/schema.graphql) and its types. `--check` writes nothing and fails when a file is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await build(['scripts']);
const require = createRequire(import.meta.url);
// By require, as the composition does: two copies of graphql do not know each other's types.
const { printSchema } = require('graphql');
const { compose } = require('./dist/graph/compose.js');
const { clientTypes } = require('./dist/graph/client-types.js');

function write(file, text) {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) {
    console.log(`${file} is fresh`);
  } else if (process.argv.includes('--check')) {
    console.error(`${file} is out of date: npm run compose`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`${file} written`);
  }
}

try {
  const { supergraphSdl, api } = compose(root);
  write('gateway/supergraph.graphql', supergraphSdl);
  write('packages/client/schema.graphql', `${printSchema(api)}\n`);
  write('packages/client/src/generated/graph.ts', clientTypes(api));
} catch (error) {
  console.error(`The subgraphs do not compose:\n${error.message}`);
  process.exitCode = 1;
}
