// The processes of the gateway benchmark: gateways on one core, everything else on the other.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '@atrium/testkit';

export interface Contender {
  name: string;
  pid: number;
  url: string;
}

export interface Run {
  url: string;
  query: string;
  tokens: string[];
  connections: number;
  seconds: number;
}

export interface Answers {
  done: number;
  failed: number;
  seconds: number;
  p50: number;
  p99: number;
}

export const GATEWAY_CORE = 0;
export const OTHER_CORE = 1;

/** All threads of a process to one core; where there is no taskset they stay where they are. */
export const pin = (pid: number, core: number): boolean =>
  spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' }).status === 0;

/** Resident memory, MB: now, and the most that there ever was. From /proc. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

/** Of this folder, or of another of the benchmarks: `folder/name`. */
const script = (name: string) => join(ROOT, 'scripts/dist/bench', name.includes('/') ? '' : 'gateway', `${name}.js`);
const READY_MS = 120_000;

export class Fleet {
  private readonly children: ChildProcess[] = [];
  private load: ((run: Run) => Promise<Answers>) | undefined;

  constructor(private readonly dir: string) {}

  /** Starts a program and waits until it says its addresses, or until `url` answers anything at all. */
  async start(
    name: string,
    command: string[],
    env: Record<string, string>,
    core: number,
    url?: string,
  ): Promise<Started> {
    const log = openSync(join(this.dir, `${basename(name)}.log`), 'a');
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      cwd: this.dir,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['pipe', url ? log : 'pipe', log],
    });
    this.children.push(child);
    const pid = child.pid ?? -1;
    if (!url) {
      const line = (await createInterface({ input: child.stdout as NodeJS.ReadableStream })
        [Symbol.asyncIterator]()
        .next()) as {
        value?: string;
      };
      if (!line.value) throw new Error(`${name} did not start: see ${this.dir}/${name}.log`);
      pin(pid, core);
      return { pid, said: JSON.parse(line.value) as Record<string, string> };
    }
    const deadline = Date.now() + READY_MS;
    while (!(await answers(url))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        const tail = readFileSync(join(this.dir, `${name}.log`), 'utf8').slice(-600);
        throw new Error(`${name} did not start: ${tail}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    pin(pid, core);
    return { pid, said: {} };
  }

  /** One of our own programs. */
  own(name: string, env: Record<string, string> = {}, core = OTHER_CORE): Promise<Started> {
    return this.start(name, [process.execPath, script(name)], { NODE_ENV: 'production', ...env }, core);
  }

  async run(job: Run): Promise<Answers> {
    this.load ??= this.startLoad();
    return this.load(job);
  }

  private startLoad(): (run: Run) => Promise<Answers> {
    const { tell } = this.lines('load');
    return async (job) => (await tell(job)) as Answers;
  }

  /** One of the programs that take a line of JSON and answer with one, or with several. */
  lines(name: string): { tell: (job: object) => Promise<unknown>; next: () => Promise<unknown> } {
    const child = spawn(process.execPath, [script(name)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.children.push(child);
    pin(child.pid ?? -1, OTHER_CORE);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended`);
      return JSON.parse(value as string);
    };
    return {
      next,
      tell: (job) => {
        child.stdin.write(`${JSON.stringify(job)}\n`);
        return next();
      },
    };
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  }
}

export interface Started {
  pid: number;
  said: Record<string, string>;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export async function ask(url: string, query: string, token: string | undefined): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as { data?: unknown; errors?: unknown };
  if (answer.errors || !answer.data) throw new Error(`${url}: ${JSON.stringify(answer).slice(0, 500)}`);
  return answer.data;
}

/** Other gateways, where they are installed. */
export function peers(dir: string, bring: boolean): { hiveGateway: string[] | null; hiveRouter: string | null } {
  const folder = join(dir, '..', 'atrium-bench-peers');
  const entry = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js');
  if (bring && !existsSync(entry))
    spawnSync(
      'npm',
      ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '@graphql-hive/gateway@2.15.1'],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  const router = process.env['HIVE_ROUTER'] ?? 'hive_router';
  const found = spawnSync('sh', ['-c', 'command -v "$0"', router], { encoding: 'utf8' }).stdout.trim();
  return { hiveGateway: existsSync(entry) ? [process.execPath, entry] : null, hiveRouter: found === '' ? null : found };
}
