// Adjustments from a file: uploaded in parts, looked at, started (with a second person above the limit), worked off by a job
// in bounded batches. A line's posting and its mark are one transaction, so that each line counts once, killed or not.
import { err, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { parse } from 'csv-parse/sync';
import { findMembers } from '../../ledger/storage/member.repository';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import type { ActKind } from '../domain/act';
import { BULK_COLUMNS, BULK_MAX_LINES, type BulkLine, type BulkStatus, type RawLine, readLine } from '../domain/bulk';
import { OTHER } from '../domain/wish';
import { insertActs } from '../storage/act.repository';
import {
  type BulkFigures,
  type BulkHead,
  findBulk,
  findBulkFigures,
  findRejectedLines,
  hasLines,
  insertBulk,
  insertBulkLines,
  type RejectedLine,
  setBulkStatus,
} from '../storage/bulk.repository';
import { type ApprovalExecutor, requestApproval } from './approvals';

export type { RejectedLine };
export type BulkView = BulkHead & BulkFigures;

export interface UploadBulk {
  key: string;
  actor: string;
  /** Null: a new file; else a further part of it. */
  bulkId: string | null;
  csv: string;
  /** In the whole file, of the part's first line of data. */
  firstLine: number;
  reasonCode: string;
  mallId: string | null;
}

export type BulkFault =
  'CSV' | 'HEADER' | 'NO_LINES' | 'TOO_MANY_LINES' | 'FIRST_LINE' | 'LINES_TWICE' | 'REASON_CODE' | 'NO_PROGRAMME';
export type BulkRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: BulkFault }
  | { code: 'WRONG_STATUS'; status: BulkStatus }
  | { code: 'NOTHING_TO_DO' };
type BulkAnswer = Promise<Result<{ id: string }, BulkRefusal | IdempotencyRefusal>>;

const invalid = (path: string, reason: BulkFault) => err<BulkRefusal>({ code: 'INVALID_INPUT', path: [path], reason });

export function uploadBulk(tx: Tx, { key, actor, ...input }: UploadBulk): BulkAnswer {
  const call = { key, operation: 'uploadBulkAdjustment', actor, input };
  return idempotent<{ id: string }, BulkRefusal>(tx, call, async () => {
    const desk = await deskTerms(tx);
    if (input.reasonCode !== OTHER && !desk.reasonCodes.includes(input.reasonCode)) {
      return invalid('reasonCode', 'REASON_CODE');
    }
    if (input.mallId !== null && (await findOrgNode(tx, input.mallId))?.kind !== 'MALL')
      return err({ code: 'NOT_FOUND' });
    if (input.firstLine < 1 || input.firstLine > LINE_MAX) return invalid('firstLine', 'FIRST_LINE');
    const raw = readCsv(input.csv, input.firstLine);
    if (!raw.ok) return invalid('csv', raw.error);
    const lines = await withMembers(tx, raw.value.map(readLine));
    const draft = { ...input, id: input.bulkId ?? uuidv7(tx.now), uploadedBy: actor };
    const before = await roomFor(tx, input.bulkId, lines);
    if (!before.ok) return before;
    if (input.bulkId === null) await insertBulk(tx, draft);
    await insertBulkLines(tx, draft.id, lines);
    const { value: total } = before;
    const change = { name: 'lines', before: `${total}`, after: `${total + lines.length}` };
    await act(tx, 'BULK_UPLOADED', actor, draft, [change]);
    return ok({ id: draft.id });
  });
}

/** How many lines are there already. */
async function roomFor(tx: Tx, id: string | null, lines: readonly BulkLine[]): Promise<Result<number, BulkRefusal>> {
  if (id === null) return lines.length > BULK_MAX_LINES ? invalid('csv', 'TOO_MANY_LINES') : ok(0);
  const head = await findBulk(tx, id, 'WAIT');
  if (!head) return err({ code: 'NOT_FOUND' });
  if (head.status !== 'DRAFT') return err({ code: 'WRONG_STATUS', status: head.status });
  const { total } = await findBulkFigures(tx, id);
  if (total + lines.length > BULK_MAX_LINES) return invalid('csv', 'TOO_MANY_LINES');
  const [first, last] = [lines[0]?.line ?? 0, lines.at(-1)?.line ?? 0];
  return (await hasLines(tx, id, first, last)) ? invalid('firstLine', 'LINES_TWICE') : ok(total);
}

const LINE_MAX = 1_000_000;

