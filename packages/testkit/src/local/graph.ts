import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import type { AtriumClaim } from '@atrium/platform';
import {
  findState,
  type LocalKeys,
  loadOrCreateKeys,
  ROOT,
  signCallerToken,
  UsageError,
  writeState,
} from '@atrium/platform/operator';
import { freePort, isPortTaken } from '../infra/child';
import { type Nats, startNats } from '../infra/nats';
import { ensureNatsServer } from '../infra/nats-binary';
import { type Postgres, startPostgres } from '../infra/postgres';
import { provisionDatabase } from '../infra/provision';
import { type NodeChild, startNode } from './child';
import { GATEWAY_NODE_OPTIONS, gatewayEnvironment, serviceEnvironment } from './environment';

export interface LocalGraphOptions {
  /** Everything that the graph keeps: databases, streams, keys, logs. */
  dir: string;
  /** Forget what an earlier start kept. */
  fresh?: boolean;
  /** Ports; any free one where none is given. */
  ports?: { gateway?: number; postgres?: number; nats?: number; subgraphs?: number };
  /** Servers that already run, instead of embedded ones. A superuser login of PostgreSQL. */
  databaseUrl?: string | undefined;
  natsUrl?: string | undefined;
  /** Group that commands use when none is named. */
  group: string;
  /** Told each step, for people who wait. */
  report?(step: string): void;
  /** Starts services, the gateway and nats-server again when they end unasked. */
  supervise?: boolean;
  graphiqlExamples?: string;
  /** Added to the environment of services and gateway. */
  env?: Record<string, string>;
  /** Where the gateway asks a subgraph, when something stands before it. */
  fronts?: Partial<Record<ServiceName, string>>;
  /** Another Node.js for services and gateway. */
  node?: string | undefined;
}

export interface LocalGraph {
  readonly url: string;
  readonly dir: string;
  readonly keys: LocalKeys;
  /** Superuser URL of each service's database. */
  readonly databases: Record<ServiceName, string>;
  readonly nats: Nats | null;
  readonly postgres: Postgres | null;
  readonly natsUrl: string;
  /** Where each subgraph answers the gateway. */
  readonly subgraphs: Record<ServiceName, string>;
  token(subject: string, claim: AtriumClaim): Promise<string>;
  process(name: ServiceName | 'gateway'): NodeChild;
  /** Ends a service or the gateway at once, as a crash would; resolves when it is gone. */
  kill(name: ServiceName | 'gateway'): Promise<void>;
  /** Starts it again on the same port. */
  start(name: ServiceName | 'gateway'): Promise<void>;
  /** Replaces a service as a rolling update does: the next one is ready before the one before is asked to stop. */
  roll(name: ServiceName, turnTo: (port: number) => void): Promise<void>;
  stop(): Promise<void>;
}

const REVIVE_MS = 8_000;

