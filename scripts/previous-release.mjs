// The release before this one: what this one is to run beside and to go back to (docs/adr/0041). release/previous.json names its commit.
// `node scripts/previous-release.mjs DIR` makes it ready to run in DIR; `--check` only looks whether it is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FILE = 'release/previous.json';
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });

/** ATRIUM_PREVIOUS names another commit, to try this release beside an older one; `none`, where there is no history: null. */
export function previousRelease() {
  if (process.env['ATRIUM_PREVIOUS'] === 'none') return null;
  const { commit, graph } = JSON.parse(readFileSync(join(root, FILE), 'utf8'));
  const wanted = process.env['ATRIUM_PREVIOUS'] || commit;
  const found = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${wanted}^{commit}`).stdout?.trim();
  if (!found) throw new Error(missing(wanted));
  if (git('merge-base', '--is-ancestor', found, 'HEAD').status !== 0)
    throw new Error(`${wanted} is not in the history of this checkout. ${FILE} must name a commit that is.`);
  return { commit: found, graph };
}

function missing(wanted) {
  const what = `The release before this one is ${wanted}, and this clone does not have it.`;
  const shallow = git('rev-parse', '--is-shallow-repository').stdout?.trim();
  if (shallow === 'true')
    return `${what} Its history is cut off: git fetch --unshallow (in CI, a checkout of depth 0).`;
  if (shallow === 'false') return `${what} Fetch it, or correct ${FILE}.`;
  return `${what} This folder is no git clone: npm test needs one, with its history.`;
}

/** Writes files of a commit into an empty folder. */
export function extract(commit, dir, paths = []) {
  const archive = execFileSync('git', ['archive', '--format=tar', commit, ...paths], { cwd: root, maxBuffer: 1 << 30 });
  mkdirSync(dir, { recursive: true });
  execFileSync('tar', ['-x', '-C', dir], { input: archive });
}

/** The whole release, compiled by its own build, with the packages that its lockfile names. */
async function make(dir) {
  const commit = previousRelease()?.commit;
  if (commit === undefined) throw new Error('ATRIUM_PREVIOUS is none: there is no release to make.');
  extract(commit, dir);
  const [its, ours] = [dir, root].map(readLock);
  // The same packages are shared; others are installed, which takes a minute and needs the registry.
  if (isDeepStrictEqual(its.packages, ours.packages)) linkPackages(dir, its.own);
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: dir, stdio: ['ignore', 2, 2] });
  execFileSync(process.execPath, [join(dir, 'scripts', 'build.mjs')], { cwd: dir, stdio: ['ignore', 2, 2] });
  console.log(`${commit} is ready in ${dir}`);
}

/** A lockfile: packages of others, and the folders of this repository that are linked beside them. */
function readLock(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
  return {
    packages: Object.fromEntries(installed.filter(([, { link }]) => !link)),
    own: installed.filter(([, { link }]) => link).map(([path, { resolved }]) => ({ path, folder: resolved })),
  };
}

/** One link for each package. Not one for them all: `@atrium/platform` would be this checkout's, not the release's own. */
function linkPackages(dir, own) {
  const [here, there] = [root, dir].map((folder) => join(folder, 'node_modules'));
  mkdirSync(there);
  for (const name of readdirSync(here)) if (name !== '@atrium') symlinkSync(join(here, name), join(there, name));
  for (const { path, folder } of own) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    symlinkSync(join(dir, folder), join(dir, path));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (process.argv[2] === '--check') previousRelease();
    else await make(resolve(process.argv[2]));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
