// What waits for a second person, as that person sees it.
import { ok, type Result } from '@atrium/kernel';
import type { Page, Tx } from '@atrium/platform';
import { readOneMoment } from '../../ledger/storage/ledger.repository';
import type { Approval, ApprovalKind, ApprovalStatus, Attachment } from '../domain/approval';
import { findApproval, findApprovals, findLapsedApprovals, type TenantApproval } from '../storage/approval.repository';
import type { ApprovalEffect, ApprovalRefusal } from './approvals';
import type { Executors } from './decide-approval';

export type { ApprovalKind, ApprovalStatus, Attachment };
export type ApprovalView = Approval;

export const approvals = (tx: Tx, status: ApprovalStatus | null, page: Page): Promise<ApprovalView[]> =>
  findApprovals(tx, status, page);

export const approval = (tx: Tx, id: string): Promise<ApprovalView | null> => findApproval(tx, id, { lock: false });

/** Of any tenant, for the job that writes them down. */
export const lapsedApprovals = (tx: Tx, limit: number): Promise<TenantApproval[]> => findLapsedApprovals(tx, limit);

/** What agreeing would do at this moment, or why it would be refused; null when it is over. */
export async function approvalEffect(
  tx: Tx,
  executors: Executors,
  id: string,
): Promise<Result<ApprovalEffect | null, ApprovalRefusal>> {
  await readOneMoment(tx);
  const wish = await findApproval(tx, id, { lock: false });
  if (wish?.status !== 'PENDING') return ok(null);
  return executors.get(wish.kind)?.effect(tx, wish) ?? ok(null);
}
