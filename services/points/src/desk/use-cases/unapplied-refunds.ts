// A refund whose sale points never heard of: kept whole on the desk's list, and applied as soon as the sale is there.
import type { Tx } from '@atrium/platform';
import { type RecordedRefund, refundPoints } from '../../earning/use-cases/refund-points';
import { CLOCK } from '../domain/act';
import type { DeskException } from '../domain/exception';
import { closeExceptionRow, findException, findRipeExceptions } from '../storage/exception.repository';
import { openException } from './open-exception';

const KIND = 'UNAPPLIED_REFUND';

export async function setRefundAside(tx: Tx, refund: RecordedRefund, mallId: string): Promise<void> {
  const { refundId: subjectId, purchaseId, memberId } = refund;
  const about = { subjectId, purchaseId, memberId, mallId: mallId || null };
  await openException(tx, { kind: KIND, ...about, details: { refund } });
}

/** True when it was applied; false when the sale is still missing. */
export async function applyAside(tx: Tx, { details }: DeskException): Promise<boolean> {
  const { missing } = await refundPoints(tx, [details['refund'] as RecordedRefund]);
  return missing.length === 0;
}

export const ripeExceptions = (tx: Tx, limit: number): Promise<{ groupId: string; id: string }[]> =>
  findRipeExceptions(tx, limit);

/** For the job: those whose sale has come. One that fails does not keep the others. */
export async function applyRipe(tx: Tx, id: string): Promise<number> {
  const exception = await findException(tx, id, { lock: true });
  if (exception?.status !== 'OPEN' || !(await applyAside(tx, exception))) return 0;
  const { subjectId } = exception;
  await closeExceptionRow(tx, { kind: KIND, subjectId, outcome: 'APPLIED', by: CLOCK, note: null });
  return 1;
}
