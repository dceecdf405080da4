// A mall with a recording of its own beside a whole graph: its database, its broker as a leaf of the hub's, its service and
// gateway, and a line between the two brokers that can be cut.
import { connect as dial, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  freePort,
  type GroupClients,
  groupClients,
  jwksFile,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  type Nats,
  type NodeChild,
  provisionDatabase,
  ROOT,
  startNats,
  startNode,
} from '@atrium/testkit';
import type { StoryGraph } from './graph';

export interface Line {
  readonly port: number;
  /** Ends what is under way, too. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A line to a port of this machine. */
export async function openLine(port: number): Promise<Line> {
  let open = true;
  const sockets = new Set<Socket>();
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server: Server = createServer((near) => {
    if (!open) return near.destroy();
    const far = dial(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      open = false;
      drop();
    },
    mend() {
      open = true;
    },
    async close() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The hub's broker as charts/atrium/files/nats.conf sets it up: a leaf may source what a site needs, and be sourced, and nothing else. */
export const hubConfig = (leafPort: number, line: Line, site: string): string => `
jetstream { domain: hub }
leafnodes { host: 127.0.0.1, port: ${leafPort}, advertise: "127.0.0.1:${line.port}" }
no_auth_user: local
accounts { ATRIUM { jetstream: enabled, users: [
  { user: local, password: local }
  { user: "site-${site}", password: line, permissions: {
    publish: { allow: ["site.${site}.up.>", "$JSC.R.>", "$JS.FC.>", ${['MEMBER', 'POINTS', 'COUPON', 'SETTLEMENT']
      .flatMap((stream) => [`$JS.hub.API.CONSUMER.CREATE.${stream}`, `$JS.hub.API.CONSUMER.CREATE.${stream}.>`])
      .map((subject) => JSON.stringify(subject))
      .join(', ')}] }
    subscribe: { allow: ["site.${site}.down.>", "$JS.${site}.API.>", "$JSC.R.>", "$JS.FC.>"] } } }
] } }
`;

const leafConfig = (line: number, site: string): string => `
jetstream { domain: ${site} }
leafnodes { reconnect: 1, remotes: [ { url: "nats://site-${site}:line@127.0.0.1:${line}", account: ATRIUM } ] }
no_auth_user: local
accounts { ATRIUM { jetstream: enabled, users: [ { user: local, password: local } ] } }
`;

export interface Site {
  readonly nats: Nats;
  /** Superuser URL of its database. */
  readonly database: string;
  clients(group: string): Promise<GroupClients>;
  stop(): Promise<void>;
}

export async function startSite(graph: StoryGraph, line: Line, site: string): Promise<Site> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const adminUrl = graph.postgres?.url ?? '';
    const database = await provisionDatabase(adminUrl, 'merchant-settlement', { database: `site_${site}` });
    const nats = await startNats({ config: leafConfig(line.port, site) });
    ends.push(() => nats.stop());
    const migration = await startNode({
      name: 'migration of the site',
      script: join(ROOT, 'services/merchant-settlement/dist/migrate.js'),
      env: { MIGRATION_DATABASE_URL: database.ownerUrl },
      logFile: join(graph.dir, 'logs', 'site.migrate.log'),
    });
    if ((await migration.ended) !== 0) throw new Error('the migration of the site failed');
    const ports = { settlement: await freePort(), gateway: await freePort() };
    const start = async (name: string, script: string, port: number, env: Record<string, string>) => {
      const child: NodeChild = await startNode({
        name,
        script: join(ROOT, script),
        env: { PORT: String(port), NATS_URL: nats.url, SITE: site, ...env },
        logFile: join(graph.dir, 'logs', `${name}.log`),
        readyUrl: `http://127.0.0.1:${port}/readyz`,
      });
      ends.push(() => child.stop());
    };
    await start('site-settlement', 'services/merchant-settlement/dist/main.js', ports.settlement, {
      DATABASE_URL: database.appUrl,
      GATEWAY_PUBLIC_KEY: JSON.stringify(graph.keys.gatewayPublic),
      BLIND_INDEX_KEY: graph.keys.blindIndexKey,
      EMBED_WORKER: 'true',
    });
    await start('site-gateway', 'gateway/dist/main.js', ports.gateway, {
      SUBGRAPH_URLS: JSON.stringify({ 'merchant-settlement': `http://127.0.0.1:${ports.settlement}/graphql` }),
      CALLER_ISSUER: LOCAL_ISSUER,
      CALLER_AUDIENCE: LOCAL_AUDIENCE,
      CALLER_JWKS: jwksFile(graph.dir),
      SUBGRAPH_TOKEN_KEY: JSON.stringify(graph.keys.gateway),
      RATE_LIMITS: 'off',
    });
    const own = new URL(adminUrl);
    own.pathname = `/${database.name}`;
    const url = `http://127.0.0.1:${ports.gateway}/graphql`;
    return { nats, database: own.href, clients: (group) => groupClients(url, group, graph.token), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
