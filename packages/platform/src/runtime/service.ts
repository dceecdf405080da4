import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceName } from '@atrium/contracts';
import { type Place, streamsOf, type Subscription, subscriptionsOf } from '@atrium/contracts';
import type { JWK } from 'jose';
import { createSubgraphTokenVerifier } from '../auth/subgraph-token';
import type { Clock } from '../database/clock';
import {
  type Database,
  type EntityClass,
  type MigrationClass,
  openDatabase,
  requireDurableCommits,
} from '../database/database';
import { requireMigrated } from '../database/migrate';
import type { Consumer } from '../events/consumer';
import { type Bus, openBus } from '../events/nats';
import { startRelay } from '../events/relay';
import { type Responder, serveRequests } from '../events/request-reply';
import { runConsumers } from '../events/runner';
import { ensureConsumers, ensureStreams } from '../events/streams';
import { type RequestContext, serveOperations, startSubgraphServer } from '../graphql/server';
import { listen } from './listen';
import type { Subgraph } from '../graphql/subgraph';
import { housekeeping } from '../jobs/housekeeping';
import { startTracing } from '../telemetry/tracing';
import { type Job, runJobs } from '../jobs/job';
import { watchBacklog } from './backlog-metrics';
import { ConfigError, placeOf, type ServiceConfig } from './config';
import { createHealth } from './health';
import { createLog, type Log } from './log';
import { createMetrics } from './metrics';
import { type SwitchName, watchSwitch } from './switches';

/** What a service's app is made from. */
export interface ServiceDependencies<Config> {
  db: Database;
  bus: Bus;
  config: Config;
  log: Log;
  place: Place;
}

/** A service, drawn the same way six times: its verbs, its doors in, its tables. */
export interface ServiceDefinition<Config extends ServiceConfig, App, Context extends RequestContext> {
  name: ServiceName;
  entities: EntityClass[];
  migrations: MigrationClass[];
  /** What must hold before anything is answered or taken; throws a {@link ConfigError} when the environment cannot be followed. */
  prepare?(db: Database, place: Place, config: Config): Promise<void>;
  /** Binds the verbs to transactions. */
  createApp(deps: ServiceDependencies<Config>): App;
  buildSubgraph(): Promise<Subgraph>;
  /** One request's context: its verbs and its loaders. */
  createContext(request: RequestContext, app: App, db: Database): Context;
  /** Those that the catalogue wants at this place. */
  consumers(app: App, place: Place): Consumer[];
  jobs(app: App, place: Place): Job[];
  responders(app: App): Responder[];
  /** Turned, its worker takes no events and begins no job: on a day when everything else comes first. */
  waitsBy?: SwitchName;
}

export interface RunningService<App> {
  app: App;
  db: Database;
  bus: Bus;
  /** Of the GraphQL endpoint; of the health endpoint for a worker alone. */
  url: string;
  stop(): Promise<void>;
}

export interface StartOptions<Config> {
  config: Config;
  /** `api` answers GraphQL, `worker` runs relay, consumers, jobs and responders. */
  parts: { api: boolean; worker: boolean };
  clock?: Clock;
  log?: Log;
}

