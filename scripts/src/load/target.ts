// The graph that people are sent to, and what of it can be seen from here.
import { signCallerToken, type SignToken } from '@atrium/platform/operator';
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
  /** Until every consumer has caught up. */
  drain?(limitMs: number): Promise<Drained[]>;
  /** The whole ledger, and each write in this file. */
  books?(acknowledged: string): Promise<Books>;
  close(): Promise<void>;
}

export type Key = Parameters<typeof signCallerToken>[0]['issuer'];

export function signer(key: Key, names: { issuer: string; audience: string }): SignToken {
  return (subject, claim) => signCallerToken({ issuer: key }, subject, claim, names);
}
