import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** A client with a loop of its own: it goes on while this one stands still. */
const CLIENT = `
const { Agent, request } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const { url, headers, body, sent } = workerData;
const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
const ask = (agent, then = () => undefined) => new Promise((resolve) => {
  const asked = request(url, { method: 'POST', headers, agent });
  asked.on('finish', then).on('error', (error) => (then(), resolve(error.code)));
  asked.on('response', (answer) =>
    answer.resume().on('end', () => resolve(answer.statusCode + ' ' + answer.headers.connection)));
  asked.end(body);
});
const tell = () => { Atomics.add(sent, 0, 1); Atomics.notify(sent, 0); };
parentPort.once('message', async () => {
  parentPort.postMessage(await Promise.all(agents.map((agent) => ask(agent, tell))));
  for (const agent of agents) agent.destroy();
});
ask(agents[0]).then((first) => setImmediate(() => parentPort.postMessage(first)));
`;

const PATIENCE_MS = 60_000;

/**
 * What a server of this process answers to requests that come while the process is off the processor: one over a connection that was
 * kept alive, and one over a new one. `meanwhile` is begun before; the process comes back `awayMs` later at the earliest, and not before
 * both were sent. Answers status and connection header, or the code of the client's error.
 */
export async function askWhileAway(
  request: { url: string; headers: Record<string, string>; body: string },
  meanwhile: () => Promise<void>,
  awayMs: number,
): Promise<{ before: string; answers: string[] }> {
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const client = new Worker(CLIENT, { eval: true, workerData: { ...request, sent } });
  try {
    const [before] = (await once(client, 'message')) as [string];
    const done = meanwhile();
    // So that its first steps are behind it.
    await setImmediate();
    const back = performance.now() + awayMs;
    client.postMessage('ask');
    for (let seen = 0; seen < 2; seen = Atomics.load(sent, 0))
      if (Atomics.wait(sent, 0, seen, PATIENCE_MS) === 'timed-out') throw new Error('the client sends nothing');
    while (performance.now() < back);
    const [answers] = (await once(client, 'message')) as [string[]];
    await done;
    return { before, answers };
  } finally {
    await client.terminate();
  }
}
