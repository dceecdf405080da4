// Staff take an exception, settle it, or open again what was dismissed too soon.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Page, type Tx } from '@atrium/platform';
import { approveLateSale } from '../../earning/use-cases/approve-late-sale';
import type { DeskException, ExceptionKind } from '../domain/exception';
import { isWords } from '../domain/wish';
import { insertActs } from '../storage/act.repository';
import {
  assignExceptionRow,
  closeExceptionRow,
  type ExceptionFilter,
  findException,
  findExceptions,
  reopenExceptionRow,
} from '../storage/exception.repository';
import { applyAside } from './unapplied-refunds';

export type { DeskException, ExceptionFilter, ExceptionKind };

export const exceptions = (tx: Tx, filter: ExceptionFilter, page: Page): Promise<DeskException[]> =>
  findExceptions(tx, filter, page);

export const exception = (tx: Tx, id: string): Promise<DeskException | null> => findException(tx, id, { lock: false });

export interface ExceptionCommand {
  key: string;
  actor: string;
  id: string;
}

type Answer<Refusal> = Promise<Result<{ id: string }, Refusal | IdempotencyRefusal>>;
export type AssignRefusal = { code: 'NOT_FOUND' } | { code: 'ALREADY_RESOLVED' } | { code: 'ASSIGNEE_LENGTH' };
export type ResolveRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'ALREADY_RESOLVED' }
  | { code: 'NOTE_LENGTH' }
  | { code: 'STILL_MISSING' }
  /** It is applied by itself if its sale comes, whatever anybody says. */
  | { code: 'STILL_WAITING' }
  | { code: 'NOT_POSSIBLE' }
  /** Its subject is another verb's to settle. */
  | { code: 'SETTLED_ELSEWHERE'; verb: string };
export type ReopenRefusal = { code: 'NOT_FOUND' } | { code: 'NOT_DISMISSED' } | { code: 'NOTE_LENGTH' };

/** The verbs that settle the subjects of the other kinds; the exception then closes by itself. */
const ELSEWHERE: Readonly<Partial<Record<ExceptionKind, string>>> = {
  PARKED_REFUND: 'resolveUnmatchedRefund',
};

const ASSIGNEE_MAX = 200;

export function assignException(
  tx: Tx,
  { key, actor, id, assignee }: ExceptionCommand & { assignee: string | null },
): Answer<AssignRefusal> {
  const call = { key, operation: 'assignPointsException', actor, input: { id, assignee } };
  return idempotent<{ id: string }, AssignRefusal>(tx, call, async () => {
    if (assignee !== null && (assignee.trim() === '' || assignee.length > ASSIGNEE_MAX)) {
      return err({ code: 'ASSIGNEE_LENGTH' });
    }
    const found = await findException(tx, id, { lock: true });
    if (!found) return err({ code: 'NOT_FOUND' });
    if (found.status === 'RESOLVED') return err({ code: 'ALREADY_RESOLVED' });
    await assignExceptionRow(tx, id, assignee);
    await note(tx, 'EXCEPTION_ASSIGNED', actor, found, null, {
      name: 'assignee',
      before: found.assignee,
      after: assignee,
    });
    return ok({ id });
  });
}

export function resolveException(
  tx: Tx,
  command: ExceptionCommand & { resolution: 'APPLY' | 'DISMISS'; note: string },
): Answer<ResolveRefusal> {
  const { key, actor, id, resolution } = command;
  const words = command.note.trim();
  const call = { key, operation: 'resolvePointsException', actor, input: { id, resolution, words } };
  return idempotent<{ id: string }, ResolveRefusal>(tx, call, async () => {
    if (!isWords(words)) return err({ code: 'NOTE_LENGTH' });
    const found = await findException(tx, id, { lock: true });
    if (!found) return err({ code: 'NOT_FOUND' });
    if (found.status === 'RESOLVED') return err({ code: 'ALREADY_RESOLVED' });
    const verb = ELSEWHERE[found.kind];
    if (verb !== undefined) return err({ code: 'SETTLED_ELSEWHERE', verb });
    if (resolution === 'DISMISS' && found.status === 'WAITING') return err({ code: 'STILL_WAITING' });
    const refusal = resolution === 'APPLY' ? await apply(tx, found) : null;
    if (refusal) return err(refusal);
    const outcome = resolution === 'APPLY' ? 'APPLIED' : 'DISMISSED';
    await closeExceptionRow(tx, { ...found, outcome, by: actor, note: words });
    await note(tx, 'EXCEPTION_RESOLVED', actor, found, words, {
      name: 'status',
      before: found.status,
      after: outcome,
    });
    return ok({ id });
  });
}

/** Does what it waits for; null when that is done. */
async function apply(
  tx: Tx,
  found: DeskException,
): Promise<{ code: 'STILL_MISSING' } | { code: 'NOT_POSSIBLE' } | null> {
  if (found.kind !== 'LATE_SALE') return (await applyAside(tx, found)) ? null : { code: 'STILL_MISSING' };
  const approved = await approveLateSale(tx, found.subjectId);
  if (approved.ok) return null;
  return { code: approved.error.code === 'NOT_FOUND' ? 'STILL_MISSING' : 'NOT_POSSIBLE' };
}

/** Only what was dismissed: what was applied is done. */
export function reopenException(tx: Tx, command: ExceptionCommand & { note: string }): Answer<ReopenRefusal> {
  const { key, actor, id } = command;
  const words = command.note.trim();
  const call = { key, operation: 'reopenPointsException', actor, input: { id, words } };
  return idempotent<{ id: string }, ReopenRefusal>(tx, call, async () => {
    if (!isWords(words)) return err({ code: 'NOTE_LENGTH' });
    const found = await findException(tx, id, { lock: true });
    if (!found) return err({ code: 'NOT_FOUND' });
    if (found.outcome !== 'DISMISSED' || ELSEWHERE[found.kind] !== undefined) return err({ code: 'NOT_DISMISSED' });
    await reopenExceptionRow(tx, id);
    await note(tx, 'EXCEPTION_REOPENED', actor, found, words, { name: 'status', before: 'DISMISSED', after: 'OPEN' });
    return ok({ id });
  });
}

const note = (
  tx: Tx,
  kind: 'EXCEPTION_ASSIGNED' | 'EXCEPTION_RESOLVED' | 'EXCEPTION_REOPENED',
  actor: string,
  { id, memberId }: DeskException,
  reason: string | null,
  change: { name: string; before: string | null; after: string | null },
): Promise<void> =>
  insertActs(tx, [
    { kind, actor, memberId, subjectId: id, approvalId: null, reasonCode: null, reason, changes: [change] },
  ]);