/** Starts a service's parts in this process; `stop` ends them in order, losing nothing. */
export async function startService<Config extends ServiceConfig, App, Context extends RequestContext>(
  definition: ServiceDefinition<Config, App, Context>,
  { config, parts, clock, log = createLog(definition.name, config.LOG_LEVEL) }: StartOptions<Config>,
): Promise<RunningService<App>> {
  // What was started, to be stopped last first, also when a later step fails.
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  const place = placeOf(config);
  if (place.site !== null && definition.name !== 'merchant-settlement')
    throw new ConfigError(`SITE: ${definition.name} runs at the hub only; a site has merchant-settlement alone`);
  try {
    // Before anything listens: it takes a second or more without a break, and questions would wait for it.
    const subgraph = parts.api ? await definition.buildSubgraph() : null;
    const tracing = startTracing({ service: definition.name, endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
    started.push(() => tracing.stop());
    const db = await openDatabase({
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL,
      ...(config.DATABASE_WAIT_MS ? { waitMs: config.DATABASE_WAIT_MS } : {}),
      entities: definition.entities,
      name: definition.name,
      ...(clock ? { clock } : {}),
    });
    started.push(() => db.close());
    await requireDurableCommits(db);
    await requireMigrated(db, definition, config.MIGRATION_WAIT_MS ?? 0);
    await definition.prepare?.(db, place, config);
    const bus = await openBus({
      url: config.NATS_URL,
      name: definition.name,
      ...(config.NATS_USER ? { user: config.NATS_USER } : {}),
      ...(config.NATS_PASSWORD ? { password: config.NATS_PASSWORD } : {}),
      log,
    });
    started.push(() => bus.close());
    const metrics = createMetrics(definition.name);
    const health = createHealth({
      database: async () => (await db.dataSource.query('select 1')) !== undefined,
      // An API goes on without a broker: facts wait in the outbox.
      ...(parts.worker && { nats: async () => !bus.connection.isClosed() && (await bus.connection.rtt()) >= 0 }),
    });
    const app = definition.createApp({ db, bus, config, log, place });

    if (parts.worker) {
      const subscriptions = subscriptionsOf(definition.name, place);
      const streams = streamsOf(definition.name, place);
      const ensure = async () => {
        await ensureStreams(bus.jsm, streams, config.NATS_REPLICAS);
        await ensureConsumers(bus.jsm, subscriptions);
      };
      await ensure();
      const consumers = definition.consumers(app, place);
      requireAllHeard(definition.name, subscriptions, consumers);
      watchBacklog(metrics.registry, { name: definition.name, subscriptions, streams }, db, bus.jsm, log);
      const relay = startRelay(db, bus.js, ensure, log, {
        pollMs: parts.api ? Math.max(config.OUTBOX_POLL_MS, 250) : config.OUTBOX_POLL_MS,
        onPublished: (count) => metrics.eventsPublished.inc(count),
      });
      started.push(() => relay.stop());
      const jobs = runJobs(db, definition.jobs(app, place), log);
      started.push(() => jobs.stop());
      const filled = streams.some(({ sources }) => sources !== undefined);
      const keeping = runJobs(db, [housekeeping, ...(filled ? [keepStreams(ensure)] : [])], log);
      started.push(() => keeping.stop());
      const runner = runConsumers(definition.name, db, bus, ensure, consumers, log, metrics);
      started.push(() => runner.stop());
      if (definition.waitsBy !== undefined && config.SWITCHES_FOLDER !== undefined) {
        const switches = await watchSwitch(config.SWITCHES_FOLDER, definition.waitsBy, metrics.registry, log, (on) => {
          runner.hold(on);
          jobs.hold(on);
        });
        started.push(() => switches.stop());
      }
      const requests = serveRequests(bus.connection, db, definition.responders(app), log);
      started.push(() => requests.stop());
    }

    let url: string;
    if (subgraph) {
      const server = await startSubgraphServer({
        schema: subgraph.schema,
        createContext: (request) => definition.createContext(request, app, db),
        verifyToken: await createSubgraphTokenVerifier(
          definition.name,
          JSON.parse(config.GATEWAY_PUBLIC_KEY) as JWK | { keys: JWK[] },
        ),
        health,
        metrics,
        log,
        host: config.HOST,
        port: config.PORT,
        delayMs: config.SHUTDOWN_DELAY_MS,
        admission: { atOnce: config.MAX_OPERATIONS, waitMs: config.QUEUE_WAIT_MS },
      });
      started.push(() => server.stop());
      url = server.url;
    } else {
      const server = createServer(
        (request, response) =>
          void serveOperations((request.url ?? '/').split('?')[0] ?? '/', response, health, metrics),
      );
      await listen(server, config.PORT, config.HOST);
      // Only probes and whoever reads metrics ask here: none of them may hold up the consumers.
      const close = (done: () => void) => void server.close(done).closeAllConnections();
      started.push(() => new Promise(close));
      url = `http://${config.HOST}:${(server.address() as AddressInfo).port}`;
    }
    started.push(() => Promise.resolve(health.drain()));
    log.info({ url, ...parts }, 'started');
    return { app, db, bus, url, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/**
 * Which streams are filled from where is what divides hub and sites. A process of the release before may say otherwise after
 * this one began, and nobody would notice.
 */
const keepStreams = (ensure: () => Promise<void>): Job => ({
  name: 'streams',
  everySeconds: 30,
  run: () => ensure().then(() => 0),
});

/** The catalogue and the code agree on what this service hears. */
function requireAllHeard(
  service: ServiceName,
  subscriptions: readonly Subscription[],
  consumers: readonly Consumer[],
): void {
  const wanted = subscriptions.map(({ durable }) => durable).sort();
  const have = consumers.map(({ name }) => name).sort();
  if (JSON.stringify(wanted) !== JSON.stringify(have)) {
    throw new Error(`${service} subscribes to [${have.join(', ')}], the catalogue says [${wanted.join(', ')}]`);
  }
}
