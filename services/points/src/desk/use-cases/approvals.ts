// Wishes that need a second person. A feature brings an executor for each kind it asks for (`approvals` in its
// feature.ts); the desk keeps the wish, and calls the executor in the transaction of the decision.
import { type Points, type Result, uuidv7 } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import type { Approval, ApprovalKind, Attachment } from '../domain/approval';
import { insertApproval } from '../storage/approval.repository';

/** What approving would change for the member. */
export interface ApprovalEffect {
  readonly availableBefore: Points;
  readonly availableAfter: Points;
  readonly debtBefore: Points;
  readonly debtAfter: Points;
}

/** Why it cannot be done as things are now; the wish stays pending. */
export type ApprovalRefusal =
  | { readonly code: 'INSUFFICIENT_POINTS'; readonly available: Points; readonly requested: Points }
  | { readonly code: 'NOTHING_OWED' | 'NO_PROGRAMME' | 'NOT_FOUND' | 'NOT_POSSIBLE' };

export interface ApprovalExecutor {
  readonly kind: ApprovalKind;
  /** What approving would do now; writes nothing. Null where there is no single balance to show. */
  effect(tx: Tx, approval: Approval): Promise<Result<ApprovalEffect | null, ApprovalRefusal>>;
  /** Does it, exactly once, in the transaction of the decision; locks what it changes. A refusal has written nothing. */
  execute(tx: Tx, approval: Approval, approver: string): Promise<Result<{ entryId: string | null }, ApprovalRefusal>>;
}

export interface ApprovalRequest {
  readonly kind: ApprovalKind;
  readonly memberId: string | null;
  readonly mallId?: string | null;
  readonly amount: Points;
  readonly reasonCode?: string;
  readonly reason: string;
  readonly attachment?: Attachment | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
}

const DAY_MS = 86_400_000;

/** Keeps the wish; nothing is posted. It lapses after the programme's `desk.approvalDays`. */
export async function requestApproval(tx: Tx, request: ApprovalRequest): Promise<Approval> {
  const { desk } = programmeAt(await findRules(tx), tx.now)?.terms ?? DEFAULT_PROGRAMME;
  const approval: Approval = {
    mallId: null,
    reasonCode: 'OTHER',
    attachment: null,
    ...request,
    id: uuidv7(tx.now),
    requestedAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + desk.approvalDays * DAY_MS),
    status: 'PENDING',
    decidedBy: null,
    decidedAt: null,
    note: null,
    entryId: null,
  };
  await insertApproval(tx, approval);
  return approval;
}
