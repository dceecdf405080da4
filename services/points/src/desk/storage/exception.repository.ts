import { naturalId } from '@atrium/kernel';
import { decodeJson, encodeJson, type Page, type Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { DeskException, ExceptionKind, NewException } from '../domain/exception';

export const exceptionId = (tx: Tx, kind: ExceptionKind, subjectId: string): string =>
  naturalId('points-exception', tx.groupId ?? '', kind, subjectId);

/** Those that are there already stay as they are, but one that waited can be opened. */
export const insertExceptions = (tx: Tx, exceptions: readonly NewException[]): Promise<number> =>
  insertRows(
    tx,
    'desk_exception',
    exceptions.map((e) => ({
      group_id: tx.groupId,
      id: exceptionId(tx, e.kind, e.subjectId),
      kind: e.kind,
      subject_id: e.subjectId,
      member_id: e.memberId ?? null,
      site_id: e.mallId ?? null,
      purchase_id: e.purchaseId ?? null,
      details: JSON.parse(encodeJson(e.details)) as unknown,
      opened_at: tx.now,
      deadline: e.deadline ?? null,
      status: e.status ?? 'OPEN',
    })),
    `on conflict (group_id, id) do update set status = excluded.status, details = excluded.details, deadline = excluded.deadline
     where desk_exception.status = 'WAITING' and excluded.status = 'OPEN'`,
  );

/** True when it was not settled yet. */
export async function closeExceptionRow(
  tx: Tx,
  closing: { kind: ExceptionKind; subjectId: string; outcome: string; by: string; note: string | null },
): Promise<boolean> {
  const rows = await tx.prepared(
    'points.exception.close',
    `update desk_exception set status = 'RESOLVED', outcome = $3, resolved_by = $4, note = $5, resolved_at = $6
     where group_id = $1 and id = $2 and status <> 'RESOLVED' returning 1`,
    [tx.groupId, exceptionId(tx, closing.kind, closing.subjectId), closing.outcome, closing.by, closing.note, tx.now],
  );
  return rows.length > 0;
}

type StoredException = Omit<DeskException, 'details'> & { details: string };

const COLUMNS = `id, kind, subject_id as "subjectId", member_id as "memberId", site_id as "mallId",
  purchase_id as "purchaseId", details::text, opened_at as "openedAt", deadline, status, assignee,
  resolved_by as "resolvedBy", resolved_at as "resolvedAt", outcome, note`;

const fromRow = (row: StoredException): DeskException => ({
  ...row,
  details: decodeJson(row.details) as DeskException['details'],
});

export async function findException(tx: Tx, id: string, options: { lock: boolean }): Promise<DeskException | null> {
  const [row] = await tx.prepared<StoredException>(
    `points.exception.${options.lock ? 'lock' : 'one'}`,
    `select ${COLUMNS} from desk_exception where group_id = $1 and id = $2${options.lock ? ' for update' : ''}`,
    [tx.groupId, id],
  );
  return row ? fromRow(row) : null;
}

export interface ExceptionFilter {
  kind: ExceptionKind | null;
  status: DeskException['status'] | null;
  assignee: string | null;
}

/** Newest first. */
export async function findExceptions(tx: Tx, filter: ExceptionFilter, page: Page): Promise<DeskException[]> {
  const rows = await tx.query<StoredException>(
    `select ${COLUMNS} from desk_exception
     where group_id = $1 and ($2::text is null or kind = $2) and ($3::text is null or status = $3)
       and ($4::text is null or assignee = $4) and ($5::timestamptz is null or (opened_at, id) < ($5, $6::uuid))
     order by opened_at desc, id desc limit $7`,
    [
      tx.groupId,
      filter.kind,
      filter.status,
      filter.assignee,
      page.after?.at ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  );
  return rows.map(fromRow);
}

/** Who works on it. The row is locked. */
export async function assignExceptionRow(tx: Tx, id: string, assignee: string | null): Promise<void> {
  await tx.query(`update desk_exception set assignee = $3 where group_id = $1 and id = $2`, [tx.groupId, id, assignee]);
}

export async function reopenExceptionRow(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `update desk_exception set status = 'OPEN', outcome = null, resolved_by = null, resolved_at = null, note = null
     where group_id = $1 and id = $2`,
    [tx.groupId, id],
  );
}

/** What another context says of its own subject: the newest version stands, whatever arrives first. */
export async function saveForeignException(
  tx: Tx,
  said: NewException & {
    version: bigint;
    closed: { outcome: string; by: string | null; at: Date } | null;
  },
): Promise<boolean> {
  const rows = await tx.prepared(
    'points.exception.foreign',
    `insert into desk_exception as e (group_id, id, kind, subject_id, member_id, site_id, purchase_id, details,
       opened_at, deadline, status, outcome, resolved_by, resolved_at, version)
     values ($1, $2, $3, $4, null, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (group_id, id) do update set status = excluded.status, outcome = excluded.outcome,
       resolved_by = excluded.resolved_by, resolved_at = excluded.resolved_at, version = excluded.version,
       purchase_id = excluded.purchase_id, note = null,
       details = case when excluded.status = 'OPEN' then excluded.details else e.details end,
       deadline = coalesce(excluded.deadline, e.deadline)
     where e.version < excluded.version returning 1`,
    [
      tx.groupId,
      exceptionId(tx, said.kind, said.subjectId),
      said.kind,
      said.subjectId,
      said.mallId ?? null,
      said.purchaseId ?? null,
      encodeJson(said.details),
      tx.now,
      said.deadline ?? null,
      said.closed ? 'RESOLVED' : 'OPEN',
      said.closed?.outcome ?? null,
      said.closed?.by ?? null,
      said.closed?.at ?? null,
      said.version,
    ],
  );
  return rows.length > 0;
}

/**
 * Refunds set aside whose sale has arrived after all, and those that were seen waiting and wait no more; of any tenant, for a
 * system transaction.
 */
export const findRipeExceptions = (
  tx: Tx,
  consumer: string,
  limit: number,
): Promise<{ groupId: string; id: string }[]> =>
  tx.query(
    `select e.group_id as "groupId", e.id from desk_exception e
     join purchase_directory d on d.purchase_id = e.purchase_id and d.group_id = e.group_id
     where e.kind = 'UNAPPLIED_REFUND' and (e.status = 'OPEN' or (e.status = 'WAITING' and not exists (
       select 1 from parked_event p where p.consumer = $1 and p.event_id = (e.details ->> 'eventId')::uuid)))
     order by e.opened_at, e.id limit $2`,
    [consumer, limit],
  );
