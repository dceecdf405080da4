import { PointsLedgerBlockClosedSchema } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { event, publish, type Tx } from '@atrium/platform';
import type { Block } from '../domain/encoding';

/** Whoever keeps what was published can later tell whether the ledger is still the same. */
export function publishBlock(tx: Tx, block: Block): Promise<void> {
  return publish(
    tx,
    event(PointsLedgerBlockClosedSchema, {
      number: block.number,
      entryCount: BigInt(block.count),
      root: block.root.toString('hex'),
      previousHash: block.previousHash.toString('hex'),
      hash: block.hash.toString('hex'),
      closedAt: block.closedAt.toISOString(),
    }),
    {
      aggregateId: naturalId('points-ledger', block.groupId),
      ownerId: block.groupId,
      version: block.number,
      occurredAt: block.closedAt,
    },
  );
}
