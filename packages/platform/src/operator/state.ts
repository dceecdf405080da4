import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@atrium/contracts';

/** Where a running local graph is, for the other commands. Written at start, in the graph's folder. */
export interface LocalState {
  gatewayUrl: string;
  natsUrl: string;
  /** Where NATS asks for one. */
  natsLogin?: { user: string; pass: string };
  /** Logins that see every tenant, for the ledger check. */
  databases: Record<ServiceName, string>;
  /** Of services, gateway, `postgres` and `nats`. */
  pids: Record<string, number>;
  /** Code of the group that commands use when none is named. */
  group: string;
}

export const ROOT = join(__dirname, '..', '..', '..', '..');
export const DEFAULT_DIR = process.env['ATRIUM_DIR'] ?? join(ROOT, '.atrium');

const file = (dir: string) => join(dir, 'state.json');

export const writeState = (dir: string, state: LocalState): void =>
  writeFileSync(file(dir), JSON.stringify(state, null, 2), { mode: 0o600 });

export function findState(dir: string): LocalState | null {
  return existsSync(file(dir)) ? (JSON.parse(readFileSync(file(dir), 'utf8')) as LocalState) : null;
}

export function readState(dir = DEFAULT_DIR): LocalState {
  const state = findState(dir);
  if (!state) throw new UsageError('No local graph has been started here. Start one: npm start');
  return state;
}

/** A mistake of the person at the keyboard: one clear line, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
