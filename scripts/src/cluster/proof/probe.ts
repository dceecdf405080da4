import type { Release } from './release';
import { type PodOptions, runPod } from './pods';

export interface Attempts {
  /** Host and port by name: is there a connection at all? */
  reach: Record<string, [string, number]>;
  /** Which of those must be closed: a cluster takes a moment to put its rules around a new pod, and is waited for. */
  shut?: string[];
  /** Databases that DATABASE_URL's login tries to enter. */
  databases?: string[];
  /** Subjects that the NATS login tries to state something on. */
  publish?: string[];
  nats?: string;
  /** Subjects that it tries to hear. */
  subscribe?: string[];
}
/** What came of each attempt, like { "points:8080": "open" }. */
export type Outcomes = Record<string, string>;

/**
 * Run inside the cluster by the image's own Node.js and packages. What it states names a stream that is none, so that a subject that is
 * allowed is refused by the stream and not by the login, and nothing is ever stored.
 */
const PROGRAM = `
const { connect: dial } = require('node:net');
const attempts = JSON.parse(process.env.ATTEMPTS);
const outcomes = {};
const reach = (host, port) => new Promise((resolve) => {
  const socket = dial({ host, port, timeout: 5000 });
  socket.on('connect', () => (socket.destroy(), resolve('open')));
  for (const end of ['error', 'timeout']) socket.on(end, () => (socket.destroy(), resolve('closed')));
});
const enter = async (database) => {
  const { Client } = require('pg');
  const url = new URL(process.env.DATABASE_URL);
  url.pathname = '/' + database;
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 15000 });
  try {
    await client.connect();
    await client.query('select 1');
    await client.end();
    return 'entered';
  } catch (error) {
    return error.code === '42501' ? 'refused' : String(error.message);
  }
};
const nats = async () => {
  const { connect } = require('@nats-io/transport-node');
  const { jetstream } = require('@nats-io/jetstream');
  const options = { servers: attempts.nats, timeout: 15000 };
  await connect(options).then(
    (connection) => { outcomes['NATS without a login'] = 'entered'; return connection.close(); },
    () => { outcomes['NATS without a login'] = 'refused'; },
  );
  const connection = await connect({ ...options, user: process.env.NATS_USER, pass: process.env.NATS_PASSWORD });
  const js = jetstream(connection, { timeout: 10000 });
  for (const subject of attempts.publish ?? []) {
    outcomes['states ' + subject] = await js.publish(subject, '', { expect: { streamName: 'NONE' } }).then(
      () => 'stored',
      (error) => (/permission/i.test(error.name + error.message + error.cause?.name) ? 'refused' : error.code === 10060 || /expected stream/.test(error.message) ? 'allowed' : error.name + ' ' + error.message),
    );
  }
  for (const subject of attempts.subscribe ?? []) {
    const heard = new Promise((resolve) => connection.subscribe(subject, { callback: (error) => resolve(error ? 'refused' : 'heard') }));
    // The server has answered the subscription when it has answered what was sent after it.
    const quiet = connection.flush().then(() => new Promise((resolve) => setImmediate(resolve, 'allowed')));
    outcomes['hears ' + subject] = await Promise.race([heard, quiet]);
  }
  await connection.close();
};
(async () => {
  const ends = Date.now() + 60000;
  const stillOpen = async (names) => {
    const seen = await Promise.all(names.map((name) => reach(...attempts.reach[name])));
    return names.filter((name, at) => seen[at] === 'open');
  };
  for (let open = attempts.shut ?? []; open.length > 0 && Date.now() < ends;) {
    open = await stillOpen(open);
    if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await Promise.all(Object.entries(attempts.reach).map(async ([name, [host, port]]) => { outcomes[name] = await reach(host, port); }));
  for (const database of attempts.databases ?? []) outcomes['enters ' + database] = await enter(database);
  if (attempts.nats) await nats();
  console.log(JSON.stringify(outcomes));
})().catch((error) => { console.error(error); process.exit(1); });`;

/** Tries in a pod with these labels and Secrets, and answers what came of it. */
export async function probe(
  release: Release,
  name: string,
  image: string,
  attempts: Attempts,
  pod: Pick<PodOptions, 'labels' | 'secrets'>,
): Promise<Outcomes> {
  const said = await runPod(release, name, image, {
    ...pod,
    command: ['/usr/bin/tini', '--', 'node', '-e', PROGRAM],
    env: { ATTEMPTS: JSON.stringify(attempts) },
  });
  return JSON.parse(said.split('\n').at(-1) ?? '{}') as Outcomes;
}
