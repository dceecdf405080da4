import type { Tx } from '@atrium/platform';
import type { Block, LeafFields } from '../domain/encoding';
import { insertRows } from '../../ledger/storage/rows';

export interface UnblockedEntry {
  readonly memberId: string;
  readonly entryId: string;
}

/** An entry as it is hashed, with what only auditors see. */
export interface EntryToHash extends LeafFields {
  readonly actor: string | null;
  readonly reason: string | null;
}

export interface StoredLeaf {
  readonly memberId: string;
  readonly entryId: string;
  readonly blockNumber: bigint;
  readonly leafIndex: number;
  readonly nonce: Buffer;
  readonly hash: Buffer;
}

/** Tenants with entries that no block has, by a walk over the index from one tenant to the next. */
export async function findGroupsWithUnblockedEntries(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with recursive waiting(id) as (
       (select group_id from entry_unblocked order by group_id limit 1)
       union all
       select (select group_id from entry_unblocked u where u.group_id > w.id order by group_id limit 1)
       from waiting w where w.id is not null)
     select id from waiting where id is not null`,
  );
  return rows.map(({ id }) => id);
}

/** One block of a tenant is closed at a time; whoever comes second has nothing to do. */
export async function lockBlocks(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('points-blocks' || $1::text, 0)) as locked`,
    [tx.groupId],
  );
  return row?.locked ?? false;
}

/** Oldest first. */
export async function findUnblocked(tx: Tx, limit: number): Promise<UnblockedEntry[]> {
  return tx.prepared(
    'points.unblocked.find',
    `select member_id as "memberId", entry_id as "entryId" from entry_unblocked
     where group_id = $1 order by entry_id, member_id limit $2`,
    [tx.groupId, limit],
  );
}

export async function removeUnblocked(tx: Tx, entries: readonly UnblockedEntry[]): Promise<void> {
  const gone = await tx.prepared(
    'points.unblocked.remove',
    `delete from entry_unblocked u using unnest($1::uuid[], $2::uuid[]) as w(member_id, entry_id)
     where u.group_id = $3 and u.entry_id = w.entry_id and u.member_id = w.member_id returning 1`,
    [entries.map(({ memberId }) => memberId), entries.map(({ entryId }) => entryId), tx.groupId],
  );
  if (gone.length !== entries.length) throw new Error('entries went into two blocks at once');
}

const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

/** Entries with what they did to lots, in the order asked for; what is missing is an error. */
export async function findEntriesToHash(tx: Tx, wanted: readonly UnblockedEntry[]): Promise<EntryToHash[]> {
  type Row = Omit<EntryToHash, 'parts' | 'source'> & {
    sourceKind: string | null;
    sourceId: string | null;
    lotIds: string[] | null;
    amounts: bigint[] | null;
  };
  const rows = await tx.prepared<Row>(
    'points.entry.to-hash',
    `select e.group_id as "groupId", e.member_id as "memberId", e.id as "entryId", e.kind, e.amount,
       e.debt_delta as "debtDelta", e.available_after as "availableAfter",
       ${micros('e.occurred_at')} as "occurredAtMicros", ${micros('e.posted_at')} as "postedAtMicros",
       e.site_id as "siteId", e.purchase_id as "purchaseId", e.refund_id as "refundId",
       e.source_kind as "sourceKind", e.source_id as "sourceId", e.explanation, e.actor, e.reason,
       p.lots as "lotIds", p.amounts
     from unnest($1::uuid[], $2::uuid[]) with ordinality as w(member_id, entry_id, n)
       join entry e on e.member_id = w.member_id and e.id = w.entry_id and e.group_id = $3
       left join lateral (
         select array_agg(l.lot_id order by l.lot_id) as lots, array_agg(l.amount order by l.lot_id) as amounts
         from entry_lot l where l.member_id = e.member_id and l.entry_id = e.id) p on true
     order by w.n`,
    [wanted.map(({ memberId }) => memberId), wanted.map(({ entryId }) => entryId), tx.groupId],
  );
  if (rows.length !== wanted.length) throw new Error(`${wanted.length - rows.length} entries of a block are not there`);
  return rows.map(({ lotIds, amounts, sourceKind, sourceId, ...entry }) => ({
    ...entry,
    source: sourceKind === null || sourceId === null ? null : { kind: sourceKind, id: sourceId },
    parts: (lotIds ?? []).map((lotId, i) => ({ lotId, amount: amounts?.[i] ?? 0n })),
  }));
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

export async function insertLeaves(tx: Tx, version: number, leaves: readonly StoredLeaf[]): Promise<void> {
  await insertRows(
    tx,
    'entry_leaf',
    leaves.map((leaf) => ({
      member_id: leaf.memberId,
      entry_id: leaf.entryId,
      group_id: tx.groupId,
      block_number: leaf.blockNumber,
      leaf_index: leaf.leafIndex,
      version,
      nonce: hex(leaf.nonce),
      hash: hex(leaf.hash),
    })),
  );
}

const BLOCK = `group_id as "groupId", number, count, root, previous_hash as "previousHash", hash, closed_at as "closedAt"`;

export async function insertBlock(tx: Tx, block: Block): Promise<void> {
  await insertRows(tx, 'ledger_block', [
    {
      group_id: block.groupId,
      number: block.number,
      count: block.count,
      root: hex(block.root),
      previous_hash: hex(block.previousHash),
      hash: hex(block.hash),
      closed_at: block.closedAt,
    },
  ]);
}

export async function findLastBlock(tx: Tx): Promise<Block | null> {
  const [block] = await tx.prepared<Block>(
    'points.block.last',
    `select ${BLOCK} from ledger_block where group_id = $1 order by number desc limit 1`,
    [tx.groupId],
  );
  return block ?? null;
}

/** In the order in which they were closed. */
export async function findBlocks(tx: Tx, after: bigint, limit: number): Promise<Block[]> {
  return tx.prepared(
    'points.block.page',
    `select ${BLOCK} from ledger_block where group_id = $1 and number > $2 order by number limit $3`,
    [tx.groupId, after, limit],
  );
}

export async function findBlocksByNumber(tx: Tx, numbers: readonly bigint[]): Promise<Map<bigint, Block>> {
  const rows = await tx.prepared<Block>(
    'points.block.find',
    `select ${BLOCK} from ledger_block where group_id = $1 and number = any($2::bigint[])`,
    [tx.groupId, numbers],
  );
  return new Map(rows.map((block) => [block.number, block]));
}

const LEAF = `l.member_id as "memberId", l.entry_id as "entryId", l.block_number as "blockNumber",
  l.leaf_index as "leafIndex", l.nonce, l.hash`;

export async function findLeaves(tx: Tx, wanted: readonly UnblockedEntry[]): Promise<StoredLeaf[]> {
  return tx.prepared(
    'points.leaf.find',
    `select ${LEAF} from unnest($1::uuid[], $2::uuid[]) as w(member_id, entry_id)
       join entry_leaf l on l.member_id = w.member_id and l.entry_id = w.entry_id where l.group_id = $3`,
    [wanted.map(({ memberId }) => memberId), wanted.map(({ entryId }) => entryId), tx.groupId],
  );
}

/** All hashes of a block, in order. */
export async function findHashes(tx: Tx, number: bigint): Promise<Buffer[]> {
  const rows = await tx.prepared<{ hash: Buffer }>(
    'points.leaf.hashes',
    `select hash from entry_leaf where group_id = $1 and block_number = $2 order by leaf_index`,
    [tx.groupId, number],
  );
  return rows.map(({ hash }) => hash);
}
