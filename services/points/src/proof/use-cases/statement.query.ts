// A member's points over a period: what was there, each entry with what was there after it, what is there at the end.
import { addDays, err, localMidnight, ok, type Result } from '@atrium/kernel';
import { findOrgNode, type Tx } from '@atrium/platform';
import { type Balance, faultOf, type PeriodFault, runningBalances, STATEMENT_ENTRIES } from '../domain/statement';
import { findEntriesBetween, type StatementRecord, sumBefore } from '../storage/statement.repository';
import { expiringPoints } from '../../ledger/use-cases/accounts.query';
import { readOneMoment } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { programmeAt } from '../../programme/domain/rules';
import type { ProgrammeTerms } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';

export { STATEMENT_ENTRIES, STATEMENT_MONTHS } from '../domain/statement';
export type { Balance, PeriodFault } from '../domain/statement';
export type { ExpiryTerms, ProgrammeTerms } from '../../programme/domain/terms';

export interface StatementAsk {
  readonly memberId: string;
  /** Calendar days where the member is at home, both included. */
  readonly from: string;
  readonly to: string;
}

export interface StatementLine extends StatementRecord {
  readonly after: Balance;
}

export interface StatementView extends StatementAsk {
  readonly zone: string;
  readonly madeAt: Date;
  readonly opening: Balance;
  readonly lines: readonly StatementLine[];
  readonly closing: Balance;
  readonly expiring: readonly { readonly expiresAt: Date; readonly amount: bigint }[];
  readonly terms: ProgrammeTerms | null;
}

export type StatementRefusal =
  { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; reason: PeriodFault } | { code: 'STATEMENT_TOO_LONG' };

const SOON_MS = 90 * 86_400_000;

export async function statement(tx: Tx, ask: StatementAsk): Promise<Result<StatementView, StatementRefusal>> {
  const reason = faultOf(ask.from, ask.to);
  if (reason !== null) return err({ code: 'INVALID_INPUT', reason });
  await readOneMoment(tx);
  const member = (await findMembers(tx, [ask.memberId])).get(ask.memberId);
  if (!member) return err({ code: 'NOT_FOUND' });
  const home = await findOrgNode(tx, member.homeMallId ?? tx.groupId ?? '');
  const zone = (home ?? (await findOrgNode(tx, tx.groupId ?? '')))?.timeZone ?? 'UTC';
  const [from, to] = [localMidnight(ask.from, zone), localMidnight(addDays(ask.to, 1), zone)];
  const entries = await findEntriesBetween(tx, ask.memberId, from, to, STATEMENT_ENTRIES + 1);
  if (entries.length > STATEMENT_ENTRIES) return err({ code: 'STATEMENT_TOO_LONG' });
  const opening = await sumBefore(tx, ask.memberId, from);
  const programme = programmeAt(await findRules(tx), tx.now);
  return ok({
    ...ask,
    zone,
    madeAt: tx.now,
    opening,
    ...runningBalances(opening, entries),
    expiring: await expiringPoints(tx, ask.memberId, new Date(tx.now.getTime() + SOON_MS)),
    terms: programme?.terms ?? null,
  });
}
