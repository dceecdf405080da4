// Birthdays, where a campaign asks for them: kept here by month and day, asked of the member context the first time.
import type { Tx } from '@atrium/platform';
import type { RuleBook } from '../../programme/domain/rule-book';
import type { Birthday } from '../domain/calendar';
import { asksForBirthday } from '../domain/inputs';
import type { AskBirthdays } from '../events/birthday-requests';
import { findBirthdays } from '../storage/birthday.repository';

export type { AskBirthdays };

export interface KnownBirthdays {
  readonly of: ReadonlyMap<string, Birthday>;
  /** Those that were asked for just now, to be kept. */
  readonly fresh: ReadonlyMap<string, Birthday>;
}

/** Before the transaction's locks: nobody waits for an account while another service is asked. */
export async function knowBirthdays(
  tx: Tx,
  book: RuleBook,
  sales: readonly { readonly memberId: string; readonly occurredAt: Date }[],
  ask: AskBirthdays,
): Promise<KnownBirthdays> {
  const wanted = sales.filter(({ occurredAt }) => asksForBirthday(book, occurredAt)).map(({ memberId }) => memberId);
  const ids = [...new Set(wanted)];
  if (ids.length === 0) return { of: new Map(), fresh: new Map() };
  const known = await findBirthdays(tx, ids);
  const unknown = ids.filter((id) => !known.has(id));
  const fresh = unknown.length === 0 ? new Map<string, Birthday>() : await ask(tx.groupId ?? '', unknown);
  return { of: new Map([...known, ...fresh]), fresh };
}
