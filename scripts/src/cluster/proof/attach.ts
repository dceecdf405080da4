import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { LOCAL_AUDIENCE, type LocalKeys, type LocalState, writeKeys, writeState } from '@atrium/testkit';
import type { Place } from './ground/ground';
import type { Release } from './release';

/** A graph on a cluster as if it ran here: in this folder are its state and keys, for every command that looks there. */
export interface Attached {
  dir: string;
  state: LocalState;
  keys: Pick<LocalKeys, 'issuer' | 'names'>;
}

const FORWARDING = /Forwarding from 127\.0\.0\.1:(\d+)/;

/** A port of this machine that leads to a Service, for as long as its pod lives. */
export function forward(
  { namespace }: Pick<Place, 'namespace'>,
  service: string,
  port: number,
): Promise<{ port: number; stop(): void }> {
  const args = ['-n', namespace, 'port-forward', '--address', '127.0.0.1', `service/${service}`, `:${port}`];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => void child.kill();
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      const found = FORWARDING.exec(said)?.[1];
      if (found !== undefined) resolve({ port: Number(found), stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`no way to service/${service}: ${said.trim()}`)));
  });
}

/** Does something with the graph of a release whose callers' key is in a Secret of its own; group is the one that commands use when none is named. */
export async function attached<T>(release: Release, group: string, work: (graph: Attached) => Promise<T>): Promise<T> {
  const callers = await release.secret(`${release.name}-callers`);
  const operator = await release.secret(`${release.name}-operator`);
  const forwards: Awaited<ReturnType<typeof forward>>[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'atrium-attached-'));
  try {
    const ways = new Map<string, Promise<string>>();
    const to = (place: Place, port: number) => {
      const key = `${place.namespace}/${place.service}`;
      const way = async () => {
        const made = await forward(place, place.service, port);
        forwards.push(made);
        return `127.0.0.1:${made.port}`;
      };
      const found = ways.get(key) ?? way();
      ways.set(key, found);
      return found;
    };
    const { namespace, name, ground } = release;
    const gateway = await to({ namespace, service: `${name}-gateway` }, 80);
    const nats = await to(ground.nats, 4222);
    const logins = JSON.parse(operator['CHECK_DATABASE_URLS'] ?? '{}') as Record<ServiceName, string>;
    const databases = {} as Record<ServiceName, string>;
    for (const service of SERVICES) {
      const url = new URL(logins[service]);
      url.host = await to(ground.database(service), 5432);
      databases[service] = url.href;
    }
    const state: LocalState = {
      gatewayUrl: `http://${gateway}/graphql`,
      natsUrl: `nats://${nats}`,
      natsLogin: { user: operator['NATS_USER'] ?? '', pass: operator['NATS_PASSWORD'] ?? '' },
      databases,
      pids: {},
      group,
    };
    const keys = {
      issuer: JSON.parse(callers['ISSUER_KEY'] ?? '') as LocalKeys['issuer'],
      names: { issuer: `https://${release.name}.atrium.localhost`, audience: LOCAL_AUDIENCE },
    };
    writeState(dir, state);
    writeKeys(dir, keys);
    return await work({ dir, state, keys });
  } finally {
    forwards.forEach(({ stop }) => stop());
    rmSync(dir, { recursive: true, force: true });
  }
}
