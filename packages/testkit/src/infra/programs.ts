// Programs that are not npm packages: where they may be on this machine, and Go as the way to get one.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Looks on PATH, where systems and Go put programs, and in `.atrium/bin`. Null when it is nowhere to be found. */
export function findProgram(name: string): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    ...(process.env['GOBIN'] === undefined ? [] : [process.env['GOBIN']]),
    join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin'),
    localBin(),
  ];
  for (const folder of folders) {
    if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** Compiles a Go program (`module@version`) into `.atrium/bin`. */
export async function goInstall(module: string): Promise<void> {
  mkdirSync(localBin(), { recursive: true });
  const go = isExecutable('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : 'go';
  await run(go, ['install', module], { env: { ...process.env, GOBIN: localBin() }, maxBuffer: 16 * 1024 * 1024 });
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
