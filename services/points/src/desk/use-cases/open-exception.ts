// Puts something on the desk's list, in the transaction of what noticed it, and takes it off when it has settled itself.
import type { Tx } from '@atrium/platform';
import type { ExceptionKind, NewException } from '../domain/exception';
import { closeExceptionRow, insertExceptions } from '../storage/exception.repository';

/** Twice is once; one that was resolved is not opened again. */
export async function openException(tx: Tx, exception: NewException): Promise<void> {
  await insertExceptions(tx, [exception]);
}

/** For the feature that owns the subject: what it was opened for is done. */
export async function closeException(
  tx: Tx,
  closing: { kind: ExceptionKind; subjectId: string; outcome: string; by: string; note?: string },
): Promise<void> {
  await closeExceptionRow(tx, { note: null, ...closing });
}
