// The bytes that are hashed. They are for ever: what changes gets a new version, and old blocks keep theirs.
// docs/adr/0019 and the verifier (scripts/src/verify) describe the same bytes in their own words.
import { sha256 } from '@atrium/kernel';
import { leafHash, PREFIX } from './merkle';

export const LEAF_VERSION = 1;
export const BLOCK_VERSION = 1;
/** What stands before the first block. */
export const NO_BLOCK = Buffer.alloc(32);

/** What of an entry never changes. Times are microseconds since 1970, as exact as the database keeps them. */
export interface LeafFields {
  readonly groupId: string;
  readonly memberId: string;
  readonly entryId: string;
  readonly kind: string;
  readonly amount: bigint;
  readonly debtDelta: bigint;
  readonly availableAfter: bigint;
  readonly occurredAtMicros: bigint;
  readonly postedAtMicros: bigint;
  readonly siteId: string | null;
  readonly purchaseId: string | null;
  readonly refundId: string | null;
  readonly source: { readonly kind: string; readonly id: string } | null;
  /** What the entry gave to lots (+) or took from them (-), in the order of the lots' ids. */
  readonly parts: readonly { readonly lotId: string; readonly amount: bigint }[];
  readonly explanation: unknown;
}

/**
 * version 1 | nonce 32 | group 16 | member 16 | entry 16 | kind (length 1, UTF-8) | amount, debt, available after: 8 each |
 * occurred, posted: 8 each | site, sale, refund: 0, or 1 and 16 bytes | source: 0, or 1, kind as above, 16 bytes | parts: count 4, then lot 16 and amount 8 each |
 * explanation: length 4, canonical JSON | desk 32. Numbers are big-endian, signed ones in two's complement.
 */
export function encodeLeaf(leaf: LeafFields, nonce: Buffer, desk: Buffer): Buffer {
  const explanation = Buffer.from(canonicalJson(leaf.explanation), 'utf8');
  const parts = [...leaf.parts].sort((a, b) => (a.lotId < b.lotId ? -1 : 1));
  return Buffer.concat([
    Uint8Array.of(LEAF_VERSION),
    nonce,
    uuid(leaf.groupId),
    uuid(leaf.memberId),
    uuid(leaf.entryId),
    text(leaf.kind),
    ...[leaf.amount, leaf.debtDelta, leaf.availableAfter, leaf.occurredAtMicros, leaf.postedAtMicros].map(int64),
    ...[leaf.siteId, leaf.purchaseId, leaf.refundId].map(optionalUuid),
    ...(leaf.source === null ? [Buffer.of(0)] : [Buffer.of(1), text(leaf.source.kind), uuid(leaf.source.id)]),
    uint32(parts.length),
    ...parts.flatMap(({ lotId, amount }) => [uuid(lotId), int64(amount)]),
    uint32(explanation.length),
    explanation,
    desk,
  ]);
}

/** Everything that is needed to check one entry, and nothing of any other. */
export interface EntryProof {
  readonly leaf: LeafFields;
  readonly nonce: Buffer;
  readonly desk: Buffer;
  readonly hash: Buffer;
  readonly index: number;
  readonly path: readonly Buffer[];
  readonly block: Block;
}

export const hashLeaf = (leaf: LeafFields, nonce: Buffer, desk: Buffer): Buffer =>
  leafHash(encodeLeaf(leaf, nonce, desk));

/** Who did it and why are for auditors, not for proofs that members hand around: only their salted hash is in a leaf. */
export const hashDesk = (nonce: Buffer, actor: string | null, reason: string | null): Buffer =>
  sha256(PREFIX.desk, nonce, Buffer.from(canonicalJson([actor, reason]), 'utf8'));

export interface BlockHeader {
  readonly groupId: string;
  readonly number: bigint;
  readonly count: number;
  readonly previousHash: Buffer;
  readonly root: Buffer;
  readonly closedAtMicros: bigint;
}

/** A block of entries, closed for ever. */
export interface Block extends Omit<BlockHeader, 'closedAtMicros'> {
  readonly hash: Buffer;
  readonly closedAt: Date;
}

export const sealBlock = (block: Omit<Block, 'hash'>): Block => ({
  ...block,
  hash: hashBlock({ ...block, closedAtMicros: BigInt(block.closedAt.getTime()) * 1000n }),
});

/** version 1 | group 16 | number 8 | count 4 | previous hash 32 | root 32 | closed 8. */
export const hashBlock = (block: BlockHeader): Buffer =>
  sha256(
    PREFIX.block,
    Uint8Array.of(BLOCK_VERSION),
    uuid(block.groupId),
    int64(block.number),
    uint32(block.count),
    block.previousHash,
    block.root,
    int64(block.closedAtMicros),
  );

/** RFC 8785: no spaces, members sorted by their UTF-16 units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const uuid = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

/** Short words. */
function text(word: string): Buffer {
  const bytes = Buffer.from(word, 'utf8');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

const optionalUuid = (id: string | null): Buffer =>
  id === null ? Buffer.of(0) : Buffer.concat([Buffer.of(1), uuid(id)]);

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
