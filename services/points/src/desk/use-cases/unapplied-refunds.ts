// A refund whose sale points have not heard of: on the desk's list while it waits, kept there whole when the waiting was in
// vain, and applied as soon as the sale is there.
import type { Tx } from '@atrium/platform';
import { type RecordedRefund, refundPoints } from '../../earning/use-cases/refund-points';
import { CLOCK } from '../domain/act';
import type { DeskException } from '../domain/exception';
import {
  closeExceptionRow,
  findException,
  findRipeExceptions,
  insertExceptions,
} from '../storage/exception.repository';
import { openException } from './open-exception';

const KIND = 'UNAPPLIED_REFUND';
/** The consumer that the events wait for. */
export const REFUNDS = 'points-on-purchase-refunded';

export interface WaitingRefund {
  readonly refund: RecordedRefund;
  readonly mallId: string;
  /** Of the event that waits, and until when it does. */
  readonly eventId: string;
  readonly deadline: Date;
}

const about = ({ refundId, purchaseId, memberId }: RecordedRefund, mallId: string) =>
  ({ kind: KIND, subjectId: refundId, purchaseId, memberId, mallId: mallId || null }) as const;

export const setRefundAside = (tx: Tx, refund: RecordedRefund, mallId: string): Promise<void> =>
  openException(tx, { ...about(refund, mallId), details: { refund } });

/** For the job: staff see what waits. */
export const showWaiting = (tx: Tx, waiting: readonly WaitingRefund[]): Promise<number> =>
  insertExceptions(
    tx,
    waiting.map(({ refund, mallId, eventId, deadline }) => ({
      ...about(refund, mallId),
      ...{ status: 'WAITING', deadline, details: { refund, eventId } },
    })),
  );

/** True when it was applied; false when the sale is still missing. */
export async function applyAside(tx: Tx, { details }: DeskException): Promise<boolean> {
  const { missing } = await refundPoints(tx, [details['refund'] as RecordedRefund]);
  return missing.length === 0;
}

export const ripeExceptions = (tx: Tx, limit: number): Promise<{ groupId: string; id: string }[]> =>
  findRipeExceptions(tx, REFUNDS, limit);

/** For the job: those whose sale has come; what waited was applied by itself. One that fails does not keep the others. */
export async function applyRipe(tx: Tx, id: string): Promise<number> {
  const exception = await findException(tx, id, { lock: true });
  if (!exception || exception.status === 'RESOLVED') return 0;
  if (exception.status === 'OPEN' && !(await applyAside(tx, exception))) return 0;
  const { subjectId } = exception;
  await closeExceptionRow(tx, { kind: KIND, subjectId, outcome: 'APPLIED', by: CLOCK, note: null });
  return 1;
}
