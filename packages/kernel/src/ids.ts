// Identifiers: time-ordered for what happens here, derived from the natural key for facts that come from outside.
import { createHash, randomFillSync } from 'node:crypto';

/** The namespace of every {@link naturalId}. Fixed for ever: changing it would change every derived id. */
export const ATRIUM_NAMESPACE = '6f1d3c1e-52a7-4b0e-9a55-0d2f8c3b7e14';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LANE = /^[0-9a-f]$/;
const MAX_MILLISECONDS = 2 ** 48 - 1;
const COUNTER_LIMIT = 2 ** 32;
/** How many recent milliseconds keep their counter: concurrent transactions stamp ids with different times in turn. */
const REMEMBERED_MILLISECONDS = 256;

const counters = new Map<number, number>();
const pool = Buffer.alloc(4096);
let poolOffset = pool.length;

/**
 * A version 7 UUID (RFC 9562) for the time `now`, lower case. Ids of one process with the same millisecond ascend in the
 * order they were made; the last 42 bits are random, so the last digit is evenly spread (see {@link laneOf}).
 * @throws RangeError for an invalid date or one before 1970.
 */
export function uuidv7(now: Date): string {
  const milliseconds = now.getTime();
  if (!(milliseconds >= 0 && milliseconds <= MAX_MILLISECONDS)) throw new RangeError('time out of range for an id');
  const bytes = Buffer.alloc(16);
  const counter = nextCounter(milliseconds);
  bytes.writeUIntBE(milliseconds, 0, 6);
  // The 32-bit counter fills the 12 bits after the version and the 20 bits before the tail.
  bytes.writeUInt16BE(0x7000 | (counter >>> 20), 6);
  bytes.writeUInt16BE(0x8000 | ((counter >>> 6) & 0x3fff), 8);
  randomBytes(6).copy(bytes, 10);
  bytes[10] = ((counter & 0x3f) << 2) | (bytes.readUInt8(10) & 0x03);
  return format(bytes);
}

/**
 * A version 5 UUID (RFC 9562): always the same for the same namespace and name.
 * @param namespace a UUID
 * @param name any text, hashed as UTF-8
 * @throws RangeError when the namespace is not a UUID.
 */
export function uuidv5(namespace: string, name: string): string {
  if (!isUuid(namespace)) throw new RangeError(`not a UUID: ${JSON.stringify(namespace)}`);
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x50;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return format(bytes);
}

/**
 * The id of a fact that has a natural key, the same in every service and at every delivery:
 * `naturalId('purchase', groupId, sourceSystem, externalId)`. Parts are taken as they are (case and spaces count) and
 * encoded so that no two different lists of parts collide.
 */
export function naturalId(kind: string, ...parts: readonly string[]): string {
  return uuidv5(ATRIUM_NAMESPACE, JSON.stringify([kind, ...parts]));
}

/** Whether `text` is a UUID of any version in the 8-4-4-4-12 form, either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The hub's name in subjects, and its JetStream domain. No site may be called so. */
export const HUB_TOKEN = 'hub';

/** A mall's code as it stands in subjects; of a mall with a recording of its own also its JetStream domain and its login. */
export const siteToken = (code: string): string => code.toLowerCase().replace(/[^a-z0-9-]/g, '-');

/**
 * The lane of an owner's id: its last hex digit, lower case, one of 16.
 * @throws RangeError when the id does not end in a hex digit.
 */
export function laneOf(id: string): string {
  const lane = id.slice(-1).toLowerCase();
  if (!LANE.test(lane)) throw new RangeError(`no lane in id ${JSON.stringify(id)}`);
  return lane;
}

function nextCounter(milliseconds: number): number {
  const last = counters.get(milliseconds);
  // The start leaves the top bit free: two thousand million ids fit the millisecond before the counter is spent.
  const next = last === undefined ? randomBytes(4).readUInt32BE(0) >>> 1 : last + 1;
  if (next >= COUNTER_LIMIT) throw new RangeError('too many ids for one millisecond');
  counters.set(milliseconds, next);
  if (counters.size > REMEMBERED_MILLISECONDS) {
    for (const oldest of counters.keys()) {
      counters.delete(oldest);
      break;
    }
  }
  return next;
}

/** Random bytes from a pool: one call to the system for some hundred ids. Read or copy them before the next call. */
function randomBytes(count: number): Buffer {
  if (poolOffset + count > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += count;
  return pool.subarray(poolOffset - count, poolOffset);
}

function format(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
