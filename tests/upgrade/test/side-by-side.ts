// Processes of two releases on the same servers: which run, and who asks whom.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import {
  freePort,
  GATEWAY_NODE_OPTIONS,
  gatewayEnvironment,
  groupClients,
  type GroupClients,
  groupIdOf,
  loadOrCreateKeys,
  type LocalState,
  type NodeChild,
  provisionDatabase,
  serviceEnvironment,
  signCallerToken,
  type SignToken,
  startNats,
  startNode,
  startPostgres,
  writeState,
} from '@atrium/testkit';
import { type Front, startFront } from './front';
import { migrate, type Release, RELEASES, untilSettled } from './releases';

/** Scaled and replaced apart, as in the charts. */
export type Role = 'api' | 'worker' | 'gateway';
type Process = { child: NodeChild; port: number };
type Fronts = Record<ServiceName, Front>;

export interface SideBySide {
  readonly state: LocalState;
  readonly dir: string;
  clients(): Promise<GroupClients>;
  migrate(release: Release): Promise<void>;
  start(release: Release, ...roles: Role[]): Promise<void>;
  /** As a rolling update does: it answers what it was asked, and ends. Nobody may be sent to it any more. */
  stop(release: Release, ...roles: Role[]): Promise<void>;
  /** Of these services alone, one release's workers instead of the other's. */
  handOver(from: Release, to: Release, services: readonly ServiceName[]): Promise<void>;
  /** Where a release's own gateway is. */
  gatewayOf(release: Release): string;
  tokenOf(memberId: string): Promise<string>;
  /** Whose gateways callers are answered by, in turn. */
  answer(...releases: Release[]): void;
  /** Whose subgraphs a release's gateway asks, in turn. */
  ask(gateway: Release, ...releases: Release[]): void;
  /** What a worker has counted since it was started. */
  counted(release: Release, service: ServiceName): Promise<{ published: number; applied: number }>;
  /** Nothing is on its way any more that this release knows of. */
  settled(release: Release): Promise<void>;
  end(): Promise<void>;
}

const each = <T>(make: (name: ServiceName) => Promise<T>) =>
  Promise.all(SERVICES.map(async (name) => [name, await make(name)] as const)).then(
    (pairs) => Object.fromEntries(pairs) as Record<ServiceName, T>,
  );

export async function startSideBySide(group: string): Promise<SideBySide> {
  const dir = mkdtempSync(join(tmpdir(), 'atrium-upgrade-'));
  const keys = await loadOrCreateKeys(dir);
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const logins = await each((name) => provisionDatabase(postgres.url, name));
  const entry = await startFront();
  const fronts: Record<Release, Fronts> = { before: await each(startFront), now: await each(startFront) };
  const running = new Map<string, Process>();
  const key = (release: Release, role: Role, name: ServiceName | 'gateway') => [release, role, name].join(' ');
  const find = (release: Release, role: Role, name: ServiceName | 'gateway'): Process => {
    const found = running.get(key(release, role, name));
    if (!found) throw new Error(`${key(release, role, name)} is not running`);
    return found;
  };

  const state: LocalState = {
    gatewayUrl: `http://127.0.0.1:${entry.port}/graphql`,
    natsUrl: nats.url,
    databases: Object.fromEntries(
      SERVICES.map((name) => [name, new URL(`/${logins[name].name}`, postgres.url).href]),
    ) as LocalState['databases'],
    pids: {},
    group,
  };
  writeState(dir, state);

  function environment(release: Release, role: Role, name: ServiceName | 'gateway', port: number) {
    if (name !== 'gateway')
      return serviceEnvironment(name, {
        databaseUrl: logins[name].appUrl,
        natsUrl: nats.url,
        keys,
        port,
        embedWorker: false,
      });
    const subgraphs = Object.fromEntries(
      SERVICES.map((service) => [service, `http://127.0.0.1:${fronts[release][service].port}/graphql`]),
    ) as Record<ServiceName, string>;
    return gatewayEnvironment({ dir, natsUrl: nats.url, keys, port, subgraphs });
  }

  async function startOne(release: Release, role: Role, name: ServiceName | 'gateway'): Promise<void> {
    const port = await freePort();
    const folder = name === 'gateway' ? 'gateway' : `services/${name}`;
    const child = await startNode({
      name: key(release, role, name),
      script: join(RELEASES[release], folder, 'dist', role === 'worker' ? 'worker.js' : 'main.js'),
      env: environment(release, role, name, port),
      logFile: join(dir, `${key(release, role, name).replaceAll(' ', '-')}.log`),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      nodeOptions: name === 'gateway' ? GATEWAY_NODE_OPTIONS : [],
    });
    running.set(key(release, role, name), { child, port });
  }

  const parts = (role: Role) => (role === 'gateway' ? (['gateway'] as const) : SERVICES);
  /** All are waited for, so that none is left running when one fails. */
  async function all(works: Promise<void>[]): Promise<void> {
    for (const { reason } of (await Promise.allSettled(works)).filter((each) => each.status === 'rejected'))
      throw reason;
  }
  const every = (roles: Role[], work: (role: Role, name: ServiceName | 'gateway') => Promise<void>) =>
    all(roles.flatMap((role) => parts(role).map((name) => work(role, name))));

  async function stopOne(release: Release, role: Role, name: ServiceName | 'gateway'): Promise<void> {
    const { child } = find(release, role, name);
    running.delete(key(release, role, name));
    await child.stop();
  }
  const sign: SignToken = (subject, claim) => signCallerToken(keys, subject, claim);
  const portOf = (release: Release) => find(release, 'gateway', 'gateway').port;

  return {
    state,
    dir,
    clients: () => groupClients(state.gatewayUrl, group, sign),
    migrate: async (release) => void (await each((name) => migrate(release, name, logins[name].ownerUrl))),
    start: (release, ...roles) => every(roles, (role, name) => startOne(release, role, name)),
    stop: (release, ...roles) => every(roles, (role, name) => stopOne(release, role, name)),
    async handOver(from, to, services) {
      const fresh = services.filter((name) => !running.has(key(to, 'worker', name)));
      await all(fresh.map((name) => startOne(to, 'worker', name)));
      await all(services.map((name) => stopOne(from, 'worker', name)));
    },
    gatewayOf: (release) => `http://127.0.0.1:${portOf(release)}/graphql`,
    tokenOf: (memberId) => sign(memberId, { kind: 'MEMBER', group: groupIdOf(group), member: memberId }),
    answer: (...releases) => entry.to(...releases.map(portOf)),
    ask(gateway, ...releases) {
      for (const name of SERVICES)
        fronts[gateway][name].to(...releases.map((release) => find(release, 'api', name).port));
    },
    async counted(release, service) {
      const text = await (await fetch(`http://127.0.0.1:${find(release, 'worker', service).port}/metrics`)).text();
      const sum = (metric: string, labels = '') =>
        [...text.matchAll(new RegExp(`^${metric}\\{[^}]*${labels}[^}]*\\} (\\d+)$`, 'gm'))].reduce(
          (all, [, n]) => all + Number(n),
          0,
        );
      return {
        published: sum('atrium_events_published_total'),
        applied: sum('atrium_events_applied_total', 'outcome="applied"'),
      };
    },
    settled: (release) => untilSettled(release, state),
    async end() {
      entry.close();
      for (const front of [...Object.values(fronts.before), ...Object.values(fronts.now)]) front.close();
      await Promise.all([...running.values()].map(({ child }) => child.stop()));
      await Promise.all([nats.stop(), postgres.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
