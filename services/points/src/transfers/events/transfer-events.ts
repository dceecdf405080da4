import { PointsTransferRefusedSchema } from '@atrium/contracts';
import { event, publishAll, type Tx } from '@atrium/platform';

export interface RefusedTransfer {
  transferId: string;
  fromMemberId: string;
  toMemberId: string;
  reason: 'UNKNOWN' | 'MERGED';
}

/** The receiving side has no account that could say it, so it is said about the transfer. */
export const publishRefused = (tx: Tx, refused: readonly RefusedTransfer[]): Promise<void> =>
  publishAll(
    tx,
    refused.map((each) => [
      event(PointsTransferRefusedSchema, { ...each, occurredAt: tx.now.toISOString() }),
      { aggregateId: each.transferId, ownerId: each.fromMemberId, occurredAt: tx.now },
    ]),
  );
