// Runs one of scripts/src by name, on a fresh clone too: installs packages and compiles what is missing first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...args] = process.argv.slice(2);
const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Atrium needs Node.js 20.19 or newer (24 LTS is best); this is ${process.versions.node}.`);
}
if (!existsSync(join(root, 'node_modules', '@swc', 'core'))) {
  process.stderr.write('Installing npm packages (npm ci), about a minute …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0)
    fail('npm ci failed: see above. Atrium needs its packages; check the network and the npm registry settings.');
}
const { build } = await import('./build.mjs');
await build();
process.argv.splice(1, process.argv.length - 1, join(root, 'scripts', 'dist', `${name}.js`), ...args);
await import(pathToFileURL(process.argv[1]).href);
