// Finds nats-server on this machine, or installs it when asked to.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULE = 'github.com/nats-io/nats-server/v2@v2.12.14';

const HOW_TO_GET_IT = `nats-server (2.9 or newer) was not found. Get it with one of:
  apt-get install nats-server      (Debian, Ubuntu)
  brew install nats-server         (macOS)
  go install ${MODULE}   (or newer)
or point NATS_URL at a server that already runs with JetStream.`;

export interface EnsureNatsOptions {
  install?: boolean;
  log?: (line: string) => void;
}

/** The path of nats-server; with `install` it is fetched by the system's package manager or by Go when missing. */
export async function ensureNatsServer(options: EnsureNatsOptions = {}): Promise<string> {
  const found = findNatsServer();
  if (found !== null) return found;
  if (options.install !== true) throw new Error(HOW_TO_GET_IT);
  const failures: string[] = [];
  for (const [name, install] of installers()) {
    options.log?.(`nats-server is missing: installing it with ${name}`);
    try {
      await install();
      const installed = findNatsServer();
      if (installed !== null) return installed;
      failures.push(`${name}: finished, but nats-server is still not there`);
    } catch (error) {
      failures.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new Error([HOW_TO_GET_IT, ...failures.map((failure) => `tried ${failure}`)].join('\n'));
}

/** Null when it is nowhere to be found. */
export function findNatsServer(): string | null {
  const home = homedir();
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    ...(process.env['GOBIN'] === undefined ? [] : [process.env['GOBIN']]),
    join(process.env['GOPATH'] ?? join(home, 'go'), 'bin'),
    localBin(),
  ];
  for (const folder of folders) {
    if (folder !== '' && isExecutable(join(folder, 'nats-server'))) return join(folder, 'nats-server');
  }
  return null;
}

function installers(): [name: string, install: () => Promise<void>][] {
  const list: [string, () => Promise<void>][] = [];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    list.push(['apt-get', aptInstall]);
  }
  list.push(['go install', goInstall]);
  return list;
}

async function aptInstall(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-q', '--no-install-recommends', 'nats-server'];
  try {
    await run('apt-get', install, { env });
  } catch {
    // On a fresh image the package lists are empty.
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', install, { env });
  }
}

async function goInstall(): Promise<void> {
  mkdirSync(localBin(), { recursive: true });
  const go = isExecutable('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : 'go';
  await run(go, ['install', MODULE], { env: { ...process.env, GOBIN: localBin() }, maxBuffer: 16 * 1024 * 1024 });
}

/** `.atrium/bin` of the repository this file belongs to. */
function localBin(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, '.atrium', 'bin');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').slice(0, 2).join(' ').trim();
}
