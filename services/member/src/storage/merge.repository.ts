import type { Tx } from '@atrium/platform';
import type { Merge } from '../domain/merge';

const COLUMNS = `id, survivor_id as "survivorId", member_id as "loserId", status, refusal, prepared, moved,
  requested_at as "requestedAt", merged_at as "mergedAt", ended_at as "endedAt"`;

export async function insertMerge(tx: Tx, merge: Merge, requestedBy: string): Promise<void> {
  await tx.prepared(
    'member.merge.insert',
    `insert into member_merge (member_id, id, group_id, survivor_id, status, refusal, prepared, moved, requested_by,
       requested_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      merge.loserId,
      merge.id,
      tx.groupId,
      merge.survivorId,
      merge.status,
      merge.refusal,
      merge.prepared,
      merge.moved,
      requestedBy,
      merge.requestedAt,
    ],
  );
}

export async function lockMerge(tx: Tx, loserId: string, id: string): Promise<Merge | null> {
  const [row] = await tx.prepared<Merge>(
    'member.merge.lock',
    `select ${COLUMNS} from member_merge where member_id = $1 and id = $2 and group_id = $3 for update`,
    [loserId, id, tx.groupId],
  );
  return row ?? null;
}

export async function saveMerge(tx: Tx, merge: Merge): Promise<void> {
  await tx.prepared(
    'member.merge.save',
    `update member_merge set status = $4, refusal = $5, prepared = $6, moved = $7, merged_at = $8, ended_at = $9
     where member_id = $1 and id = $2 and group_id = $3`,
    [
      merge.loserId,
      merge.id,
      tx.groupId,
      merge.status,
      merge.refusal,
      merge.prepared,
      merge.moved,
      merge.mergedAt,
      merge.endedAt,
    ],
  );
}

export async function findMerge(tx: Tx, id: string): Promise<Merge | null> {
  const [row] = await tx.prepared<Merge>(
    'member.merge.find',
    `select ${COLUMNS} from member_merge where group_id = $1 and id = $2`,
    [tx.groupId, id],
  );
  return row ?? null;
}

/** Whether one of these members is in a merge that has not come to its end. Their rows are locked. */
export async function isMerging(tx: Tx, memberIds: readonly string[]): Promise<boolean> {
  const [row] = await tx.prepared<{ merging: boolean }>(
    'member.merge.open',
    `select exists (select from member_merge where member_id = any($1) and group_id = $2 and status in ('PREPARING', 'MOVING'))
       or exists (select from member_merge where survivor_id = any($1) and group_id = $2 and status in ('PREPARING', 'MOVING'))
       as merging`,
    [memberIds, tx.groupId],
  );
  return row?.merging ?? false;
}

/** The loser's own row says where it leads. */
export async function leadTo(tx: Tx, { loserId, survivorId }: Merge): Promise<void> {
  await tx.prepared(
    'member.merge.lead',
    `update member set status = 'MERGED', merged_into = $3 where group_id = $1 and id = $2`,
    [tx.groupId, loserId, survivorId],
  );
}

/** The directory: what named the loser names the survivor. */
export function repointIdentifiers(
  tx: Tx,
  { loserId, survivorId }: Pick<Merge, 'loserId' | 'survivorId'>,
): Promise<{ type: 'CARD' | 'PHONE'; blindIndex: string }[]> {
  return tx.prepared(
    'member.merge.identifiers',
    `update identifier set member_id = $3 where group_id = $1 and member_id = $2
     returning type, blind_index as "blindIndex"`,
    [tx.groupId, loserId, survivorId],
  );
}

export interface Inherited {
  marketingConsent: boolean;
  phoneSealed: Buffer | null;
  nameSealed: Buffer | null;
  birthdaySealed: Buffer | null;
}

export async function inherit(tx: Tx, survivorId: string, what: Inherited): Promise<void> {
  await tx.prepared(
    'member.merge.inherit',
    `update member set marketing_consent = $3, phone_sealed = $4, name_sealed = $5, birthday_sealed = $6
     where group_id = $1 and id = $2`,
    [tx.groupId, survivorId, what.marketingConsent, what.phoneSealed, what.nameSealed, what.birthdaySealed],
  );
}
