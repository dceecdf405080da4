// Puts something on the desk's list, in the transaction of what noticed it, and takes it off when it has settled itself.
import type { Tx } from '@atrium/platform';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import type { ExceptionKind, NewException } from '../domain/exception';
import { closeExceptionRow, insertExceptions } from '../storage/exception.repository';

/** Twice is once; one that was resolved is not opened again. */
export async function openException(tx: Tx, exception: NewException): Promise<void> {
  const { deadline } = exception;
  await insertExceptions(tx, [{ ...exception, deadline: deadline === undefined ? await deadlineOf(tx) : deadline }]);
}

/** For the feature that owns the subject: what it was opened for is done. */
export async function closeException(
  tx: Tx,
  closing: { kind: ExceptionKind; subjectId: string; outcome: string; by: string; note?: string },
): Promise<void> {
  await closeExceptionRow(tx, { note: null, ...closing });
}

const DAY_MS = 86_400_000;

/** Until when staff should have settled what is opened now. */
export async function deadlineOf(tx: Tx): Promise<Date> {
  const programme = programmeAt(await findRules(tx), tx.now);
  const { exceptionDays } = { ...DEFAULT_PROGRAMME.desk, ...programme?.terms.desk };
  return new Date(tx.now.getTime() + exceptionDays * DAY_MS);
}
