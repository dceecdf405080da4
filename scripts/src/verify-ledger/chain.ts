// Every block of every ledger, recomputed from the rows of the database, and the lots from the entries.
import type { Pool } from 'pg';
import { type BlockHead, type Entry, hashOfBlock, hashOfDesk, hashOfEntry, rootOfLeaves } from './hashing';

export interface ChainFinding {
  blocks: number;
  entries: number;
  /** The first difference; null when there is none. */
  difference: string | null;
}

type BlockRow = BlockHead & { hash: string };
type LeafRow = Omit<Entry, 'entryId'> & {
  entryId: string;
  known: string | null;
  nonce: string;
  hash: string;
  index: number;
  actor: string | null;
  reason: string | null;
  lots: string[] | null;
  amounts: string[] | null;
};

const ZEROS = '0'.repeat(64);
const MICROS = (column: string) => `((extract(epoch from ${column}) * 1000000)::bigint)::text`;

const BLOCKS = `select group_id as "groupId", number::text, count, encode(previous_hash, 'hex') as "previousHash",
    encode(root, 'hex') as root, encode(hash, 'hex') as hash, ${MICROS('closed_at')} as "closedAtMicros"
  from ledger_block where group_id = $1 and number > $2 order by number limit 100`;

const LEAVES = `select l.group_id as "groupId", l.member_id as "memberId", l.entry_id as "entryId", e.id as known, e.kind,
    e.amount::text, e.debt_delta::text as "debtDelta", e.available_after::text as "availableAfter",
    ${MICROS('e.occurred_at')} as "occurredAtMicros", ${MICROS('e.posted_at')} as "postedAtMicros",
    e.site_id as "siteId", e.purchase_id as "purchaseId", e.refund_id as "refundId",
    case when e.source_kind is not null then json_build_object('kind', e.source_kind, 'id', e.source_id) end as source, e.explanation, e.actor, e.reason,
    encode(l.nonce, 'hex') as nonce, encode(l.hash, 'hex') as hash, l.leaf_index as index, p.lots, p.amounts
  from entry_leaf l
    left join entry e on e.member_id = l.member_id and e.id = l.entry_id and e.group_id = l.group_id
    left join lateral (
      select array_agg(x.lot_id::text order by x.lot_id) as lots, array_agg(x.amount::text order by x.lot_id) as amounts
      from entry_lot x where x.member_id = l.member_id and x.entry_id = l.entry_id) p on true
  where l.group_id = $1 and l.block_number = $2 order by l.leaf_index`;

/** Anchors: the hashes of blocks by number, as somebody outside kept them. They show even a chain that was made anew. */
export async function checkChains(db: Pool, anchors: ReadonlyMap<string, string>): Promise<ChainFinding> {
  const finding: ChainFinding = { blocks: 0, entries: 0, difference: null };
  const groups = await db.query<{ id: string }>('select distinct group_id as id from ledger_block order by 1');
  for (const { id } of groups.rows) {
    finding.difference = await checkChain(db, id, anchors, finding);
    if (finding.difference !== null) return finding;
  }
  finding.difference = (await findStray(db)) ?? (await findWrongLot(db));
  return finding;
}

async function checkChain(
  db: Pool,
  groupId: string,
  anchors: ReadonlyMap<string, string>,
  finding: ChainFinding,
): Promise<string | null> {
  let [number, previous] = [0n, ZEROS];
  const seen = new Set<string>();
  for (;;) {
    const { rows } = await db.query<BlockRow>(BLOCKS, [groupId, number]);
    for (const block of rows) {
      const name = `group ${groupId}, block ${block.number}`;
      number += 1n;
      if (block.number !== String(number)) return `group ${groupId}, block ${number} is missing`;
      const wrong = (await checkBlock(db, block, previous)) ?? checkAnchor(block, anchors.get(block.number));
      if (wrong !== null) return `${name}: ${wrong}`;
      previous = block.hash;
      seen.add(block.number);
      finding.blocks += 1;
      finding.entries += block.count;
    }
    if (rows.length === 0) break;
  }
  const absent = [...anchors.keys()].find((anchored) => !seen.has(anchored));
  return absent === undefined ? null : `group ${groupId}, block ${absent} was published, and is not there`;
}

const checkAnchor = (block: BlockRow, anchor: string | undefined): string | null =>
  anchor === undefined || anchor === block.hash ? null : `its hash is ${block.hash}, published was ${anchor}`;

async function checkBlock(db: Pool, block: BlockRow, previous: string): Promise<string | null> {
  const { rows } = await db.query<LeafRow>(LEAVES, [block.groupId, block.number]);
  const hashes: string[] = [];
  for (const [i, row] of rows.entries()) {
    if (row.known === null) return `entry ${row.entryId} of member ${row.memberId} is gone`;
    if (row.index !== i) return `place ${i} is empty, next is entry ${row.entryId}`;
    const parts = (row.lots ?? []).map((lotId, n) => ({ lotId, amount: row.amounts?.[n] ?? '0' }));
    const hash = hashOfEntry({ ...row, parts }, row.nonce, hashOfDesk(row.nonce, row.actor, row.reason));
    if (hash !== row.hash) return `entry ${row.entryId} of member ${row.memberId} is not what was sealed`;
    hashes.push(hash);
  }
  if (rows.length !== block.count) return `it holds ${rows.length} entries, sealed were ${block.count}`;
  if (rootOfLeaves(hashes) !== block.root) return 'its entries do not give its root';
  if (block.previousHash !== previous) return 'it does not name the block before it';
  return hashOfBlock(block) === block.hash ? null : 'its hash is not the one of its contents';
}

/** An entry that neither a block nor the list of those without one has: it came in behind the service's back. */
async function findStray(db: Pool): Promise<string | null> {
  const { rows } = await db.query<{ id: string; member: string }>(
    `select e.id, e.member_id as member from entry e
     where not exists (select from entry_leaf l where l.member_id = e.member_id and l.entry_id = e.id)
       and not exists (select from entry_unblocked u
         where u.group_id = e.group_id and u.entry_id = e.id and u.member_id = e.member_id)
     order by e.id limit 1`,
  );
  return rows[0] ? `entry ${rows[0].id} of member ${rows[0].member} is in no block and waits for none` : null;
}

/** A lot is what its entries made of it: the first gave what was issued, all of them leave what is unspent. */
async function findWrongLot(db: Pool): Promise<string | null> {
  const { rows } = await db.query<Record<'lot' | 'member' | 'entry' | 'block' | 'has' | 'says', string | null>>(
    `select l.id as lot, l.member_id as member, x.first as entry, f.block_number::text as block,
       l.issued || ' issued, ' || (l.issued - l.redeemed - l.expired - l.revoked) || ' unspent' as has,
       x.issued || ' issued, ' || x.unspent || ' unspent' as says
     from lot l
       left join (select member_id, lot_id, sum(amount) as unspent, (array_agg(amount order by entry_id))[1] as issued,
                    (array_agg(entry_id order by entry_id))[1] as first
                  from entry_lot group by member_id, lot_id) x on x.member_id = l.member_id and x.lot_id = l.id
       left join entry_leaf f on f.member_id = l.member_id and f.entry_id = x.first
     where x.unspent is distinct from l.issued - l.redeemed - l.expired - l.revoked or x.issued is distinct from l.issued
     order by l.id limit 1`,
  );
  const [row] = rows;
  if (!row) return null;
  const sealed = row.block === null ? 'no block yet' : `block ${row.block}`;
  return `${sealed}, entry ${row.entry}: lot ${row.lot} of member ${row.member} has ${row.has}; its entries say ${row.says}`;
}
