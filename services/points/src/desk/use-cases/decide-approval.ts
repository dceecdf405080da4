// A second person agrees or not. Agreeing does it, in the same transaction; a wish is decided once, whoever is first.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import type { Approval, ApprovalKind, ApprovalStatus } from '../domain/approval';
import { isWords, type WishFault } from '../domain/wish';
import { CLOCK } from '../domain/act';
import { publishApprovalDecided } from '../events/desk-events';
import { insertActs } from '../storage/act.repository';
import { closeApproval, findApproval, lockLapsedApprovals } from '../storage/approval.repository';
import type { ApprovalExecutor, ApprovalRefusal } from './approvals';

export type Executors = ReadonlyMap<ApprovalKind, ApprovalExecutor>;

export interface DecideCommand {
  key: string;
  actor: string;
  approvalId: string;
  decision: 'APPROVE' | 'REJECT';
  note: string | null;
}

type Closed = { code: 'NOT_FOUND' } | { code: 'ALREADY_DECIDED'; status: ApprovalStatus };
export type DecideRefusal =
  Closed | ApprovalRefusal | { code: 'OWN_REQUEST' } | { code: 'INVALID_INPUT'; path: string[]; reason: WishFault };
export type WithdrawRefusal = Closed | { code: 'NOT_YOURS' };

export async function decideApproval(
  tx: Tx,
  executors: Executors,
  command: DecideCommand,
): Promise<Result<{ approvalId: string }, DecideRefusal | IdempotencyRefusal>> {
  const { key, actor, approvalId, decision } = command;
  const note = command.note?.trim() || null;
  return idempotent<{ approvalId: string }, DecideRefusal>(
    tx,
    { key, operation: 'decidePointsApproval', actor, input: { approvalId, decision, note } },
    async () => {
      const pending = await lockPending(tx, approvalId);
      if (!pending.ok) return pending;
      const approval = pending.value;
      if (approval.requestedBy === actor) return err({ code: 'OWN_REQUEST' });
      if (note === null ? decision === 'REJECT' : !isWords(note)) {
        return err({ code: 'INVALID_INPUT', path: ['note'], reason: 'NOTE_LENGTH' });
      }
      const executor = executorOf(executors, approval.kind);
      if (decision === 'REJECT') {
        await end(tx, executor, approval, { status: 'REJECTED', actor, note });
        return ok({ approvalId });
      }
      const done = await executor.execute(tx, approval, actor);
      if (!done.ok) return done;
      await close(tx, approval, { status: 'APPROVED', actor, note, entryId: done.value.entryId });
      return ok({ approvalId });
    },
  );
}

/** Only who asked for it takes it back. */
export async function withdrawApproval(
  tx: Tx,
  executors: Executors,
  command: { key: string; actor: string; approvalId: string },
): Promise<Result<{ approvalId: string }, WithdrawRefusal | IdempotencyRefusal>> {
  const { key, actor, approvalId } = command;
  return idempotent<{ approvalId: string }, WithdrawRefusal>(
    tx,
    { key, operation: 'withdrawPointsApproval', actor, input: { approvalId } },
    async () => {
      const pending = await lockPending(tx, approvalId);
      if (!pending.ok) return pending;
      const approval = pending.value;
      if (approval.requestedBy !== actor) return err({ code: 'NOT_YOURS' });
      await end(tx, executorOf(executors, approval.kind), approval, { status: 'WITHDRAWN', actor, note: null });
      return ok({ approvalId });
    },
  );
}

/** Writes down that nobody decided in time; reads say so already. */
export async function expireApprovals(tx: Tx, executors: Executors, ids: readonly string[]): Promise<number> {
  const lapsed = await lockLapsedApprovals(tx, ids);
  for (const approval of lapsed) {
    await end(tx, executorOf(executors, approval.kind), approval, { status: 'EXPIRED', actor: CLOCK, note: null });
  }
  return lapsed.length;
}

async function lockPending(tx: Tx, id: string): Promise<Result<Approval, Closed>> {
  const approval = await findApproval(tx, id, { lock: true });
  if (!approval) return err({ code: 'NOT_FOUND' });
  return approval.status === 'PENDING' ? ok(approval) : err({ code: 'ALREADY_DECIDED', status: approval.status });
}

function executorOf(executors: Executors, kind: ApprovalKind): ApprovalExecutor {
  const executor = executors.get(kind);
  if (!executor) throw new Error(`no feature brings an executor for ${kind}`);
  return executor;
}

interface Ending {
  status: Exclude<ApprovalStatus, 'PENDING'>;
  actor: string;
  note: string | null;
  entryId?: string | null;
}

const ENDED = { REJECTED: 'REJECTED', WITHDRAWN: 'WITHDRAWN', EXPIRED: 'LAPSED' } as const;

/** It will not be done. */
async function end(
  tx: Tx,
  executor: ApprovalExecutor,
  approval: Approval,
  ending: Ending & { status: keyof typeof ENDED },
): Promise<void> {
  await executor.dropped?.(tx, approval);
  const { id, memberId, reasonCode } = approval;
  await insertActs(tx, [
    {
      kind: ENDED[ending.status],
      actor: ending.actor,
      memberId,
      subjectId: id,
      approvalId: id,
      reasonCode,
      reason: ending.note,
      changes: [],
    },
  ]);
  await close(tx, approval, ending);
}

async function close(tx: Tx, approval: Approval, { status, actor, note, entryId = null }: Ending): Promise<void> {
  // What time ended, it ended at its time, not when a job came by.
  const decidedAt = status === 'EXPIRED' ? approval.expiresAt : tx.now;
  const closed = { ...approval, status, decidedBy: actor, decidedAt, note, entryId };
  await closeApproval(tx, closed);
  await publishApprovalDecided(tx, closed);
}
