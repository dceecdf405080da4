// A Merkle tree as in RFC 6962: the left side holds the largest power of two below the count, and what is hashed begins
// with what it is, so that no leaf can pass for an inner node.
import { sha256 } from '@atrium/kernel';

/** First byte of everything that is hashed. */
export const PREFIX = {
  leaf: Uint8Array.of(0),
  node: Uint8Array.of(1),
  block: Uint8Array.of(2),
  desk: Uint8Array.of(3),
} as const;

export const leafHash = (bytes: Uint8Array): Buffer => sha256(PREFIX.leaf, bytes);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(PREFIX.node, left, right);

/** The largest power of two below `count`, which is 2 or more. */
function leftSide(count: number): number {
  let size = 1;
  while (size * 2 < count) size *= 2;
  return size;
}

export interface MerkleTree {
  readonly root: Buffer;
  /** The neighbours that lead from a leaf to the root, from the bottom up. */
  path(index: number): Buffer[];
}

/** Each inner node is hashed once, however many paths are asked for. */
export function merkleTree(leaves: readonly Buffer[]): MerkleTree {
  const known = new Map<string, Buffer>();
  const node = (start: number, count: number): Buffer => {
    const leaf = leaves[start];
    if (!leaf) throw new Error('a block has at least one entry');
    if (count === 1) return leaf;
    const key = `${start} ${count}`;
    let hash = known.get(key);
    if (!hash) {
      const left = leftSide(count);
      hash = nodeHash(node(start, left), node(start + left, count - left));
      known.set(key, hash);
    }
    return hash;
  };
  const path = (index: number, start: number, count: number): Buffer[] => {
    if (count === 1) return [];
    const left = leftSide(count);
    return index < start + left
      ? [...path(index, start, left), node(start + left, count - left)]
      : [...path(index, start + left, count - left), node(start, left)];
  };
  return { root: node(0, leaves.length), path: (index) => path(index, 0, leaves.length) };
}

/** The root that a leaf's path leads to; null when a path of this length cannot stand at this place. */
export function rootByPath(leaf: Buffer, index: number, count: number, path: readonly Buffer[]): Buffer | null {
  if (!Number.isInteger(index) || index < 0 || index >= count) return null;
  if (count === 1) return path.length === 0 ? leaf : null;
  const neighbour = path.at(-1);
  if (!neighbour) return null;
  const split = leftSide(count);
  const below = path.slice(0, -1);
  const inner =
    index < split ? rootByPath(leaf, index, split, below) : rootByPath(leaf, index - split, count - split, below);
  if (!inner) return null;
  return index < split ? nodeHash(inner, neighbour) : nodeHash(neighbour, inner);
}
