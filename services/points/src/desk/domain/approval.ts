// A wish of one person that another must agree to before anything is posted.
import type { Points } from '@atrium/kernel';

export const APPROVAL_KINDS = ['ADJUSTMENT', 'WRITE_OFF', 'REINSTATEMENT', 'BULK_ADJUSTMENT'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

export const APPROVAL_STATUSES = ['PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** Where the paper behind a wish lies: an https address or the id of a document elsewhere; never the paper itself. */
export interface Attachment {
  readonly url: string | null;
  readonly documentId: string | null;
  /** Of the document's bytes, in lower-case hex, so that it cannot be changed unnoticed. */
  readonly sha256: string | null;
}

export interface Approval {
  readonly id: string;
  readonly kind: ApprovalKind;
  /** Null for a wish about many members. */
  readonly memberId: string | null;
  /** Where the decision is taken: staff of this mall or above it; null is the group. */
  readonly mallId: string | null;
  /** Signed, as it will change what the member has or owes. */
  readonly amount: Points;
  readonly reasonCode: string;
  readonly reason: string;
  readonly attachment: Attachment | null;
  /** What its kind needs to do it. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly status: ApprovalStatus;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
  /** The entry that it became, where it became one. */
  readonly entryId: string | null;
}

/** Past its time a wish is over, whether the job has written it down or not. */
export const statusAt = (approval: Pick<Approval, 'status' | 'expiresAt'>, now: Date): ApprovalStatus =>
  approval.status === 'PENDING' && approval.expiresAt <= now ? 'EXPIRED' : approval.status;
