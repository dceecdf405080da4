import { PointsApprovalDecidedSchema, PointsApprovalRequestedSchema } from '@atrium/contracts';
import { event, findOrgNode, type FactAddress, publish, type Tx } from '@atrium/platform';
import type { Approval } from '../domain/approval';

export const publishApprovalRequested = async (tx: Tx, approval: Approval): Promise<void> =>
  publish(
    tx,
    event(PointsApprovalRequestedSchema, {
      approvalId: approval.id,
      kind: approval.kind,
      memberId: approval.memberId ?? '',
      amount: approval.amount,
      expiresAt: approval.expiresAt.toISOString(),
    }),
    await addressOf(tx, approval, 1n),
  );

export const publishApprovalDecided = async (tx: Tx, approval: Approval): Promise<void> =>
  publish(
    tx,
    event(PointsApprovalDecidedSchema, {
      approvalId: approval.id,
      kind: approval.kind,
      memberId: approval.memberId ?? '',
      amount: approval.amount,
      status: approval.status,
      entryId: approval.entryId ?? '',
      decidedAt: (approval.decidedAt ?? tx.now).toISOString(),
    }),
    await addressOf(tx, approval, 2n),
  );

async function addressOf(tx: Tx, approval: Approval, version: bigint): Promise<FactAddress> {
  const mall = approval.mallId === null ? null : await findOrgNode(tx, approval.mallId);
  return {
    aggregateId: approval.id,
    ownerId: approval.memberId ?? approval.id,
    siteId: approval.mallId,
    site: mall?.code ?? null,
    version,
    occurredAt: tx.now,
  };
}
