// A server run as a child process that never outlives the process that started it.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The pipe on its stdin closes when the starter ends, even by SIGKILL; only then does the guard act.
// `read` is a builtin, so the guard is one process; it ignores Ctrl-C because the starter stops servers in order.
const GUARD = `trap '' INT TERM HUP
while read -r _; do :; done
kill -s "$1" "$2" 2>/dev/null
n=0
while kill -0 "$2" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
kill -s KILL "$2" 2>/dev/null
if [ -n "$3" ]; then rm -rf -- "$3"; fi`;

export interface ServerChildOptions {
  command: string;
  args: string[];
  logFile: string;
  /** The signal for an orderly stop. */
  stopSignal: NodeJS.Signals;
  uid?: number;
  gid?: number;
  env?: NodeJS.ProcessEnv;
  /** A folder to delete when the starter dies without stopping the server. */
  removeOnOrphan?: string;
  onExit?(how: string): void;
}

export interface ServerChild {
  readonly pid: number;
  /** Null while it runs, then how it ended. */
  ended(): string | null;
  /** Sends the signal and waits for the end; after the grace time it is killed. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

/** Starts a server in its own process group, output to a file, with a guard that ends it when this process dies. */
export async function startServerChild(options: ServerChildOptions): Promise<ServerChild> {
  const log = openSync(options.logFile, 'a');
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: '/',
      env: options.env ?? process.env,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    });
  } finally {
    closeSync(log);
  }
  let ending: string | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve();
      options.onExit?.(ending);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  const guard = spawn(
    '/bin/sh',
    ['-c', GUARD, 'guard', options.stopSignal.replace(/^SIG/, ''), String(pid), options.removeOnOrphan ?? ''],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' },
  );
  guard.stdin.on('error', () => undefined);
  child.once('exit', () => {
    guard.kill('SIGKILL');
    guard.stdin.destroy();
  });
  // A forgotten server must not keep the process alive; the guard ends it.
  child.unref();
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();

  return {
    pid,
    ended: () => ending,
    async stop(signal = options.stopSignal, graceMs = 20_000) {
      if (ending !== null) return;
      child.ref();
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Below the range from which the system gives ports to outgoing connections: none of those can take it meanwhile. */
const FIRST_PORT = 12_000;
const PORTS = 20_000;
let nextPort = Math.floor(Math.random() * PORTS);

/** So long a port is left to whoever was given it, who listens on it before. */
const RESERVED_MS = 300_000;

/**
 * Whether the port is this process's now. Specs run beside each other, each in a process of its own, and between the look at a port
 * and the server on it there is time for another one's look.
 */
function reserve(port: number): boolean {
  const folder = join(tmpdir(), 'atrium-ports');
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, String(port));
  try {
    closeSync(openSync(mark, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (Date.now() - statSync(mark).mtimeMs < RESERVED_MS) return false;
  utimesSync(mark, new Date(), new Date());
  return true;
}

/** A port of 127.0.0.1 that nobody listens on at the moment, and that nobody else is given; never the same one twice. */
export const freePort = (): Promise<number> => freePortRow(1);

/** The first of so many free ports in a row. */
export async function freePortRow(count: number): Promise<number> {
  for (let tries = 0; tries < PORTS; tries++) {
    if ((nextPort % PORTS) + count > PORTS) nextPort = 0;
    const first = FIRST_PORT + (nextPort % PORTS);
    nextPort += count;
    const row = Array.from({ length: count }, (_, i) => first + i);
    if (!row.every(reserve)) continue;
    const taken = await Promise.all(row.map(isPortTaken));
    if (!taken.includes(true)) return first;
  }
  throw new Error('no free port');
}

export function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}

export function tail(file: string, lines = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

/** Polls until `probe` succeeds; fails at once with the log's last lines when the server ended. */
export async function untilReady(what: string, child: ServerChild, logFile: string, probe: () => Promise<void>) {
  const deadline = Date.now() + 300_000;
  let last: unknown = null;
  for (;;) {
    const ending = child.ended();
    if (ending !== null) throw new Error(`${what} ended while starting (${ending}):\n${tail(logFile)}`);
    try {
      await probe();
      return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      await child.stop('SIGKILL');
      throw new Error(`${what} was not ready after 300 s: ${String(last)}\n${tail(logFile)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
