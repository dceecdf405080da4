// Composes services/*/schema.graphql to gateway/supergraph.graphql, offline.
// `--check` writes nothing and fails when the committed file is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'gateway', 'supergraph.graphql');

await build(['scripts']);
const { compose } = createRequire(import.meta.url)('./dist/graph/compose.js');
try {
  const { supergraphSdl } = compose(root);
  if (existsSync(file) && readFileSync(file, 'utf8') === supergraphSdl) {
    console.log('gateway/supergraph.graphql is fresh');
  } else if (process.argv.includes('--check')) {
    console.error('gateway/supergraph.graphql is out of date: npm run compose');
    process.exitCode = 1;
  } else {
    writeFileSync(file, supergraphSdl);
    console.log('gateway/supergraph.graphql written');
  }
} catch (error) {
  console.error(`The subgraphs do not compose:\n${error.message}`);
  process.exitCode = 1;
}
