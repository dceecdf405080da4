// PostgreSQL refuses to run as root; when we are root (containers, CI) it runs as an unprivileged system user.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to run a program: `prefix` goes before the command line. */
export interface Identity {
  readonly prefix: string[];
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * How the user runs `program` on `folder`. A clone under root's own home is closed to every other user; there setpriv
 * adds the one capability to read and search past that, as root itself could.
 */
export function identityFor(user: SystemUser | null, program: string, folder: string): Identity {
  if (user === null) return { prefix: [] };
  const { uid, gid } = user;
  const check = ['-c', 'test -x "$1" && test -x "$2"', 'sh', program, folder];
  if (spawnSync('/bin/sh', check, { uid, gid, cwd: '/' }).status === 0) return { prefix: [], uid, gid };
  // Containers often lack the narrower capability and have the wider one.
  for (const capability of ['dac_read_search', 'dac_override']) {
    const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...keeping(capability), '--'];
    const [setpriv = '', ...rest] = prefix;
    if (spawnSync(setpriv, [...rest, '/bin/sh', ...check], { cwd: '/' }).status === 0) return { prefix };
  }
  throw new Error(
    `PostgreSQL does not run as root, and user '${user.name}' cannot reach ${program} and ${folder}: move the repository out of a private folder such as /root`,
  );
}

/** Without no_setuid_fixup, access(2) would ignore the capability, and initdb asks by access(2). */
function keeping(capability: string): string[] {
  return [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--securebits=+no_setuid_fixup'];
}

/** Null when this process is not root: then no change of user is needed. */
export function unprivilegedUser(name: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = find(name);
  if (known !== null) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'ignore',
    });
  } catch {
    // Another start may have made it in the same moment; the look-up below decides.
  }
  const user = find(name);
  if (user === null) {
    throw new Error(
      `PostgreSQL does not run as root and user '${name}' could not be created: useradd --system ${name}`,
    );
  }
  return user;
}

function find(name: string): SystemUser | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const fields = line.split(':');
    if (fields[0] === name) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return null;
}
