import { DEAD_LETTER_STREAM, LIMITS, type StreamAt, type Subscription } from '@atrium/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { ConfigError } from '../runtime/config';

const NANOS = 1_000_000_000;
/** JetStream: insufficient storage resources. */
const NO_ROOM = 10_047;
/** JetStream: replicas on a server that is alone; no suitable peers for placement. */
const TOO_FEW_SERVERS = new Set([10_074, 10_005]);

const DEAD_LETTERS: StreamAt = { ...DEAD_LETTER_STREAM, maxBytes: LIMITS.deadLetterMaxBytes };

/**
 * Creates streams and a service's durable consumers as the catalogue says. What exists is updated; what the server
 * answers is compared with what was asked for, because an old server drops fields that it does not know.
 */
export async function ensureStreams(jsm: JetStreamManager, streams: readonly StreamAt[], replicas = 1): Promise<void> {
  for (const stream of [...streams, DEAD_LETTERS]) {
    const { sources, maxBytes }: Partial<StreamAt> = stream;
    const config = {
      name: stream.name,
      subjects: [...stream.subjects],
      ...(sources ? { sources } : {}),
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      // A full stream refuses and the outbox waits: nothing old is dropped unseen. One that is filled from a site is small, and what was
      // heard stays in it for as long as in the others: refusing, a large mall would have it full of that, and wait for days to be heard.
      discard: sources && maxBytes ? DiscardPolicy.Old : DiscardPolicy.New,
      max_age: LIMITS.retentionSeconds * NANOS,
      max_bytes: maxBytes ?? LIMITS.streamMaxBytes,
      max_msg_size: LIMITS.maxMessageBytes,
      duplicate_window: LIMITS.duplicateWindowSeconds * NANOS,
      num_replicas: replicas,
    };
    const known = await jsm.streams.info(stream.name).catch(ifMissing);
    const made = known ? jsm.streams.update(stream.name, config) : createOrGet(jsm, config);
    const info = await made.catch((error: unknown) => {
      throw explained(error, config);
    });
    requireSame(`stream ${stream.name}`, config, info.config);
  }
}

async function createOrGet(jsm: JetStreamManager, config: Parameters<JetStreamManager['streams']['add']>[0]) {
  try {
    return await jsm.streams.add(config);
  } catch (error) {
    // Another service created it in this moment.
    const info = await jsm.streams.info(config.name).catch(() => null);
    if (info) return info;
    throw error;
  }
}

/** What an operator can put right is said in one line. */
function explained(error: unknown, { name, max_bytes, num_replicas }: Partial<StreamConfig>): unknown {
  const code = (error as { code?: unknown }).code as number;
  if (code === NO_ROOM) {
    return new ConfigError(
      `NATS has no room for the stream ${name}, which reserves ${(max_bytes ?? 0) / 1024 ** 3} GiB: ` +
        'give JetStream more (max_file_store; in profile small nats.store, and a volume above it)',
    );
  }
  if (!TOO_FEW_SERVERS.has(code)) return error;
  return new ConfigError(
    `NATS has too few servers with JetStream for ${num_replicas} replicas of the stream ${name}: ` +
      'set NATS_REPLICAS (in the charts global.nats.streamReplicas) to 1, or to 3 or 5 with as many servers',
  );
}

export async function ensureConsumers(jsm: JetStreamManager, subscriptions: readonly Subscription[]): Promise<void> {
  for (const { stream, durable, filter } of subscriptions) {
    const config = {
      durable_name: durable,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      ack_wait: LIMITS.ackWaitSeconds * NANOS,
      // One more than the runner's own limit: it sets exhausted messages aside itself.
      max_deliver: LIMITS.maxDeliver + 1,
      max_ack_pending: LIMITS.maxAckPending,
    };
    const known = await jsm.consumers.info(stream, durable).catch(ifMissing);
    const info = known ? await jsm.consumers.update(stream, durable, config) : await jsm.consumers.add(stream, config);
    requireSame(`consumer ${durable}`, config, info.config);
  }
}

function requireSame(what: string, asked: object, got: object): void {
  for (const [key, value] of Object.entries(asked)) {
    const answer = (got as Record<string, unknown>)[key];
    // An empty list is not kept.
    const none = Array.isArray(value) && value.length === 0 && answer === undefined;
    if (!none && JSON.stringify(answer) !== JSON.stringify(value)) {
      throw new Error(
        `${what}: the server keeps ${key} = ${JSON.stringify(answer)} instead of ${JSON.stringify(value)}`,
      );
    }
  }
}

function ifMissing(error: unknown): null {
  const { code, name } = error as { code?: number | string; name?: string };
  if (name === 'StreamNotFoundError' || name === 'ConsumerNotFoundError' || code === 404 || code === '404') return null;
  const api = (error as { api_error?: { code?: number } }).api_error;
  if (api?.code === 404) return null;
  throw error;
}
