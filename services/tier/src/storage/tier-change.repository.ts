import type { Page, Tx } from '@atrium/platform';
import type { Change } from '../domain/timeline';
import type { StatedChange } from '../domain/reconcile';

export interface TierChangeRecord extends StatedChange {
  memberId: string;
}

interface Row {
  memberId: string;
  id: string;
  fromCode: string | null;
  fromRank: number | null;
  toCode: string;
  toRank: number;
  effectiveAt: Date;
  cause: Change['cause'];
  purchaseId: string | null;
  ladderId: string;
  validUntil: Date | null;
}

const COLUMNS = `member_id as "memberId", id, from_code as "fromCode", from_rank as "fromRank", to_code as "toCode",
  to_rank as "toRank", effective_at as "effectiveAt", cause, purchase_id as "purchaseId", ladder_id as "ladderId",
  valid_until as "validUntil"`;

/** Changes that hold, corrections among them, oldest first. */
export async function findStanding(tx: Tx, memberIds: readonly string[]): Promise<TierChangeRecord[]> {
  const rows = await tx.prepared<Row>(
    'tier.change.standing',
    `select ${COLUMNS} from tier_change where member_id = any($1) and superseded_at is null order by effective_at, id`,
    [memberIds],
  );
  return rows.map(toRecord);
}

/** A member's history, newest first. Corrections of what was stated wrongly are no part of it. */
export async function findHistory(tx: Tx, memberId: string, { limit, after }: Page): Promise<TierChangeRecord[]> {
  const rows = await tx.prepared<Row>(
    'tier.change.history',
    `select ${COLUMNS} from tier_change
     where member_id = $1 and group_id = $2 and superseded_at is null and cause <> 'CORRECTION'
       and ($4::timestamptz is null or (effective_at, id) < ($4, $5::uuid))
     order by effective_at desc, id desc limit $3`,
    [memberId, tx.groupId, limit, after?.at ?? null, after?.id ?? null],
  );
  return rows.map(toRecord);
}

/** The changes that these sales brought about and that still hold. */
export async function findQualifications(tx: Tx, purchaseIds: readonly string[]): Promise<TierChangeRecord[]> {
  const rows = await tx.prepared<Row>(
    'tier.change.purchase',
    `select ${COLUMNS} from tier_change
     where purchase_id = any($1) and group_id = $2 and superseded_at is null and cause = 'QUALIFIED'`,
    [purchaseIds, tx.groupId],
  );
  return rows.map(toRecord);
}

export async function insertChanges(tx: Tx, changes: readonly TierChangeRecord[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.prepared(
    'tier.change.insert',
    `insert into tier_change (member_id, id, group_id, from_code, from_rank, to_code, to_rank, effective_at, cause,
       purchase_id, ladder_id, valid_until, stated_at)
     select m, i, $1, fc, fr, tc, tr, e, c, p, l, v, $2
     from unnest($3::uuid[], $4::uuid[], $5::text[], $6::integer[], $7::text[], $8::integer[], $9::timestamptz[],
       $10::text[], $11::uuid[], $12::uuid[], $13::timestamptz[]) as r(m, i, fc, fr, tc, tr, e, c, p, l, v)`,
    [
      tx.groupId,
      tx.now,
      changes.map(({ memberId }) => memberId),
      changes.map(({ id }) => id),
      changes.map(({ from }) => from?.code ?? null),
      changes.map(({ from }) => from?.rank ?? null),
      changes.map(({ to }) => to.code),
      changes.map(({ to }) => to.rank),
      changes.map(({ effectiveAt }) => effectiveAt),
      changes.map(({ cause }) => cause),
      changes.map(({ purchaseId }) => purchaseId),
      changes.map(({ ladderId }) => ladderId),
      changes.map(({ validUntil }) => validUntil),
    ],
  );
}

export async function supersedeChanges(tx: Tx, changes: readonly { memberId: string; id: string }[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.prepared(
    'tier.change.supersede',
    `update tier_change c set superseded_at = $1 from unnest($2::uuid[], $3::uuid[]) as s(member_id, id)
     where c.member_id = s.member_id and c.id = s.id`,
    [tx.now, changes.map(({ memberId }) => memberId), changes.map(({ id }) => id)],
  );
}

const toRecord = ({ fromCode, fromRank, toCode, toRank, ...row }: Row): TierChangeRecord => ({
  ...row,
  from: fromCode === null || fromRank === null ? null : { code: fromCode, rank: fromRank },
  to: { code: toCode, rank: toRank },
});
