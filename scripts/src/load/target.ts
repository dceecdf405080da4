// The graph that people are sent to, and what of it can be seen from here.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { signCallerToken, type SignToken, UsageError } from '@atrium/platform/operator';
import type { LedgerResult } from '../check/all';
import type { Kept } from './acknowledged';
import type { Drained } from './drain';
import type { Looking } from './watch';

export type Books = { ledger: LedgerResult; kept: Kept[] };

export interface Target {
  url: string;
  sign: SignToken;
  /** What runs, with replicas or memory. */
  look?: Looking;
  /** Until every consumer has caught up, and nothing waits elsewhere. */
  drain?(limitMs: number): Promise<Drained[]>;
  /** The whole ledger, and each write in this file. */
  books?(acknowledged: string): Promise<Books>;
  close(): Promise<void>;
}

const AGREE_MS = 60_000;
const LOOK_MS = 5_000;

const agree = ({ ledger, kept }: Books) =>
  ledger.rules.every(({ violations }) => violations === 0) && kept.every(({ lost, doubled }) => lost + doubled === 0);

/** What is not done yet is no fault: books that do not agree are asked again for a minute. */
export async function agreed(ask: () => Promise<Books>, signal: AbortSignal): Promise<Books> {
  const end = performance.now() + AGREE_MS;
  for (;;) {
    const books = await ask();
    if (agree(books) || performance.now() > end) return books;
    await setTimeout(LOOK_MS, undefined, { signal });
  }
}

export type Key = Parameters<typeof signCallerToken>[0]['issuer'];

/** A private JWK from a file or a Secret. */
export function readKey(text: string, where: string): Key {
  try {
    return JSON.parse(text) as Key;
  } catch {
    throw new UsageError(`${where} is no private JWK: it is not JSON.`);
  }
}

export function readKeyFile(file: string): Key {
  try {
    return readKey(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--signing-key: ${(error as Error).message}`);
  }
}

export function signer(key: Key, names: { issuer: string; audience: string }): SignToken {
  return (subject, claim) => signCallerToken({ issuer: key }, subject, claim, names);
}
