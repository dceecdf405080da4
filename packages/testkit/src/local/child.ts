import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';

export interface NodeChildOptions {
  name: string;
  script: string;
  args?: string[];
  env: Record<string, string>;
  logFile: string;
  /** Another Node.js than this one. */
  node?: string | undefined;
  nodeOptions?: string[];
  /** Asked until it answers 200. */
  readyUrl?: string;
  onExit?(code: number | null, signal: NodeJS.Signals | null): void;
}

export interface NodeChild {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Seven of them start beside each other, on a machine that may have other things to do. One that ends is noticed at once. */
const READY_MS = 300_000;
const STOP_MS = 30_000;

/**
 * Starts a Node.js program as a process of its own and waits until it is ready. It gets only the environment named here, ends
 * when this process ends (IPC channel), and does not hear this terminal's Ctrl-C: it is stopped in order.
 */
export async function startNode(options: NodeChildOptions): Promise<NodeChild> {
  const log = openSync(options.logFile, 'a');
  const child: ChildProcess = fork(options.script, options.args ?? [], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    execArgv: ['--enable-source-maps', ...(options.nodeOptions ?? [])],
    ...(options.node ? { execPath: options.node } : {}),
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true;
      options.onExit?.(code, signal);
      resolve(code);
    });
  });
  const handle: NodeChild = {
    name: options.name,
    pid: child.pid ?? -1,
    ended,
    kill: (signal) => void (over || child.kill(signal)),
    async stop() {
      if (over) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
  if (options.readyUrl) {
    const deadline = Date.now() + READY_MS;
    while (!(await answersOk(options.readyUrl))) {
      if (over || Date.now() > deadline) {
        handle.kill('SIGKILL');
        throw new Error(
          `${options.name} did not start. Its log, ${options.logFile}, ends with:\n${tail(options.logFile)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  return handle;
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const req = request(url, { timeout: 2_000 }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
    req.on('timeout', () => req.destroy());
    req.end();
  });
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}
