// What somebody did at the desk, kept for ever for whoever audits it.

export const ACT_KINDS = [
  'ADJUSTED',
  'DEBT_WRITTEN_OFF',
  'REINSTATED',
  'APPROVAL_REQUESTED',
  'APPROVED',
  'REJECTED',
  'WITHDRAWN',
  'LAPSED',
  'FROZEN',
  'UNFROZEN',
  'BULK_UPLOADED',
  'BULK_STARTED',
  'BULK_CANCELLED',
  'EXCEPTION_ASSIGNED',
  'EXCEPTION_RESOLVED',
  'EXCEPTION_REOPENED',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** A figure or a state, before and after; null where there was nothing to compare with. */
export interface Change {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Act {
  readonly kind: ActKind;
  /** The subject of the person's token; CLOCK for what time did. */
  readonly actor: string;
  readonly memberId: string | null;
  /** What it was done to: an entry, an approval, a file, an exception. */
  readonly subjectId: string;
  readonly approvalId: string | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly changes: readonly Change[];
  /** When, if it was told and not done here. */
  readonly at?: Date;
}

export const CLOCK = 'CLOCK';
