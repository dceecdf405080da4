// Something that only a person can settle; it stays on the desk's list until somebody has.

export const EXCEPTION_KINDS = [
  /** A till refunded a sale that nobody has reported in time. The refund lies in merchant-settlement. */
  'PARKED_REFUND',
  /** A refund of a sale that points have not rated in time. */
  'UNAPPLIED_REFUND',
  /** A sale reported so late that somebody must agree before it earns. */
  'LATE_SALE',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export interface NewException {
  readonly kind: ExceptionKind;
  /** What it is about; an exception is there once for each kind and subject, for ever. */
  readonly subjectId: string;
  readonly memberId?: string | null;
  readonly mallId?: string | null;
  readonly purchaseId?: string | null;
  /** WAITING: it may still settle itself. Left out: OPEN. */
  readonly status?: 'WAITING' | 'OPEN';
  /** Until when somebody should have settled it, or it waits by itself; left out: the programme's days from now. */
  readonly deadline?: Date | null;
  /** Codes and figures for the person who settles it; no personal data. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface DeskException extends Required<Omit<NewException, 'status'>> {
  readonly id: string;
  readonly openedAt: Date;
  readonly status: 'WAITING' | 'OPEN' | 'RESOLVED';
  readonly assignee: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly outcome: string | null;
  readonly note: string | null;
}
