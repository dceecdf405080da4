// One proof, checked with nothing but the file and the published hash of its block.
import { type BlockHead, type Entry, hashOfBlock, hashOfEntry, rootByPath } from './hashing';

interface ProofFile {
  format: string;
  entry: Entry;
  deskHash: string;
  nonce: string;
  index: number;
  path: string[];
  block: Omit<BlockHead, 'closedAtMicros'> & { hash: string; closedAt: string };
}

export interface ProofFinding {
  valid: boolean;
  text: string;
}

/** `published` is the block's hash or its root as somebody kept it; without it the file is only shown to fit together. */
export function checkProof(text: string, published: string | null): ProofFinding {
  let file: ProofFile;
  try {
    file = JSON.parse(text) as ProofFile;
    if (file.format !== 'atrium-points-proof-1') throw new Error('unknown format');
    return check(file, published);
  } catch (error) {
    return { valid: false, text: `not a proof file: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function check({ entry, deskHash, nonce, index, path, block }: ProofFile, published: string | null): ProofFinding {
  const wrong = (text: string): ProofFinding => ({ valid: false, text });
  const root = rootByPath(hashOfEntry(entry, nonce, deskHash), index, block.count, path);
  if (root !== block.root) return wrong(`entry ${entry.entryId} does not lead to the root of block ${block.number}`);
  if (entry.groupId !== block.groupId) return wrong('entry and block belong to two mall groups');
  const closedAtMicros = String(BigInt(new Date(block.closedAt).getTime()) * 1000n);
  const hash = hashOfBlock({ ...block, closedAtMicros });
  if (hash !== block.hash) return wrong(`block ${block.number} does not have the hash that the file names`);
  if (published !== null && published !== hash && published !== root) {
    return wrong(`block ${block.number} is not the published one: its hash is ${hash}, its root ${root}`);
  }
  const found = `entry ${entry.entryId} (${entry.kind}, ${entry.amount} points) is in block ${block.number}`;
  return {
    valid: true,
    text:
      published === null
        ? `${found}.\nCompare the hash of the block with the published one: ${hash}`
        : `${found}, and the block is the published one.`,
  };
}
