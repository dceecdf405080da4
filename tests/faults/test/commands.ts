// The commands as a user runs them: processes of their own, with a graph in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, freePortRow, type LocalState, readState, ROOT } from '@atrium/testkit';

export interface Ended {
  code: number | null;
  /** Standard output and standard error, as they came. */
  text: string;
}

export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  text(): string;
}

/** `npm run NAME -- ARGS` without npm in between, so that a signal meets the program itself. */
export function command(
  dir: string,
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Command {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), name, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ATRIUM_DIR: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, text })));
  return { process: child, ended, text: () => text };
}

export const run = (...how: Parameters<typeof command>): Promise<Ended> => command(...how).ended;

export interface Ports {
  gateway: number;
  subgraphs: number;
  postgres: number;
  nats: number;
}

export async function freePorts(): Promise<Ports> {
  return {
    gateway: await freePort(),
    subgraphs: await freePortRow(6),
    postgres: await freePort(),
    nats: await freePort(),
  };
}

export const portOptions = (ports: Ports): string[] => [
  ...['--port', String(ports.gateway), '--subgraph-port', String(ports.subgraphs)],
  ...['--postgres-port', String(ports.postgres), '--nats-port', String(ports.nats)],
];

export interface StartedGraph {
  readonly dir: string;
  readonly ports: Ports;
  /** Read anew each time: a service that was started again has another pid. */
  state(): LocalState;
  text(): string;
  run(name: string, args?: readonly string[]): Promise<Ended>;
  command(name: string, args?: readonly string[]): Command;
  /** Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null>;
  /** Ends it and forgets its folder. */
  end(): Promise<void>;
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'atrium-faults-'));

const READY = /^ *[\d.]+ s {2}ready$/m;

/** `npm start`, ready. */
export async function npmStart(
  options: { dir?: string; ports?: Ports; args?: readonly string[] } = {},
): Promise<StartedGraph> {
  const dir = options.dir ?? newFolder();
  const ports = options.ports ?? (await freePorts());
  const start = command(dir, 'start', [...portOptions(ports), ...(options.args ?? [])]);
  const ready = eventually(() => READY.test(start.text()), {
    what: 'npm start is ready',
    timeoutMs: 300_000,
    everyMs: 100,
  });
  const failed = start.ended.then(({ text }) => Promise.reject(new Error(text)));
  await Promise.race([ready, failed]).catch((error: unknown) => {
    start.process.kill('SIGKILL');
    throw error;
  });
  failed.catch(() => undefined);
  const interrupt = async () => {
    start.process.kill('SIGINT');
    return (await start.ended).code;
  };
  return {
    dir,
    ports,
    state: () => readState(dir),
    text: start.text,
    run: (name, args) => run(dir, name, args),
    command: (name, args) => command(dir, name, args),
    interrupt,
    async end() {
      await interrupt();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
