// A proof as a file: what a member may hand to anybody, who then checks it without us.
import { isUuid } from '@atrium/kernel';
import { type EntryProof, hashBlock, hashLeaf, type LeafFields } from './encoding';
import { rootByPath } from './merkle';

const FORMAT = 'atrium-points-proof-1';

export function toProofFile({ leaf, nonce, desk, index, path, block }: EntryProof): string {
  const { groupId, number, count, previousHash, root, hash, closedAt } = block;
  const file = {
    format: FORMAT,
    entry: leaf,
    deskHash: desk.toString('hex'),
    nonce: nonce.toString('hex'),
    index,
    path: path.map((step) => step.toString('hex')),
    block: {
      groupId,
      number,
      count,
      previousHash: previousHash.toString('hex'),
      root: root.toString('hex'),
      hash: hash.toString('hex'),
      closedAt: closedAt.toISOString(),
    },
  };
  return JSON.stringify(file, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2);
}

/** What a file claims, once it has been found to fit together. Whether the block was published is another question. */
export interface Claim {
  readonly groupId: string;
  readonly number: bigint;
  readonly hash: string;
}

export type Fault = 'MALFORMED' | 'PATH' | 'BLOCK_HASH';

/** Recomputes everything in the file from the entry up to the block's hash. */
export function checkProofFile(text: string): Claim | Fault {
  let file: ParsedFile;
  try {
    file = parseProofFile(text);
  } catch {
    return 'MALFORMED';
  }
  const { leaf, nonce, desk, index, path, block } = file;
  const root = rootByPath(hashLeaf(leaf, nonce, desk), index, block.count, path);
  if (!root?.equals(block.root)) return 'PATH';
  if (leaf.groupId !== block.groupId) return 'BLOCK_HASH';
  const hash = hashBlock({ ...block, closedAtMicros: BigInt(block.closedAt.getTime()) * 1000n });
  if (!hash.equals(block.hash)) return 'BLOCK_HASH';
  return { groupId: block.groupId, number: block.number, hash: hash.toString('hex') };
}

type ParsedFile = Omit<EntryProof, 'hash'>;
type Json = Readonly<Record<string, unknown>>;

function parseProofFile(text: string): ParsedFile {
  const file = object(JSON.parse(text));
  if (file['format'] !== FORMAT) throw new Error('format');
  const [entry, block] = [object(file['entry']), object(file['block'])];
  const leaf: LeafFields = {
    groupId: uuid(entry['groupId']),
    memberId: uuid(entry['memberId']),
    entryId: uuid(entry['entryId']),
    kind: kind(entry['kind']),
    amount: int64(entry['amount']),
    debtDelta: int64(entry['debtDelta']),
    availableAfter: int64(entry['availableAfter']),
    occurredAtMicros: int64(entry['occurredAtMicros']),
    postedAtMicros: int64(entry['postedAtMicros']),
    siteId: nullable(entry['siteId'], uuid),
    purchaseId: nullable(entry['purchaseId'], uuid),
    refundId: nullable(entry['refundId'], uuid),
    source: nullable(entry['source'], (source) => ({
      kind: kind(object(source)['kind']),
      id: uuid(object(source)['id']),
    })),
    parts: list(entry['parts'])
      .map(object)
      .map(({ lotId, amount }) => ({ lotId: uuid(lotId), amount: int64(amount) })),
    explanation: list(entry['explanation']),
  };
  const closedAt = new Date(string(block['closedAt']));
  if (Number.isNaN(closedAt.getTime())) throw new Error('closedAt');
  return {
    leaf,
    nonce: hash(file['nonce']),
    desk: hash(file['deskHash']),
    index: count(file['index']),
    path: list(file['path']).map(hash),
    block: {
      groupId: uuid(block['groupId']),
      number: int64(block['number']),
      count: count(block['count']),
      previousHash: hash(block['previousHash']),
      root: hash(block['root']),
      hash: hash(block['hash']),
      closedAt,
    },
  };
}

function object(value: unknown): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('object');
  return value as Json;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length > 4096) throw new Error('list');
  return value;
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new Error('string');
  return value;
}

function kind(value: unknown): string {
  if (!/^[A-Z_]{1,40}$/.test(string(value))) throw new Error('kind');
  return string(value);
}

function uuid(value: unknown): string {
  if (!isUuid(string(value))) throw new Error('uuid');
  return string(value).toLowerCase();
}

function hash(value: unknown): Buffer {
  if (!/^[0-9a-f]{64}$/i.test(string(value))) throw new Error('hash');
  return Buffer.from(string(value), 'hex');
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 4096) throw new Error('count');
  return value;
}

function int64(value: unknown): bigint {
  if (!/^-?\d{1,19}$/.test(string(value))) throw new Error('number');
  const number = BigInt(string(value));
  if (BigInt.asIntN(64, number) !== number) throw new Error('number');
  return number;
}

const nullable = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === null ? null : read(value));
