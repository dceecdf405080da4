import { HUB, OrgNodeRecordedSchema, streamOf, streamsOf, subscriptionsOf } from '@atrium/contracts';
import { create, toBinary } from '@bufbuild/protobuf';
import { uuidv7 } from '@atrium/kernel';
import { cloneDatabase, eventually, type Nats, startNats, type TestDatabase } from '@atrium/testkit';
import { headers as natsHeaders } from '@nats-io/transport-node';
import {
  type Bus,
  type Clock,
  type Consumer,
  createLog,
  createMetrics,
  type Database,
  ensureConsumers,
  ensureStreams,
  HEADERS,
  migrate,
  openBus,
  openDatabase,
  runConsumers,
  startRelay,
  subjectOf,
} from '../../src';
import { GROUP, onOrgNode, tinyService } from './tiny-service';

export const log = createLog('tiny', process.env['ATRIUM_TEST_LOG'] ?? 'silent');

export const cloneTiny = (): Promise<TestDatabase> =>
  cloneDatabase('tiny', async (url) => {
    await migrate({ url, entities: [], migrations: tinyService.migrations });
  });

/** Databases, brokers and loops of one spec; `end` stops them, last first. */
export class Harness {
  private readonly ends: (() => Promise<unknown>)[] = [];
  nats: Nats;
  database: TestDatabase;
  db: Database;
  /** Not bound by row-level security. */
  admin: Database;
  bus: Bus;

  static async start(options: { nats?: boolean; clock?: Clock; poolSize?: number } = {}): Promise<Harness> {
    const h = new Harness();
    try {
      h.database = await cloneTiny();
      h.onEnd(() => h.database.drop());
      h.db = await h.open(h.database.appUrl, options.clock, options.poolSize);
      h.admin = await h.open(h.database.adminUrl, options.clock, 2);
      if (options.nats !== false) {
        h.nats = await startNats();
        h.onEnd(() => h.nats.stop());
        h.bus = await h.connect();
        await h.ensure();
      }
      return h;
    } catch (error) {
      await h.end();
      throw error;
    }
  }

  onEnd(step: () => Promise<unknown>): void {
    this.ends.push(step);
  }

  async open(url: string, clock?: Clock, poolSize = 8): Promise<Database> {
    const db = await openDatabase({ url, poolSize, waitMs: 120_000, ...(clock ? { clock } : {}) });
    this.onEnd(() => db.close());
    return db;
  }

  async connect(): Promise<Bus> {
    const bus = await openBus({ url: this.nats.url, name: 'tiny', log });
    this.onEnd(() => bus.close());
    return bus;
  }

  ensure = async (): Promise<void> => {
    await ensureStreams(this.bus.jsm, streamsOf('member', HUB));
    await ensureConsumers(this.bus.jsm, subscriptionsOf('member', HUB));
  };

  relay(bus = this.bus, db = this.db) {
    const relay = startRelay(db, bus.js, this.ensure, log, { pollMs: 20 });
    this.onEnd(() => relay.stop());
    return relay;
  }

  consume(consumers: Consumer[] = [onOrgNode], db = this.db, metrics = createMetrics('tiny')) {
    const runner = runConsumers('member', db, this.bus, this.ensure, consumers, log, metrics);
    this.onEnd(() => runner.stop());
    return runner;
  }

  /** A message as another service's relay would send it; without a message id, so that a repeat reaches the inbox. */
  async send(
    code: string,
    options: { eventId?: string; groupId?: string; nodeId?: string; payload?: Uint8Array; headers?: object } = {},
  ): Promise<string> {
    const eventId = options.eventId ?? uuidv7(new Date());
    const nodeId = options.nodeId ?? eventId;
    const h = natsHeaders();
    const headers = {
      [HEADERS.eventId]: eventId,
      [HEADERS.groupId]: options.groupId ?? GROUP,
      [HEADERS.aggregateId]: nodeId,
      [HEADERS.aggregateVersion]: '1',
      [HEADERS.occurredAt]: '2026-03-10T04:00:00.000Z',
      ...options.headers,
    };
    for (const [name, value] of Object.entries(headers)) if (value !== '') h.set(name, String(value));
    const payload = toBinary(OrgNodeRecordedSchema, create(OrgNodeRecordedSchema, { nodeId, code }));
    await this.bus.js.publish(subjectOf(OrgNodeRecordedSchema.typeName, null, nodeId), options.payload ?? payload, {
      headers: h,
    });
    return eventId;
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = (await this.admin.dataSource.query(`select count(*)::int as n from ${sql}`, values)) as {
      n: number;
    }[];
    return row?.n ?? 0;
  }

  heard(): Promise<{ code: string; times: number }[]> {
    return this.admin.dataSource.query(`select code, times from heard order by place`);
  }

  hears(count: number): Promise<unknown> {
    return eventually(async () => (await this.count('heard')) >= count, { what: `${count} heard` });
  }

  /** Waits until nothing is left to publish. */
  published(): Promise<unknown> {
    return eventually(async () => (await this.count('outbox where published_at is null')) === 0, {
      what: 'an empty outbox',
    });
  }

  /** Everything that the stream of our facts keeps, in its order. */
  async stream(
    name = streamOf(OrgNodeRecordedSchema),
  ): Promise<{ eventId: string; subject: string; headers: Headers }[]> {
    const { state } = await this.bus.jsm.streams.info(name);
    const kept = [];
    for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq++) {
      const message = await this.bus.jsm.streams.getMessage(name, { seq });
      if (!message) continue;
      const headers = new Headers([...message.header].map(([key, values]) => [key, values[0] ?? '']));
      kept.push({ eventId: headers.get(HEADERS.eventId) ?? '', subject: message.subject, headers });
    }
    return kept;
  }

  async end(): Promise<void> {
    for (const step of this.ends.splice(0).reverse()) await step();
  }
}