/** Starts the whole graph on this machine: PostgreSQL, NATS, six services with their workers, the gateway. */
export async function startLocalGraph(options: LocalGraphOptions): Promise<LocalGraph> {
  const { dir, report = () => undefined } = options;
  await requireNotRunning(dir);
  const ports = await choosePorts(options);
  if (options.fresh) rmSync(dir, { recursive: true, force: true });
  const logs = join(dir, 'logs');
  mkdirSync(logs, { recursive: true });
  const keys = await loadOrCreateKeys(dir);

  const stops: (() => Promise<unknown>)[] = [];
  const children = new Map<string, NodeChild>();
  let stopping = false;
  let save = () => undefined as void;
  /** Starts something again until it works; a service needs the broker, which may be starting again itself. */
  const revive = async (name: string, how: string, restart: () => Promise<void>): Promise<void> => {
    if (stopping || !options.supervise) return;
    report(`${name} ended (${how}), starting it again`);
    for (let wait = 500; !stopping; wait = Math.min(wait * 2, REVIVE_MS)) {
      try {
        await restart();
        report(`${name} is up again`);
        return save();
      } catch (error) {
        if (!stopping) report(error instanceof Error ? error.message : String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  const stop = async () => {
    stopping = true;
    await children.get('gateway')?.stop();
    await Promise.all(SERVICES.map(async (name) => children.get(name)?.stop()));
    for (const end of stops.splice(0).reverse()) await end();
  };

  try {
    report(options.databaseUrl ? 'PostgreSQL: yours, from DATABASE_URL' : 'PostgreSQL');
    const [postgres, nats] = await startServers(options, ports, dir, stops, report, (how) => {
      void revive('nats-server', how, () => (nats as Nats).restart());
    });
    const adminUrl = options.databaseUrl ?? (postgres as Postgres).url;
    const natsUrl = options.natsUrl ?? (nats as Nats).url;

    report('six databases');
    const databases = {} as Record<ServiceName, string>;
    const logins = {} as Record<ServiceName, { ownerUrl: string; appUrl: string }>;
    for (const name of SERVICES) {
      const made = await provisionDatabase(adminUrl, name);
      logins[name] = made;
      const url = new URL(adminUrl);
      url.pathname = `/${made.name}`;
      databases[name] = url.href;
    }

    const start = async (name: ServiceName | 'gateway'): Promise<void> => {
      let child: NodeChild | null = null;
      child = await startNode({
        name,
        script: join(ROOT, name === 'gateway' ? 'gateway/dist/main.js' : `services/${name}/dist/main.js`),
        env: { ...(name === 'gateway' ? gatewayEnv() : serviceEnv(name)), ...options.env },
        logFile: join(logs, `${name}.log`),
        readyUrl: `http://127.0.0.1:${ports[name]}/readyz`,
        node: options.node,
        nodeOptions: name === 'gateway' ? GATEWAY_NODE_OPTIONS : [],
        onExit: (code, signal) => {
          // One that never became ready is the business of whoever started it.
          if (child && children.get(name) === child) void revive(name, signal ?? `code ${code}`, () => start(name));
        },
      });
      children.set(name, child);
      // Asked to stop while it was starting.
      if (stopping) await child.stop();
    };
    const roll = async (name: ServiceName, turnTo: (port: number) => void): Promise<void> => {
      const before = children.get(name);
      ports[name] = await freePort();
      await start(name);
      turnTo(ports[name]);
      save();
      await before?.stop();
    };
    const serviceEnv = (name: ServiceName) =>
      serviceEnvironment(name, {
        databaseUrl: logins[name].appUrl,
        natsUrl,
        keys,
        port: ports[name],
        embedWorker: true,
      });
    const subgraphs = Object.fromEntries(
      SERVICES.map((name) => [name, `http://127.0.0.1:${ports[name]}/graphql`]),
    ) as Record<ServiceName, string>;
    const gatewayEnv = () => ({
      ...gatewayEnvironment({
        dir,
        natsUrl,
        keys,
        port: ports.gateway,
        subgraphs: { ...subgraphs, ...options.fronts },
      }),
      ...(options.graphiqlExamples ? { GRAPHIQL_EXAMPLES: options.graphiqlExamples } : {}),
    });
    const url = `http://127.0.0.1:${ports.gateway}/graphql`;
    save = () =>
      writeState(dir, {
        gatewayUrl: url,
        natsUrl,
        databases,
        pids: {
          ...Object.fromEntries([...children].map(([name, child]) => [name, child.pid])),
          ...(postgres ? { postgres: postgres.pid } : {}),
          ...(nats ? { nats: nats.pid() } : {}),
        },
        group: options.group,
      });

    report('migrations');
    await Promise.all(
      SERVICES.map(async (name) => {
        const child = await startNode({
          name: `migration of ${name}`,
          script: join(ROOT, `services/${name}/dist/migrate.js`),
          env: { MIGRATION_DATABASE_URL: logins[name].ownerUrl },
          logFile: join(logs, `${name}.migrate.log`),
        });
        if ((await child.ended) !== 0)
          throw new UsageError(`The migration of ${name} failed: see ${join(logs, `${name}.migrate.log`)}`);
      }),
    );
    report('six subgraphs and the gateway');
    await Promise.all([...SERVICES, 'gateway' as const].map(start));
    save();

    return {
      url,
      dir,
      keys,
      databases,
      nats,
      postgres,
      natsUrl,
      subgraphs,
      token: (subject, claim) => signCallerToken(keys, subject, claim),
      process(name) {
        const child = children.get(name);
        if (!child) throw new Error(`${name} is not running`);
        return child;
      },
      async kill(name) {
        const child = children.get(name);
        child?.kill('SIGKILL');
        await child?.ended;
      },
      start,
      roll,
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Two graphs in one folder would take each other's data away. */
async function requireNotRunning(dir: string): Promise<void> {
  const state = findState(dir);
  if (!state || !(await isPortTaken(Number(new URL(state.gatewayUrl).port)))) return;
  try {
    process.kill(state.pids['gateway'] ?? 0, 0);
  } catch {
    return;
  }
  throw new UsageError(
    `A graph runs in ${dir} already (${state.gatewayUrl}). Stop it, or use another folder: ATRIUM_DIR=…`,
  );
}

async function startServers(
  options: LocalGraphOptions,
  ports: Ports,
  dir: string,
  stops: (() => Promise<unknown>)[],
  report: (step: string) => void,
  onNatsCrash: (how: string) => void,
): Promise<[Postgres | null, Nats | null]> {
  let binary: string | undefined;
  if (!options.natsUrl) binary = await ensureNatsServer({ install: true, log: report });
  const starting = [
    options.databaseUrl ? Promise.resolve(null) : startPostgres({ dir: join(dir, 'postgres'), port: ports.postgres }),
    options.natsUrl
      ? Promise.resolve(null)
      : startNats({
          dir: join(dir, 'nats'),
          port: ports.nats,
          onCrash: onNatsCrash,
          ...(binary ? { binary } : {}),
        }),
  ] as const;
  // Both are waited for, so that a failure of one never leaves the other running.
  const [postgres, nats] = await Promise.allSettled(starting);
  if (postgres.status === 'fulfilled' && postgres.value) stops.push(postgres.value.stop);
  if (nats.status === 'fulfilled' && nats.value) stops.push(nats.value.stop);
  if (postgres.status === 'rejected') throw postgres.reason;
  if (nats.status === 'rejected') throw nats.reason;
  return [postgres.value, nats.value];
}

type Ports = Record<ServiceName | 'gateway' | 'postgres' | 'nats', number>;

async function choosePorts(options: LocalGraphOptions): Promise<Ports> {
  const wanted = options.ports ?? {};
  const ports = {} as Ports;
  const choose = async (name: keyof Ports, port: number | undefined, option: string) => {
    if (port !== undefined && (await isPortTaken(port))) {
      throw new UsageError(`Port ${port} for ${name} is taken. Stop what uses it, or choose another: ${option}`);
    }
    ports[name] = port ?? (await freePort());
  };
  await choose('gateway', wanted.gateway, 'npm start -- --port 4400');
  if (!options.databaseUrl) await choose('postgres', wanted.postgres, 'npm start -- --postgres-port 15500');
  if (!options.natsUrl) await choose('nats', wanted.nats, 'npm start -- --nats-port 14300');
  for (const [i, name] of SERVICES.entries()) {
    await choose(
      name,
      wanted.subgraphs === undefined ? undefined : wanted.subgraphs + i,
      'npm start -- --subgraph-port 4500',
    );
  }
  return ports;
}
