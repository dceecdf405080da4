// PostgreSQL refuses to run as root; when we are root (containers, CI) it runs as an unprivileged system user.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Null when this process is not root: then no change of user is needed. */
export async function unprivilegedUser(name: string): Promise<SystemUser | null> {
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
