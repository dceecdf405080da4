// Callers: one line of JSON in (what to send, for how long), one line out (how many answers, how long they took).
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

interface Job {
  url: string;
  query: string;
  /** One caller a connection in turn; undefined sends none. */
  tokens: string[];
  connections: number;
  seconds: number;
}

async function run({ url, query, tokens, connections, seconds }: Job): Promise<object> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const body = JSON.stringify({ query });
  const took: number[] = [];
  let failed = 0;
  let next = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const caller = async () => {
    while (performance.now() < until) {
      const token = tokens[next++ % Math.max(tokens.length, 1)];
      const sent = performance.now();
      const answer = await pool.request({
        path: pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      if (answer.statusCode !== 200 || bytes.includes('"errors"')) failed++;
      took.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const elapsed = (performance.now() - began) / 1000;
  await pool.close();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)] ?? 0;
  return { done: took.length, failed, seconds: elapsed, p50: at(0.5), p99: at(0.99) };
}

void (async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Job))}\n`);
  }
})();
