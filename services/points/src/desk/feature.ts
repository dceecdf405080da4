// What staff do to a member's points, with a reason and, above a limit, a second person; and the list of what only a
// person can settle.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { AdjustPointsMutation } from './api/adjust-points.mutation';
import { PointsApprovalResolver } from './api/approval.resolver';
import { BulkAdjustmentResolver } from './api/bulk-adjustment';
import { PointsExceptionResolver } from './api/exception.resolver';
import { PointsAuditResolver } from './api/audit.resolver';
import { DecidePointsApprovalMutation } from './api/decide-approval.mutation';
import { onMemberFrozen, onMemberUnfrozen } from './consumers/on-member-frozen';
import { ReinstatePointsMutation } from './api/reinstate-points.mutation';
import { onRefundUnmatched, onUnmatchedRefundClosed } from './consumers/on-refund-unmatched';
import { applyRefundsSetAsideJob } from './jobs/apply-refunds-set-aside';
import { runBulkAdjustmentsJob } from './jobs/run-bulk-adjustments';
import { BulkAdjustmentLineRow, BulkAdjustmentRow } from './storage/bulk.entity';
import {
  bulk,
  type BulkCommand,
  bulkExecutor,
  bulkRejects,
  cancelBulk,
  startBulk,
  uploadBulk,
  type UploadBulk,
} from './use-cases/bulk-adjustment';
import { runBulk, runningBulks } from './use-cases/run-bulk';
import { expireApprovalsJob } from './jobs/expire-approvals';
import { ActRow } from './storage/act.entity';
import { ApprovalRow } from './storage/approval.entity';
import { ExceptionRow } from './storage/exception.entity';
import { type AdjustCommand, adjustmentExecutor, adjustPoints } from './use-cases/adjust-points';
import { approval, approvalEffect, approvals, type ApprovalStatus, lapsedApprovals } from './use-cases/approvals.query';
import { acts, type ActFilter } from './use-cases/audit.query';
import {
  decideApproval,
  type DecideCommand,
  type Executors,
  expireApprovals,
  withdrawApproval,
} from './use-cases/decide-approval';
import { type ReinstateCommand, reinstatementExecutor, reinstatePoints } from './use-cases/reinstate-points';
import { applyRipe, ripeExceptions } from './use-cases/unapplied-refunds';
import {
  assignException,
  exception,
  type ExceptionFilter,
  exceptions,
  reopenException,
  resolveException,
} from './use-cases/work-on-exception';
import { writeOffDebt, type WriteOffCommand, writeOffExecutor } from './use-cases/write-off-debt';

const verbsOf =
  (executors: Executors) =>
  ({ asked, tenant, system }: Transactions) => ({
    adjustPoints: (caller: Caller, command: AdjustCommand) => asked(caller, (tx) => adjustPoints(tx, command)),
    writeOffDebt: (caller: Caller, command: WriteOffCommand) => asked(caller, (tx) => writeOffDebt(tx, command)),
    reinstatePoints: (caller: Caller, command: ReinstateCommand) => asked(caller, (tx) => reinstatePoints(tx, command)),
    approvals: (caller: Caller, status: ApprovalStatus | null, page: Page) =>
      asked(caller, (tx) => approvals(tx, status, page)),
    approval: (caller: Caller, id: string) => asked(caller, (tx) => approval(tx, id)),
    approvalEffect: (caller: Caller, id: string) => asked(caller, (tx) => approvalEffect(tx, executors, id)),
    decideApproval: (caller: Caller, command: DecideCommand) =>
      asked(caller, (tx) => decideApproval(tx, executors, command)),
    withdrawApproval: (caller: Caller, command: Parameters<typeof withdrawApproval>[2]) =>
      asked(caller, (tx) => withdrawApproval(tx, executors, command)),
    lapsedApprovals: (limit: number) => system((tx) => lapsedApprovals(tx, limit)),
    expireApprovals: (groupId: string, ids: readonly string[]) =>
      tenant(groupId, (tx) => expireApprovals(tx, executors, ids)),
    exceptions: (caller: Caller, filter: ExceptionFilter, page: Page) =>
      asked(caller, (tx) => exceptions(tx, filter, page)),
    exception: (caller: Caller, id: string) => asked(caller, (tx) => exception(tx, id)),
    assignException: (caller: Caller, command: Parameters<typeof assignException>[1]) =>
      asked(caller, (tx) => assignException(tx, command)),
    resolveException: (caller: Caller, command: Parameters<typeof resolveException>[1]) =>
      asked(caller, (tx) => resolveException(tx, command)),
    reopenException: (caller: Caller, command: Parameters<typeof reopenException>[1]) =>
      asked(caller, (tx) => reopenException(tx, command)),
    ripeExceptions: (limit: number) => system((tx) => ripeExceptions(tx, limit)),
    applyRipe: (groupId: string, id: string) => tenant(groupId, (tx) => applyRipe(tx, id)),
    uploadBulk: (caller: Caller, command: UploadBulk) => asked(caller, (tx) => uploadBulk(tx, command)),
    startBulk: (caller: Caller, command: BulkCommand) => asked(caller, (tx) => startBulk(tx, command)),
    cancelBulk: (caller: Caller, command: BulkCommand) => asked(caller, (tx) => cancelBulk(tx, command)),
    bulk: (caller: Caller, id: string) => asked(caller, (tx) => bulk(tx, id)),
    bulkRejects: (caller: Caller, id: string, afterLine: number, limit: number) =>
      asked(caller, (tx) => bulkRejects(tx, id, afterLine, limit)),
    runningBulks: (limit: number) => system((tx) => runningBulks(tx, limit)),
    runBulk: (groupId: string, id: string) => tenant(groupId, (tx) => runBulk(tx, id)),
    acts: (caller: Caller, filter: ActFilter, page: Page) => asked(caller, (tx) => acts(tx, filter, page)),
  });

const OWN = [adjustmentExecutor, writeOffExecutor, reinstatementExecutor, bulkExecutor];

/** The desk keeps and decides the wishes of every feature; what is done when one is approved, its feature brings. */
export function deskOf(
  features: readonly Pick<Feature<object>, 'approvals'>[],
): Feature<ReturnType<ReturnType<typeof verbsOf>>> {
  const brought = features.flatMap(({ approvals: executors }) => executors ?? []);
  const executors: Executors = new Map([...OWN, ...brought].map((executor) => [executor.kind, executor]));
  return {
    entities: [ApprovalRow, ExceptionRow, ActRow, BulkAdjustmentRow, BulkAdjustmentLineRow],
    verbs: verbsOf(executors),
    resolvers: [
      AdjustPointsMutation,
      ReinstatePointsMutation,
      PointsApprovalResolver,
      DecidePointsApprovalMutation,
      PointsAuditResolver,
      PointsExceptionResolver,
      BulkAdjustmentResolver,
    ],
    consumers: () => [onMemberFrozen, onMemberUnfrozen, onRefundUnmatched, onUnmatchedRefundClosed],
    jobs: (app) => [expireApprovalsJob(app), applyRefundsSetAsideJob(app), runBulkAdjustmentsJob(app)],
  };
}
