// Callers: one line of JSON in (what to do, for how long), one line out for each interval. With a rate they ask at fixed times, whatever
// the answers take, and time is counted from when a request was due; without one each asks again when it has its answer.
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { type Ask, ask, everNew, type World } from './mix';

export interface Job {
  url: string;
  world: World;
  connections: number;
  /** Requests a second; 0: as many as are answered. */
  rate: number;
  seconds: number;
  everySeconds: number;
  /** Documents, tokens and variables that nobody has seen before. */
  unseen: boolean;
}

export interface Interval {
  requests: number;
  /** By what went wrong. */
  failed: Record<string, number>;
  /** The first of them as they were. */
  examples: string[];
  p50: number;
  p99: number;
  max: number;
  over: boolean;
}

class Tally {
  private took: number[] = [];
  private failed: Record<string, number> = {};
  private examples: string[] = [];

  note(ms: number, failure: { code: string; text: string } | null): void {
    this.took.push(ms);
    if (failure === null) return;
    this.failed[failure.code] = (this.failed[failure.code] ?? 0) + 1;
    if (this.examples.length < 3) this.examples.push(`${new Date().toISOString()} ${failure.text.slice(0, 300)}`);
  }

  take(over: boolean): Interval {
    const took = this.took.sort((a, b) => a - b);
    const at = (share: number) => took[Math.floor(took.length * share)] ?? 0;
    const { failed, examples } = this;
    this.took = [];
    this.failed = {};
    this.examples = [];
    return { requests: took.length, failed, examples, p50: at(0.5), p99: at(0.99), max: took.at(-1) ?? 0, over };
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function run(job: Job, say: (interval: Interval) => void): Promise<void> {
  const { origin, pathname } = new URL(job.url);
  const pool = new Pool(origin, { connections: job.connections, pipelining: 1 });
  const tally = new Tally();
  const began = performance.now();
  const until = began + job.seconds * 1000;
  let next = 0;
  const caller = async () => {
    for (;;) {
      const number = next++;
      const due = job.rate > 0 ? began + (number * 1000) / job.rate : performance.now();
      if (due >= until) return;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      const asked = job.unseen ? await everNew(job.world, number) : ask(job.world, number);
      const sent = Math.max(due, began);
      const failure = await send(pool, pathname, asked);
      tally.note(performance.now() - sent, failure);
    }
  };
  const timer = setInterval(() => {
    if (performance.now() < until - 500) say(tally.take(false));
  }, job.everySeconds * 1000);
  await Promise.all(Array.from({ length: job.connections }, caller));
  clearInterval(timer);
  await pool.close();
  say(tally.take(true));
}

/** What went wrong, if anything: no answer, a status, an error or a refusal in the answer. */
async function send(pool: Pool, path: string, { name, token, query, variables }: Ask) {
  try {
    const { statusCode, body } = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const text = Buffer.from(await body.arrayBuffer()).toString();
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? /"__typename":"(\w+Error)"/.exec(text)?.[1];
    const failed = statusCode !== 200 || text.includes('"errors":') || /"__typename":"\w+Error"/.test(text);
    return failed ? { code: `${name} ${statusCode} ${code ?? ''}`, text: `${name}: ${text}` } : null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    return { code: `${name} ${code}`, text: `${name}: ${String(error)}` };
  }
}

void (async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    await run(JSON.parse(line) as Job, (interval) => process.stdout.write(`${JSON.stringify(interval)}\n`));
  }
})();
