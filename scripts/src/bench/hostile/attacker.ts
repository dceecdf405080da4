// The attacker: one line of JSON in (which attack, where, for how long), one line out when it is over (how many, and their statuses).
// Paced and bounded, so that what is measured is the gateway and not who is faster.
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { ATTACKS } from './attacks';

interface Job {
  /** Of an attack; undefined: connections that send a byte now and then. */
  name?: string;
  url: string;
  seconds: number;
}
const SOCKETS = 500;
const MOST_AT_A_TIME = 64;

async function attack({ name, url, seconds }: Job): Promise<Record<string, number>> {
  const found = ATTACKS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no attack ${name}`);
  const make = await found.make();
  // Ready: the good caller may begin.
  process.stdout.write('{}\n');
  const dispatcher = new Agent({ connections: MOST_AT_A_TIME, headersTimeout: 30_000 });
  const statuses: Record<string, number> = {};
  const note = (status: number | string) => (statuses[status] = (statuses[status] ?? 0) + 1);
  const under = new Set<Promise<unknown>>();
  const began = performance.now();
  for (let i = 0; performance.now() - began < seconds * 1000; i++) {
    const { body, headers } = make(i);
    const sent = request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
      .then(async (answer) => note(answer.statusCode + 0 * (await answer.body.arrayBuffer()).byteLength))
      .catch(() => note('none'))
      .finally(() => under.delete(sent));
    under.add(sent);
    if (under.size >= MOST_AT_A_TIME) await Promise.race(under);
    await setTimeout(Math.max(0, began + (i * 1000) / found.rate - performance.now()));
  }
  await Promise.all(under);
  await dispatcher.close();
  return statuses;
}

async function slowly({ url, seconds }: Job): Promise<Record<string, number>> {
  const { port, hostname } = new URL(url);
  const statuses = { open: 0, closed: 0 };
  const sockets: Socket[] = Array.from({ length: SOCKETS }, () => {
    const socket = connect(Number(port), hostname, () => {
      statuses.open++;
      socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nX-');
    });
    return socket
      .resume()
      .on('close', () => statuses.closed++)
      .on('error', () => undefined);
  });
  process.stdout.write('{}\n');
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await setTimeout(500);
    for (const socket of sockets) if (socket.writable) socket.write('a');
  }
  for (const socket of sockets) socket.destroy();
  return statuses;
}

void (async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const job = JSON.parse(line) as Job;
    const statuses = await (job.name === undefined ? slowly(job) : attack(job));
    process.stdout.write(`${JSON.stringify(statuses)}\n`);
  }
})();
