// The graph that people are sent to, and what of it can be seen from here.
import { readFileSync } from 'node:fs';
import {
  DEFAULT_DIR,
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  readKeys,
  readState,
  signCallerToken,
  type SignToken,
} from '@atrium/platform/operator';
import { checkLedger, type LedgerResult } from '../check/all';
import { databaseUrls, openDatabases } from '../check/databases';
import { compareWithDatabases, type Kept, readAcknowledged } from './acknowledged';
import { type Drained, drainConsumers } from './drain';
import { openRelease } from './kube';
import type { LoadOptions } from './options';
import { localParts, type Looking } from './watch';

export type Books = { ledger: LedgerResult; kept: Kept[] };

export interface Target {
  url: string;
  sign: SignToken;
  /** What runs, with replicas or memory. */
  look?: Looking;
  /** Until every consumer has caught up. */
  drain?(limitMs: number): Promise<Drained[]>;
  /** The whole ledger, and each write in this file. */
  books?(acknowledged: string): Promise<Books>;
  close(): Promise<void>;
}

type Key = Parameters<typeof signCallerToken>[0]['issuer'];

export function signer(key: Key, names: { issuer: string; audience: string }): SignToken {
  return (subject, claim) => signCallerToken({ issuer: key }, subject, claim, names);
}

async function booksFromHere(acknowledged: string): Promise<Books> {
  const db = openDatabases(databaseUrls());
  try {
    const kept = await compareWithDatabases(db, await readAcknowledged(acknowledged));
    return { kept, ledger: await checkLedger(db) };
  } finally {
    await db.close();
  }
}

export async function openTarget(options: LoadOptions): Promise<Target> {
  if (options.kube !== undefined) return openRelease(options.kube, options);
  const { url, issuer = LOCAL_ISSUER, audience = LOCAL_AUDIENCE, nats } = options;
  const close = () => Promise.resolve();
  const keyFile = options['signing-key'];
  if (url === undefined || keyFile === undefined) {
    const state = readState();
    return {
      url: state.gatewayUrl,
      sign: signer(readKeys(DEFAULT_DIR).issuer, { issuer, audience }),
      look: localParts(state),
      drain: (limitMs) => drainConsumers(nats ?? state.natsUrl, limitMs),
      books: booksFromHere,
      close,
    };
  }
  return {
    url,
    sign: signer(JSON.parse(readFileSync(keyFile, 'utf8')) as Key, { issuer, audience }),
    ...(nats === undefined ? {} : { drain: (limitMs: number) => drainConsumers(nats, limitMs) }),
    ...(process.env['CHECK_DATABASE_URLS'] === undefined ? {} : { books: booksFromHere }),
    close,
  };
}
