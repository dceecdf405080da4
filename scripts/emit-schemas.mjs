// Writes each service's SDL to services/<name>/schema.graphql, so that an API change is visible in review.
// `--check` writes nothing and fails when a committed file is out of date.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const services = ['member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging'];
const check = process.argv.includes('--check');

// A process for each: the decorators' registry is global to a process.
const program = `
require('reflect-metadata');
const exported = Object.values(require(process.argv[1]));
const definition = exported.find((value) => value && typeof value.buildSubgraph === 'function');
definition.buildSubgraph().then(({ sdl }) => process.stdout.write(sdl));
`;

await build();
let stale = 0;
for (const service of services) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-e', program, join(root, 'services', service, 'dist', 'app.js')],
    {
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const file = join(root, 'services', service, 'schema.graphql');
  if (existsSync(file) && readFileSync(file, 'utf8') === stdout) continue;
  if (check) {
    console.error(`services/${service}/schema.graphql is out of date: npm run gen:schema`);
    stale++;
  } else {
    writeFileSync(file, stdout);
    console.log(`services/${service}/schema.graphql written`);
  }
}
process.exit(stale === 0 ? 0 : 1);
