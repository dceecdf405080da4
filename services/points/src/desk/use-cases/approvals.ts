// Wishes that need a second person. A feature brings an executor for each kind it asks for (`approvals` in its
// feature.ts); the desk keeps the wish, and calls the executor in the transaction of the decision.
import { type Points, type Result, uuidv7 } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import type { Approval, ApprovalKind, Attachment } from '../domain/approval';
import { publishApprovalRequested } from '../events/desk-events';
import { insertActs } from '../storage/act.repository';
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
  | { readonly code: 'DEBT_EXCEEDED'; readonly owed: Points; readonly requested: Points }
  | { readonly code: 'NO_PROGRAMME' }
  | { readonly code: 'NOT_FOUND' }
  | { readonly code: 'NOT_POSSIBLE' };

export interface ApprovalExecutor {
  readonly kind: ApprovalKind;
  /** What approving would do now; writes nothing. Null where there is no single balance to show. */
  effect(tx: Tx, approval: Approval): Promise<Result<ApprovalEffect | null, ApprovalRefusal>>;
  /** Does it, exactly once, in the transaction of the decision; locks what it changes. A refusal has written nothing. */
  execute(tx: Tx, approval: Approval, approver: string): Promise<Result<{ entryId: string | null }, ApprovalRefusal>>;
  /** It was rejected, withdrawn or lapsed: for kinds that keep something of their own meanwhile. */
  dropped?(tx: Tx, approval: Approval): Promise<void>;
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
  const programme = programmeAt(await findRules(tx), tx.now);
  const desk = { ...DEFAULT_PROGRAMME.desk, ...programme?.terms.desk };
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
  await publishApprovalRequested(tx, approval);
  const { id, memberId, reasonCode, reason, requestedBy: actor } = approval;
  const about = { memberId, subjectId: id, approvalId: id, reasonCode, reason };
  const changes = [{ name: 'amount', before: null, after: approval.amount.toString() }];
  await insertActs(tx, [{ kind: 'APPROVAL_REQUESTED', actor, ...about, changes }]);
  return approval;
}
