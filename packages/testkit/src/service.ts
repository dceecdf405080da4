import {
  toBinary,
  create,
  fromBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { durableName, filterSubject, streamOf, SUBSCRIPTIONS } from '@atrium/contracts';
import { naturalId, uuidv7 } from '@atrium/kernel';
import {
  type Caller,
  createLog,
  createSubgraphTokenSigner,
  type Database,
  type FactAddress,
  HEADERS,
  migrate,
  openDatabase,
  openBus,
  type RequestContext,
  type RunningService,
  type ServiceConfig,
  type ServiceDefinition,
  startService,
  subjectOf,
} from '@atrium/platform';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { exportJWK, generateKeyPair } from 'jose';
import { type ControllableClock, controllableClock } from './clock';
import { cloneDatabase } from './database';
import { eventually } from './eventually';
import { graphqlClient, type GraphQLClient } from '@atrium/platform/operator';
import { startNats } from './infra/nats';

export interface TestService<App> extends RunningService<App> {
  clock: ControllableClock;
  /** A database handle that row-level security does not bind, for looking. */
  admin: Database;
  /** GraphQL as this caller, past the gateway. */
  as(caller: Partial<Caller>, headers?: Record<string, string>): GraphQLClient;
  /** Publishes a fact as another service would; returns its event id. `eventId` repeats one. */
  deliver<S extends DescMessage>(
    schema: S,
    init: MessageInitShape<S>,
    address: Omit<FactAddress, 'ownerId'> & { groupId?: string; ownerId?: string; eventId?: string },
  ): Promise<string>;
  /** Waits until the service has taken everything that was delivered. */
  settled(): Promise<void>;
  /** The facts of one kind that the service has stated, oldest first. */
  published<S extends DescMessage>(schema: S): Promise<MessageShape<S>[]>;
  end(): Promise<void>;
}

/** The tenant of tests. */
export const TEST_GROUP = naturalId('group', 'TEST');

/** A real service on a real, empty, migrated database and a broker of its own, with a clock that the test moves. */
export async function startTestService<Config extends ServiceConfig, App, Context extends RequestContext>(
  definition: ServiceDefinition<Config, App, Context>,
  options: { config?: Record<string, unknown>; now?: Date | string } = {},
): Promise<TestService<App>> {
  const clock = controllableClock(options.now ?? '2026-03-10T04:00:00Z');
  const ends: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const step of ends.splice(0).reverse()) await step();
  };
  try {
    const database = await cloneDatabase(definition.name, async (url) => {
      await migrate({ url, entities: definition.entities, migrations: definition.migrations });
    });
    ends.push(() => database.drop());
    const nats = await startNats();
    ends.push(() => nats.stop());
    const keys = await generateKeyPair('EdDSA', { extractable: true });
    const log = createLog(definition.name, process.env['ATRIUM_TEST_LOG'] ?? 'silent');
    const config = {
      DATABASE_URL: database.appUrl,
      DATABASE_POOL: 8,
      // Tests that ask for much at once are about what comes of it, not about how long a slow machine takes.
      DATABASE_WAIT_MS: 120_000,
      MAX_OPERATIONS: 64,
      QUEUE_WAIT_MS: 120_000,
      NATS_URL: nats.url,
      NATS_REPLICAS: 1,
      SITES: [],
      GATEWAY_PUBLIC_KEY: JSON.stringify(await exportJWK(keys.publicKey)),
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      EMBED_WORKER: true,
      OUTBOX_POLL_MS: 50,
      SHUTDOWN_DELAY_MS: 0,
      ...options.config,
    } as unknown as Config;
    const running = await startService(definition, { config, parts: { api: true, worker: true }, clock, log });
    ends.push(() => running.stop());
    const admin = await openDatabase({ url: database.adminUrl, poolSize: 2, name: 'test-admin' });
    ends.push(() => admin.close());
    const bus = await openBus({ url: nats.url, name: 'test', log });
    ends.push(() => bus.close());
    const sign = await createSubgraphTokenSigner(await exportJWK(keys.privateKey));

    const client = (caller: Partial<Caller>, headers?: Record<string, string>): GraphQLClient => {
      const whole: Caller = {
        kind: 'ANONYMOUS',
        id: 'test',
        groupId: TEST_GROUP,
        memberId: null,
        storeId: null,
        name: null,
        grants: [],
        permissions: [],
        ...caller,
      };
      const fresh = async () => graphqlClient(running.url, await sign(definition.name, whole), headers);
      return { send: async (d, v) => (await fresh()).send(d, v), ask: async (d, v) => (await fresh()).ask(d, v) };
    };

    return {
      ...running,
      clock,
      admin,
      as: client,
      async deliver(schema, init, address) {
        const eventId = address.eventId ?? uuidv7(new Date());
        const h = natsHeaders();
        h.set(HEADERS.eventId, eventId);
        h.set(HEADERS.groupId, address.groupId ?? TEST_GROUP);
        if (address.siteId) h.set(HEADERS.siteId, address.siteId);
        h.set(HEADERS.aggregateId, address.aggregateId);
        h.set(HEADERS.aggregateVersion, String(address.version ?? 1n));
        h.set(HEADERS.occurredAt, address.occurredAt.toISOString());
        const subject = subjectOf(schema.typeName, address.site ?? null, address.ownerId ?? address.aggregateId);
        const payload = toBinary(schema, create(schema, init) as never);
        // Without a message id for the broker: a repeat must reach the inbox, not end in the broker's duplicate window.
        await bus.js.publish(subject, payload, { headers: h });
        return eventId;
      },
      settled: () =>
        eventually(
          async () => {
            for (const event of SUBSCRIPTIONS[definition.name]) {
              const info = await bus.jsm.consumers.info(streamOf(event), durableName(definition.name, event));
              const waiting = info.num_pending + info.num_ack_pending;
              if (waiting > 0) throw new Error(`${waiting} ${filterSubject(event)} not taken yet`);
            }
          },
          { what: `${definition.name} has taken everything` },
        ),
      async published(schema) {
        const rows: { payload: Buffer }[] = await admin.dataSource.query(
          `select payload from outbox where subject like $1 order by id`,
          [`${schema.typeName}.%`],
        );
        return rows.map(({ payload }) => fromBinary(schema, payload));
      },
      end,
    };
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
}
