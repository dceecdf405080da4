// The hashes of the points ledger, written anew from docs/adr/0019 with node:crypto alone. It shares no line with the
// service: when both agree, it is because both do what the page says.
import { createHash } from 'node:crypto';

/** Collects bytes in the order of the page. */
class Bytes {
  private readonly hash = createHash('sha256');

  constructor(kind: 0 | 1 | 2 | 3) {
    this.byte(kind);
  }

  byte(value: number): this {
    this.hash.update(new Uint8Array([value]));
    return this;
  }

  hex(text: string, length: number): this {
    if (text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) throw new Error(`not ${length} bytes in hex: ${text}`);
    this.hash.update(text, 'hex');
    return this;
  }

  uuid(text: string): this {
    return this.hex(text.toLowerCase().split('-').join(''), 16);
  }

  maybeUuid(text: string | null): this {
    return text === null ? this.byte(0) : this.byte(1).uuid(text);
  }

  /** Eight bytes, big-endian, two's complement. */
  signed(value: bigint | string): this {
    const number = BigInt(value);
    if (number < -(2n ** 63n) || number >= 2n ** 63n) throw new Error(`no 64-bit number: ${value}`);
    return this.hex((number < 0n ? number + 2n ** 64n : number).toString(16).padStart(16, '0'), 8);
  }

  count(value: number): this {
    return this.hex(value.toString(16).padStart(8, '0'), 4);
  }

  text(text: string, lengthBytes: 1 | 4): this {
    const size = Buffer.byteLength(text, 'utf8');
    (lengthBytes === 1 ? this.byte(size) : this.count(size)).hash.update(text, 'utf8');
    return this;
  }

  raw(text: string): this {
    this.hash.update(text, 'utf8');
    return this;
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

export interface Entry {
  groupId: string;
  memberId: string;
  entryId: string;
  kind: string;
  amount: string;
  debtDelta: string;
  availableAfter: string;
  occurredAtMicros: string;
  postedAtMicros: string;
  siteId: string | null;
  purchaseId: string | null;
  refundId: string | null;
  source: { kind: string; id: string } | null;
  parts: { lotId: string; amount: string }[];
  explanation: unknown;
}

export interface BlockHead {
  groupId: string;
  number: string;
  count: number;
  previousHash: string;
  root: string;
  closedAtMicros: string;
}

export function hashOfEntry(entry: Entry, nonce: string, deskHash: string): string {
  const bytes = new Bytes(0).byte(1).hex(nonce, 32).uuid(entry.groupId).uuid(entry.memberId).uuid(entry.entryId);
  bytes.text(entry.kind, 1).signed(entry.amount).signed(entry.debtDelta).signed(entry.availableAfter);
  bytes.signed(entry.occurredAtMicros).signed(entry.postedAtMicros);
  bytes.maybeUuid(entry.siteId).maybeUuid(entry.purchaseId).maybeUuid(entry.refundId);
  if (entry.source === null) bytes.byte(0);
  else bytes.byte(1).text(entry.source.kind, 1).uuid(entry.source.id);
  const parts = [...entry.parts].sort((a, b) => (a.lotId === b.lotId ? 0 : a.lotId < b.lotId ? -1 : 1));
  bytes.count(parts.length);
  for (const part of parts) bytes.uuid(part.lotId).signed(part.amount);
  return bytes.text(canonical(entry.explanation), 4).hex(deskHash, 32).digest();
}

export const hashOfDesk = (nonce: string, actor: string | null, reason: string | null): string =>
  new Bytes(3)
    .hex(nonce, 32)
    .raw(canonical([actor, reason]))
    .digest();

export const hashOfBlock = (block: BlockHead): string =>
  new Bytes(2)
    .byte(1)
    .uuid(block.groupId)
    .signed(block.number)
    .count(block.count)
    .hex(block.previousHash, 32)
    .hex(block.root, 32)
    .signed(block.closedAtMicros)
    .digest();

const pair = (left: string, right: string): string => new Bytes(1).hex(left, 32).hex(right, 32).digest();

/** Level by level; a node without a neighbour moves up as it is, which gives the tree of RFC 6962. */
export function rootOfLeaves(leaves: readonly string[]): string {
  let level = [...leaves];
  if (level.length === 0) throw new Error('a block without entries');
  while (level.length > 1) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left = '', right] = [level[i], level[i + 1]];
      next.push(right === undefined ? left : pair(left, right));
    }
    level = next;
  }
  return level[0] as string;
}

/** RFC 9162, 2.1.3.2: walks from the leaf up; null when the path is too long or too short for the place. */
export function rootByPath(leaf: string, index: number, count: number, path: readonly string[]): string | null {
  if (index < 0 || index >= count) return null;
  let [at, last, hash] = [index, count - 1, leaf];
  for (const neighbour of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = pair(neighbour, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      hash = pair(hash, neighbour);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

/** RFC 8785. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return '[' + value.map((item) => canonical(item)).join() + ']';
  const object = value as Record<string, unknown>;
  const names = Object.keys(object).sort();
  return '{' + names.map((name) => JSON.stringify(name) + ':' + canonical(object[name])).join() + '}';
}
