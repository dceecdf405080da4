// Compiles src/ to dist/ with SWC: `node scripts/build.mjs [project folder …]`, all projects when none is named.
// Only files that are newer than their output are compiled; types are checked elsewhere (`npm run typecheck`).
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PARENTS = ['packages', 'services'];
const SINGLE = ['gateway', 'scripts', 'packages/client/example'];

async function projects() {
  const nested = await Promise.all(
    PARENTS.map(async (p) => (await readdir(join(root, p))).map((name) => join(p, name))),
  );
  return [...nested.flat(), ...SINGLE];
}

async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
}

const modified = async (file) => (await stat(file).catch(() => null))?.mtimeMs ?? 0;

export async function build(folders) {
  const settings = Math.max(await modified(join(root, '.swcrc')), await modified(fileURLToPath(import.meta.url)));
  let compiled = 0;
  for (const folder of folders ?? (await projects())) {
    const src = join(root, folder, 'src');
    const dist = join(root, folder, 'dist');
    const wanted = new Set();
    for (const file of await files(src)) {
      if (file.endsWith('.spec.ts')) continue;
      const out = join(dist, relative(src, file)).replace(/\.ts$/, '.js');
      wanted.add(out).add(`${out}.map`);
      if ((await modified(out)) > Math.max(await modified(file), settings)) continue;
      await mkdir(dirname(out), { recursive: true });
      if (!file.endsWith('.ts')) {
        await copyFile(file, out);
        continue;
      }
      const { code, map } = await transformFile(file, { configFile: join(root, '.swcrc'), cwd: root });
      await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').at(-1)}.map\n`);
      await writeFile(`${out}.map`, map ?? '{}');
      compiled++;
    }
    for (const old of await files(dist)) if (!wanted.has(old)) await rm(old);
  }
  return compiled;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  const count = await build(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  console.log(`compiled ${count} files in ${Date.now() - started} ms`);
}