function readCsv(csv: string, firstLine: number): Result<RawLine[], BulkFault> {
  let rows: string[][];
  try {
    rows = parse(csv, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    return err('CSV');
  }
  const [header, ...data] = rows;
  if (!header || [...header].sort().join() !== [...BULK_COLUMNS].sort().join()) return err('HEADER');
  if (data.length === 0) return err('NO_LINES');
  return ok(
    data.map((cells, i): RawLine => {
      const named = Object.fromEntries(header.map((name, at) => [name, cells[at] ?? '']));
      const fields = cells.length === header.length ? (named as NonNullable<RawLine['fields']>) : null;
      return { line: firstLine + i, fields };
    }),
  );
}

async function withMembers(tx: Tx, lines: readonly BulkLine[]): Promise<BulkLine[]> {
  const ids = [...new Set(lines.map(({ memberId }) => memberId).filter((id) => id !== null))];
  const known = await findMembers(tx, ids);
  return lines.map((line) =>
    line.memberId === null || known.has(line.memberId)
      ? line
      : { ...line, memberId: null, amount: null, reject: 'UNKNOWN_MEMBER' },
  );
}

export interface BulkCommand {
  key: string;
  actor: string;
  id: string;
}

/** Above the limit on the sum of all it moves, a second person must agree before it begins. */
export function startBulk(tx: Tx, { key, actor, id }: BulkCommand): BulkAnswer {
  const call = { key, operation: 'startBulkAdjustment', actor, input: { id } };
  return idempotent<{ id: string }, BulkRefusal>(tx, call, async () => {
    const head = await findBulk(tx, id, 'WAIT');
    if (!head) return err({ code: 'NOT_FOUND' });
    if (head.status !== 'DRAFT') return err({ code: 'WRONG_STATUS', status: head.status });
    const { pending, credits, debits } = await findBulkFigures(tx, id);
    if (pending === 0) return err({ code: 'NOTHING_TO_DO' });
    if (!programmeAt(await findRules(tx), tx.now)) return invalid('id', 'NO_PROGRAMME');
    if (credits + debits > (await deskTerms(tx)).approvalAbove) {
      const { mallId, reasonCode } = head;
      const approval = await requestApproval(tx, {
        kind: 'BULK_ADJUSTMENT',
        memberId: null,
        mallId,
        amount: credits - debits,
        reasonCode,
        reason: `${pending} lines, +${credits} -${debits}`,
        payload: { bulkId: id },
        requestedBy: actor,
      });
      await setBulkStatus(tx, id, { status: 'AWAITING_APPROVAL', startedBy: actor, approvalId: approval.id });
      return ok({ id });
    }
    await setBulkStatus(tx, id, { status: 'RUNNING', startedBy: actor });
    await act(tx, 'BULK_STARTED', actor, head, [{ name: 'status', before: head.status, after: 'RUNNING' }]);
    return ok({ id });
  });
}

/** What was posted stays; the rest is not. One that waits for a second person is withdrawn there. */
export function cancelBulk(tx: Tx, { key, actor, id }: BulkCommand): BulkAnswer {
  const call = { key, operation: 'cancelBulkAdjustment', actor, input: { id } };
  return idempotent<{ id: string }, BulkRefusal>(tx, call, async () => {
    const head = await findBulk(tx, id, 'WAIT');
    if (!head) return err({ code: 'NOT_FOUND' });
    if (head.status !== 'DRAFT' && head.status !== 'RUNNING') return err({ code: 'WRONG_STATUS', status: head.status });
    await setBulkStatus(tx, id, { status: 'CANCELLED' });
    await act(tx, 'BULK_CANCELLED', actor, head, [{ name: 'status', before: head.status, after: 'CANCELLED' }]);
    return ok({ id });
  });
}

export async function bulk(tx: Tx, id: string): Promise<BulkView | null> {
  const head = await findBulk(tx, id, 'NONE');
  return head && { ...head, ...(await findBulkFigures(tx, id)) };
}

export const bulkRejects = (tx: Tx, id: string, afterLine: number, limit: number): Promise<RejectedLine[]> =>
  findRejectedLines(tx, id, afterLine, limit);

/** A second person agreed to a whole file: the job begins with it. */
export const bulkExecutor: ApprovalExecutor = {
  kind: 'BULK_ADJUSTMENT',
  effect: () => Promise.resolve(ok(null)),
  execute: async (tx, approval, approver) => {
    const id = String(approval.payload['bulkId']);
    const head = await findBulk(tx, id, 'WAIT');
    if (head?.status !== 'AWAITING_APPROVAL') return err({ code: 'NOT_POSSIBLE' });
    await setBulkStatus(tx, id, { status: 'RUNNING' });
    await act(
      tx,
      'BULK_STARTED',
      approver,
      head,
      [{ name: 'status', before: head.status, after: 'RUNNING' }],
      approval.id,
    );
    return ok({ entryId: null });
  },
  dropped: (tx, approval) => setBulkStatus(tx, String(approval.payload['bulkId']), { status: 'REJECTED' }),
};

async function deskTerms(tx: Tx) {
  return { ...DEFAULT_PROGRAMME.desk, ...programmeAt(await findRules(tx), tx.now)?.terms.desk };
}

const act = (
  tx: Tx,
  kind: ActKind,
  actor: string,
  { id, reasonCode }: Pick<BulkHead, 'id' | 'reasonCode'>,
  changes: { name: string; before: string | null; after: string | null }[],
  approvalId: string | null = null,
): Promise<void> =>
  insertActs(tx, [{ kind, actor, memberId: null, subjectId: id, approvalId, reasonCode, reason: null, changes }]);
