// Refunds that merchant-settlement could not match to a sale: on the desk's list while they are unmatched there.
import type { Tx } from '@atrium/platform';
import { saveForeignException } from '../storage/exception.repository';
import { deadlineOf } from './open-exception';

export interface HeardUnmatched {
  refundId: string;
  purchaseId: string;
  version: bigint;
  details: Record<string, string>;
  closed: { outcome: string; by: string | null; at: Date } | null;
}

export async function hearUnmatchedRefunds(tx: Tx, heard: readonly HeardUnmatched[]): Promise<void> {
  const due = await deadlineOf(tx);
  for (const { refundId, purchaseId, version, details, closed } of heard) {
    const deadline = closed ? null : due;
    const about = { kind: 'PARKED_REFUND', subjectId: refundId, purchaseId, deadline, details } as const;
    await saveForeignException(tx, { ...about, version, closed });
  }
}
