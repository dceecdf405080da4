// Finds nats-server on this machine, or installs it when asked to.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findProgram, goInstall } from './programs';

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
export const findNatsServer = (): string | null => findProgram('nats-server');

function installers(): [name: string, install: () => Promise<void>][] {
  const list: [string, () => Promise<void>][] = [];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    list.push(['apt-get', aptInstall]);
  }
  list.push(['go install', () => goInstall(MODULE)]);
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

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').slice(0, 2).join(' ').trim();
}
