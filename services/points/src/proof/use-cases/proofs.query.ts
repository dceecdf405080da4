// Proofs of single entries, and the look at a proof that somebody hands in.
import type { Tx } from '@atrium/platform';
import { type EntryProof, hashDesk, hashLeaf } from '../domain/encoding';
import { merkleTree } from '../domain/merkle';
import { findBlocksByNumber, findEntriesToHash, findHashes, findLeaves } from '../storage/block.repository';

export type { EntryProof } from '../domain/encoding';
export { checkProofFile, toProofFile } from '../domain/proof-file';
export type { Fault } from '../domain/proof-file';

export interface EntryKey {
  readonly memberId: string;
  readonly entryId: string;
}

export interface ProofView extends EntryProof {
  /** False when the entry is no longer what was sealed: somebody changed the ledger behind the service's back. */
  readonly intact: boolean;
}

/** By entry id; entries that wait for their block have none yet. */
export async function proofs(tx: Tx, keys: readonly EntryKey[]): Promise<Map<string, ProofView>> {
  const leaves = await findLeaves(tx, keys);
  if (leaves.length === 0) return new Map();
  const blocks = await findBlocksByNumber(
    tx,
    leaves.map(({ blockNumber }) => blockNumber),
  );
  const entries = await findEntriesToHash(tx, leaves);
  const found = new Map<string, ProofView>();
  for (const block of blocks.values()) {
    const tree = merkleTree(await findHashes(tx, block.number));
    for (const [i, leaf] of leaves.entries()) {
      const entry = entries[i];
      if (leaf.blockNumber !== block.number || !entry) continue;
      const { actor, reason, ...fields } = entry;
      const desk = hashDesk(leaf.nonce, actor, reason);
      found.set(leaf.entryId, {
        leaf: fields,
        nonce: leaf.nonce,
        desk,
        hash: leaf.hash,
        index: leaf.leafIndex,
        path: tree.path(leaf.leafIndex),
        block,
        intact: tree.root.equals(block.root) && hashLeaf(fields, leaf.nonce, desk).equals(leaf.hash),
      });
    }
  }
  return found;
}
