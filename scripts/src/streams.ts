// npm run streams: what NATS keeps, who has heard how much of it, and how a stream or consumer that counts wrongly is taken away.
// See docs/runbooks/site-link-down.md.
import { parseArgs } from 'node:util';
import { siteStream } from '@atrium/contracts';
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { UsageError } from '@atrium/platform/operator';
import { runCommand } from './command';
import { openBroker } from './operators/broker';

const HELP = `npm run streams -- list                            every stream, and how far its consumers are behind
npm run streams -- info STREAM                     one: what it holds, what fills it, each consumer's lag
npm run streams -- rm STREAM [--force STREAM]      takes a stream away with its consumers; its services make it again. One that
                                                   is no copy of a site's (${siteStream('…')}) only with its name said twice
npm run streams -- rm-consumer STREAM CONSUMER     takes a consumer away; a service that still has it begins anew and skips what it knows
The running local graph, or the broker of NATS_URL, with the login of NATS_USER and NATS_PASSWORD.`;

/** As servers tell it; the client's type leaves the other domain out. */
type Source = {
  name: string;
  lag: number;
  active: number;
  external?: { api: string };
  error?: { description: string };
};

function readOptions(): { verb: string; names: string[]; force: string | undefined } {
  let given;
  try {
    given = parseArgs({ allowPositionals: true, options: { force: { type: 'string' } } });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const [verb = '', ...names] = given.positionals;
  const wanted = { list: 0, info: 1, rm: 1, 'rm-consumer': 2 }[verb];
  if (wanted !== names.length || (given.values.force !== undefined && verb !== 'rm')) throw new UsageError(HELP);
  return { verb, names, force: given.values.force };
}

/** A stream that is not there is told with those that are. */
async function streamNamed(jsm: JetStreamManager, name: string): Promise<StreamInfo> {
  const found: StreamInfo[] = [];
  for await (const info of jsm.streams.list()) found.push(info);
  const stream = found.find(({ config }) => config.name === name);
  if (stream) return stream;
  const known = found.map(({ config }) => config.name).sort();
  throw new UsageError(`There is no stream ${name}. There are: ${known.join(', ') || 'none'}`);
}

async function consumersOf(jsm: JetStreamManager, stream: string) {
  const found = [];
  for await (const { name, num_pending, num_ack_pending, num_redelivered } of jsm.consumers.list(stream))
    found.push({ consumer: name, waiting: num_pending, taken: num_ack_pending, 'once more': num_redelivered });
  return found.sort((a, b) => b.waiting + b.taken - a.waiting - a.taken || (a.consumer < b.consumer ? -1 : 1));
}

const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function row({ config, state, cluster, sources }: StreamInfo) {
  const filled = (sources ?? []) as Source[];
  return {
    stream: config.name,
    messages: state.messages,
    size: mib(state.bytes),
    of: mib(config.max_bytes),
    last: state.messages > 0 ? state.last_ts.slice(0, 19) : '',
    // Servers that have it as it is now, of those that should.
    copies: `${1 + (cluster?.replicas ?? []).filter(({ current }) => current).length}/${config.num_replicas}`,
    'filled from': filled.map(({ external }) => external?.api.split('.')[1] ?? 'here').join(', '),
  };
}

async function list(jsm: JetStreamManager): Promise<void> {
  const rows = [];
  for await (const info of jsm.streams.list()) {
    const consumers = await consumersOf(jsm, info.config.name);
    const behind = consumers.reduce((sum, { waiting, taken }) => sum + waiting + taken, 0);
    rows.push({ ...row(info), consumers: consumers.length, behind });
  }
  if (rows.length > 0) console.table(rows.sort((a, b) => (a.stream < b.stream ? -1 : 1)));
  console.log(`${rows.length} streams.`);
}

async function tell(jsm: JetStreamManager, name: string): Promise<void> {
  const stream = await streamNamed(jsm, name);
  console.table([row(stream)]);
  const sources = ((stream.sources ?? []) as Source[]).map(({ name: of, external, lag, active, error }) => ({
    'filled from': of,
    domain: external?.api.split('.')[1] ?? '',
    lag,
    // Below zero: not since the broker began.
    'heard of': active < 0 ? 'never' : `${(active / 1e9).toFixed(1)} s ago`,
    ...(error ? { error: error.description } : {}),
  }));
  if (sources.length > 0) console.table(sources);
  const consumers = await consumersOf(jsm, name);
  if (consumers.length > 0) console.table(consumers);
  console.log(
    `${name} takes ${stream.config.subjects?.join(', ') || 'nothing but what fills it'}; ${consumers.length} consumers.`,
  );
}

async function remove(jsm: JetStreamManager, name: string, force: string | undefined): Promise<void> {
  const { state } = await streamNamed(jsm, name);
  if (!name.startsWith(siteStream('')) && force !== name)
    throw new UsageError(
      `${name} is no copy of a site's stream: it may be the only one of what it holds (${state.messages} messages). ` +
        `If it is meant: --force ${name}`,
    );
  await jsm.streams.delete(name);
  console.log(
    `The stream ${name} is gone, with ${state.messages} messages. Services that use it make it again in seconds.`,
  );
}

async function removeConsumer(jsm: JetStreamManager, stream: string, name: string): Promise<void> {
  await streamNamed(jsm, stream);
  const known = (await consumersOf(jsm, stream)).map(({ consumer }) => consumer).sort();
  if (!known.includes(name))
    throw new UsageError(`${stream} has no consumer ${name}. It has: ${known.join(', ') || 'none'}`);
  await jsm.consumers.delete(stream, name);
  console.log(`The consumer ${name} of ${stream} is gone.`);
}

runCommand(async () => {
  const { verb, names, force } = readOptions();
  const [stream = '', consumer = ''] = names;
  const nats = await openBroker();
  try {
    const jsm = await jetstreamManager(nats);
    if (verb === 'list') await list(jsm);
    else if (verb === 'info') await tell(jsm, stream);
    else if (verb === 'rm') await remove(jsm, stream, force);
    else await removeConsumer(jsm, stream, consumer);
  } finally {
    await nats.close();
  }
});
