// What a set of programs needs to run: our own compiled files that they load, and the packages those load.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { builtinModules } from 'node:module';

const LOADS = /\b(?:require|require\.resolve|import)\(\s*["']([^"']+)["']\s*\)/g;
/** `join(__dirname, '..', 'a.js')`: a program that is started as a process of its own. */
const STARTS = /__dirname((?:,\s*["'][^"']+["'])+)\)/g;
const builtin = new Set(builtinModules);
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @typedef {{folder: string, manifest: object, needs: Set<string>}} Package */

/**
 * @param {string} root of the repository
 * @param {string[]} programs compiled files, relative to it
 * @returns {{files: string[], own: Set<string>, packages: Map<string, Package>}} files and folders relative to the root
 */
export function closure(root, programs) {
  const files = new Set();
  const own = new Set();
  const packages = new Map();

  const visitFile = (file) => {
    if (files.has(file)) return;
    if (!existsSync(join(root, file))) throw new Error(`${file} is missing`);
    files.add(file);
    const code = readFileSync(join(root, file), 'utf8');
    for (const [, parts] of code.matchAll(STARTS)) {
      const started = join(dirname(file), ...[...parts.matchAll(/["']([^"']+)["']/g)].map(([, part]) => part));
      if (started.endsWith('.js')) visitFile(started);
    }
    for (const [, name] of code.matchAll(LOADS)) {
      if (name.startsWith('.')) visitFile(relative(root, fileAt(resolve(root, dirname(file), name))));
      else if (name.startsWith('node:') || builtin.has(name.split('/')[0])) continue;
      else if (name.startsWith('@atrium/')) visitOwn(name);
      else visitPackage(packageName(name), join(root, dirname(file)), file);
    }
  };

  /** `@atrium/platform/light` -> what `exports` of packages/platform says it is. */
  const visitOwn = (specifier) => {
    const folder = join('packages', specifier.split('/')[1]);
    const { main, exports: entries = {} } = readJson(join(root, folder, 'package.json'));
    const entry = `.${specifier.slice(packageName(specifier).length)}`;
    own.add(folder);
    visitFile(join(folder, entries[entry]?.default ?? main));
  };

  const visitPackage = (name, from, wantedBy, optional = false) => {
    const folder = find(root, from, name);
    if (folder === undefined) {
      if (optional) return undefined;
      throw new Error(`${wantedBy} needs ${name}, which is not installed`);
    }
    if (!packages.has(folder)) {
      const manifest = readJson(join(root, folder, 'package.json'));
      const entry = { folder, manifest, needs: new Set() };
      packages.set(folder, entry);
      for (const { name: needed, optional: may } of wants(manifest)) {
        const at = visitPackage(needed, join(root, folder), folder, may);
        if (at !== undefined) entry.needs.add(at);
      }
    }
    return folder;
  };

  programs.forEach(visitFile);
  return { files: [...files].sort(), own, packages };
}

function wants({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  // An optional peer is used when somebody else brings it, never brought for its own sake.
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [
    ...Object.keys(dependencies).map((name) => ({ name, optional: name in optionalDependencies })),
    ...Object.keys(optionalDependencies).map((name) => ({ name, optional: true })),
    ...peers.map((name) => ({ name, optional: true })),
  ];
}

const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function fileAt(path) {
  const file = [path, `${path}.js`, join(path, 'index.js')].find((p) => /\.(js|json)$/.test(p) && existsSync(p));
  if (file === undefined) throw new Error(`${path} is missing: is everything compiled?`);
  return file;
}

/** As Node.js looks for it: in the node_modules of each folder upwards. */
function find(root, from, name) {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return relative(root, candidate);
  }
  return undefined;
}
