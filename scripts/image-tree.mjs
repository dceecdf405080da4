// npm run image:tree -- DIR [--tar FILE] [--maps]: the files of the one image, made from this checkout, and nothing else.
// The same commit gives the same tree: names, contents, modes and times. Prints its digest, its size and what is large.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
// Thousands of small files: one after the other is quicker than thousands of promises.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { browserPackages } from './image/browser.mjs';
import { closure } from './image/closure.mjs';
import { sbom } from './image/sbom.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_MB = 250;
/** Commands for operators, beside the services: they run as Jobs. */
const OPERATIONS = [
  'check-ledger',
  'check-acknowledged',
  'consumers',
  'verify-ledger',
  'republish',
  'hear-again',
  'lost-facts',
  'dead-letters',
  'streams',
  'programme',
  'import-sales',
  'cluster-keys',
].map((name) => `scripts/dist/${name}.js`);
/** Read by path at run time: nobody requires them. */
const READ_BY_PATH = ['gateway/supergraph.graphql', 'gateway/graphiql'];
const NOT_RUN = /(\.map|\.[cm]?tsx?|\.flow|\.md|\.markdown|\.tsbuildinfo|\.swp)$/i;
const LEGAL = /^(licen[cs]e|notice|copying|copyright)/i;
const NOT_CODE = new Set([
  'test',
  'tests',
  'specs',
  '__tests__',
  'docs',
  'example',
  'examples',
  'bench',
  'benchmark',
  '.github',
]);

const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

/** The files below a folder, relative to the root; of a package, those that can matter when it runs. */
function filesOf(folder, isPackage) {
  const found = [];
  const walk = (at, top) => {
    for (const entry of readdirSync(join(root, at), { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (isPackage && (entry.name === 'node_modules' || (top && NOT_CODE.has(entry.name)))) continue;
        walk(path, false);
      } else if (entry.isFile() && (!isPackage || LEGAL.test(entry.name) || !NOT_RUN.test(entry.name))) {
        found.push(path);
      }
    }
  };
  if (!lstatSync(join(root, folder)).isDirectory()) return [folder];
  walk(folder, true);
  return found;
}

/** Texts of licences of a package, if it is installed. */
const legalOf = (folder) =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { withFileTypes: true }) : [])
    .filter((entry) => entry.isFile() && LEGAL.test(entry.name))
    .map(({ name }) => join(folder, name));

/** Everything in the tree: files with where they come from, and the links by which packages of ours are found. */
function plan(maps) {
  const services = readdirSync(join(root, 'services')).sort();
  const programs = [
    'gateway/dist/main.js',
    ...services.flatMap((name) => ['main', 'worker', 'migrate'].map((part) => `services/${name}/dist/${part}.js`)),
    ...OPERATIONS,
  ];
  const { files, own, packages } = closure(root, programs);
  const wanted = new Set(files);
  if (maps) for (const file of files) wanted.add(`${file}.map`);
  for (const folder of own) wanted.add(join(folder, 'package.json'));
  for (const path of READ_BY_PATH) for (const file of filesOf(path, false)) wanted.add(file);
  for (const { folder } of packages.values()) for (const file of filesOf(folder, true)) wanted.add(file);
  for (const { folder, files: built, bundled, ...one } of browserPackages(root)) {
    for (const file of built) wanted.add(join(folder, file));
    for (const from of [folder, ...bundled.map(({ name }) => join('node_modules', name))])
      for (const file of legalOf(from)) wanted.add(file);
    packages.set(folder, { folder, bundled, needs: new Set(), ...one });
  }
  const native = [...wanted].filter((file) => file.endsWith('.node'));
  if (native.length > 0) throw new Error(`the tree is for every machine, ${native[0]} is for one`);
  const links = [...own].map((folder) => ({
    path: join('node_modules', '@atrium', folder.split('/')[1]),
    target: join('..', '..', folder),
  }));
  return { files: [...wanted].sort(), links, packages };
}

function put(dir, path, content, mode = 0o644) {
  const to = join(dir, path);
  mkdirSync(dirname(to), { recursive: true });
  if (content === undefined) copyFileSync(join(root, path), to);
  else writeFileSync(to, content);
  chmodSync(to, mode);
}

/** One line for each file and link; what the digest is of. Sets modes of folders and all times on the way. */
function seal(dir, time) {
  const lines = [];
  let bytes = 0;
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, entry.name);
      const name = relative(dir, path);
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) lines.push(`link ${name} ${readlinkSync(path)}`);
      else {
        const content = readFileSync(path);
        bytes += content.length;
        const mode = (lstatSync(path).mode & 0o777).toString(8);
        lines.push(`${mode} ${name} ${createHash('sha256').update(content).digest('hex')}`);
      }
      lutimesSync(path, time, time);
    }
    chmodSync(at, 0o755);
    lutimesSync(at, time, time);
  };
  walk(dir);
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { digest: `sha256:${digest}`, bytes, count: lines.length };
}

function largest(files) {
  const sizes = new Map();
  for (const file of files) {
    const [first, second, third] = file.split('/');
    const key =
      first !== 'node_modules' ? `${first}/${second}` : second.startsWith('@') ? `${second}/${third}` : second;
    sizes.set(key, (sizes.get(key) ?? 0) + lstatSync(join(root, file)).size);
  }
  return [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 10);
}

/** Makes the tree in an empty or new folder. */
export async function imageTree(dir, { maps = false } = {}) {
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new Error(`${dir} is not empty`);
  await build();
  const { files, links, packages } = plan(maps);
  for (const file of files) put(dir, file);
  for (const { path, target } of links) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    symlinkSync(target, join(dir, path));
  }
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  put(dir, 'atrium.mjs', readFileSync(join(root, 'scripts', 'image', 'atrium.mjs')), 0o755);
  put(dir, 'LICENSE');
  put(dir, 'sbom.cdx.json', `${JSON.stringify(sbom(packages, { name, version, license }, locked), null, 1)}\n`);
  const sealed = seal(dir, Number(process.env['SOURCE_DATE_EPOCH'] ?? 0));
  return { ...sealed, packages: packages.size, largest: largest(files) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { tar: { type: 'string' }, maps: { type: 'boolean', default: false } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length !== 1) fail('npm run image:tree -- DIR [--tar FILE] [--maps]');
  const dir = resolve(positionals[0]);
  const made = await imageTree(dir, values).catch((error) => fail(error.message));
  for (const [name, bytes] of made.largest) console.log(`  ${mb(bytes).padStart(9)}  ${name}`);
  console.log(`${made.count} files, ${made.packages} packages, ${mb(made.bytes)} (at the most ${LIMIT_MB} MB)`);
  console.log(made.digest);
  if (made.bytes > LIMIT_MB * 1e6) fail(`The tree is larger than ${LIMIT_MB} MB.`);
  if (values.tar !== undefined) {
    // As a layer: everything below /app.
    const same = [
      '--sort=name',
      '--format=gnu',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--transform=s,^[.],app,S',
    ];
    const { status } = spawnSync('tar', [...same, '-C', dir, '-cf', resolve(values.tar), '.'], { stdio: 'inherit' });
    if (status !== 0) fail('tar failed');
  }
}
