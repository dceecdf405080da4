// A version of the tier ladder: normally for the future; one that arrives after sales of its time rates them again.
import type { Tx } from '@atrium/platform';
import type { Ladder } from '../domain/tier-timeline';
import { lockAccounts } from '../../ledger/storage/ledger.repository';
import { findBuyersSince } from '../storage/sale.repository';
import { insertLadder, keepLadderStill } from '../storage/tier.repository';
import { rerateSales } from './rerate-sales';

const CHUNK = 500;

export async function applyLadder(tx: Tx, ladder: Ladder): Promise<void> {
  await keepLadderStill(tx, 'EXCLUSIVE');
  if (!(await insertLadder(tx, ladder))) return;
  const buyers = await findBuyersSince(tx, ladder.effectiveFrom);
  // `after` is exclusive, a ladder's beginning is not.
  const after = new Date(ladder.effectiveFrom.getTime() - 1);
  for (let i = 0; i < buyers.length; i += CHUNK) {
    const memberIds = buyers.slice(i, i + CHUNK);
    await lockAccounts(tx, memberIds);
    await rerateSales(
      tx,
      memberIds.map((memberId) => ({ memberId, after })),
      tx.now,
    );
  }
}
