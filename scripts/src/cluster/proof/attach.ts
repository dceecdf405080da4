import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@atrium/contracts';
import { LOCAL_AUDIENCE, type LocalKeys, type LocalState, writeKeys, writeState } from '@atrium/testkit';
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
  release: Pick<Release, 'namespace'>,
  service: string,
  port: number,
): Promise<{ port: number; stop(): void }> {
  const args = ['-n', release.namespace, 'port-forward', '--address', '127.0.0.1', `service/${service}`, `:${port}`];
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

/** Does something with the graph of a release for evaluation; group is the one that commands use when none is named. */
export async function attached<T>(release: Release, group: string, work: (graph: Attached) => Promise<T>): Promise<T> {
  const callers = await release.secret(`${release.name}-callers`);
  const operator = await release.secret(`${release.name}-operator`);
  const forwards: Awaited<ReturnType<typeof forward>>[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'atrium-attached-'));
  try {
    const to = async (service: string, port: number) => {
      const made = await forward(release, `${release.name}-${service}`, port);
      forwards.push(made);
      return `127.0.0.1:${made.port}`;
    };
    const [gateway, postgres, nats] = [await to('gateway', 80), await to('postgres', 5432), await to('nats', 4222)];
    const logins = JSON.parse(operator['CHECK_DATABASE_URLS'] ?? '{}') as Record<ServiceName, string>;
    const databases = Object.fromEntries(
      SERVICES.map((service) => {
        const url = new URL(logins[service]);
        url.host = postgres;
        return [service, url.href];
      }),
    ) as Record<ServiceName, string>;
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
