// Seals what was posted: entries go into a block in the transaction that takes them off the list of those without one.
// That list is written with the entries themselves, so it does not matter in which order transactions commit: an entry
// is either on the list or in a block, never both, never neither.
import { randomFillSync } from 'node:crypto';
import type { Tx } from '@atrium/platform';
import { hashDesk, hashLeaf, LEAF_VERSION, NO_BLOCK, sealBlock } from '../domain/encoding';
import { merkleTree } from '../domain/merkle';
import { publishBlock } from '../events/block-events';
import {
  findEntriesToHash,
  findGroupsWithUnblockedEntries,
  findLastBlock,
  findUnblocked,
  insertBlock,
  insertLeaves,
  lockBlocks,
  removeUnblocked,
} from '../storage/block.repository';

/** A proof's path has at most twelve hashes. */
export const BLOCK_MAX = 4_096;

export const groupsToSeal = (tx: Tx): Promise<string[]> => findGroupsWithUnblockedEntries(tx);

/** Closes a block over what waits, as far as it fits into one; says how many entries it holds. */
export async function closeBlock(tx: Tx): Promise<number> {
  if (!(await lockBlocks(tx))) return 0;
  const waiting = await findUnblocked(tx, BLOCK_MAX);
  if (waiting.length === 0) return 0;
  const entries = await findEntriesToHash(tx, waiting);
  const nonces = randomFillSync(Buffer.alloc(entries.length * 32));
  const last = await findLastBlock(tx);
  const blockNumber = (last?.number ?? 0n) + 1n;
  const leaves = entries.map((entry, leafIndex) => {
    const nonce = nonces.subarray(leafIndex * 32, leafIndex * 32 + 32);
    const hash = hashLeaf(entry, nonce, hashDesk(nonce, entry.actor, entry.reason));
    return { memberId: entry.memberId, entryId: entry.entryId, blockNumber, leafIndex, nonce, hash };
  });
  const block = sealBlock({
    groupId: tx.groupId ?? '',
    number: blockNumber,
    count: leaves.length,
    previousHash: last?.hash ?? NO_BLOCK,
    root: merkleTree(leaves.map(({ hash }) => hash)).root,
    closedAt: tx.now,
  });
  await insertBlock(tx, block);
  await insertLeaves(tx, LEAF_VERSION, leaves);
  await removeUnblocked(tx, waiting);
  await publishBlock(tx, block);
  return leaves.length;
}
