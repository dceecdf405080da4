// Works off a started file of adjustments, some lines in a transaction; each with its own entry and act.
import type { Tx } from '@atrium/platform';
import { lifeOf } from '../../ledger/domain/expiry';
import type { Ledger } from '../../ledger/domain/ledger';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { programmeAt } from '../../programme/domain/rules';
import type { ProgrammeTerms } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import type { Act } from '../domain/act';
import { adjust } from '../domain/adjust';
import { insertActs } from '../storage/act.repository';
import {
  type BulkHead,
  findBulk,
  findPendingLines,
  findRunningBulks,
  type PendingLine,
  saveBulkLines,
  setBulkStatus,
} from '../storage/bulk.repository';
import { zoneOf } from './adjust-points';
import { balancesOf, changesOf } from './postings';

const BATCH = 200;

export const runningBulks = (tx: Tx, limit: number): Promise<{ groupId: string; id: string }[]> =>
  findRunningBulks(tx, limit);

/** How many lines were worked off; 0 when it is done, stopped, or somebody else works on it. */
export async function runBulk(tx: Tx, id: string): Promise<number> {
  const head = await findBulk(tx, id, 'SKIP');
  if (head?.status !== 'RUNNING') return 0;
  const lines = await findPendingLines(tx, id, BATCH);
  if (lines.length === 0) {
    await setBulkStatus(tx, id, { status: 'DONE' });
    return 0;
  }
  const terms = programmeAt(await findRules(tx), tx.now)?.terms;
  // Without a programme nothing is posted; it goes on when there is one.
  if (!terms) return 0;
  const zone = await zoneOf(tx, head.mallId);
  const memberIds = lines.map(({ memberId }) => memberId);
  const ledgers = await openLedgers(tx, memberIds, { lock: true, spending: memberIds });
  const acts: Act[] = [];
  const worked = lines.map((line) => {
    const ledger = ledgers.get(line.memberId);
    if (!ledger) throw new Error('an opened ledger is there');
    if (-line.amount > ledger.account.available) {
      return { line: line.line, entryId: null, reject: 'INSUFFICIENT_POINTS' as const };
    }
    const act = postLine(ledger, line, head, terms, zone);
    acts.push(act);
    return { line: line.line, entryId: act.subjectId, reject: null };
  });
  await saveBulkLines(tx, id, worked);
  await insertActs(tx, acts);
  await publishLedgers(tx, ledgers.values());
  await saveLedgers(tx, ledgers.values());
  return lines.length;
}

function postLine(
  ledger: Ledger,
  { memberId, amount, reason }: PendingLine,
  { id, reasonCode, mallId, startedBy, uploadedBy, approvalId }: BulkHead,
  terms: ProgrammeTerms,
  zone: string,
): Act {
  const before = balancesOf(ledger);
  const actor = startedBy ?? uploadedBy;
  const life = lifeOf(terms, { earnedAt: ledger.now, zone, postedAt: ledger.now });
  const entry = adjust(ledger, { amount, reasonCode, reason, actor, mallId, sourceId: id, life });
  const changes = changesOf({ ledger, entry, before });
  return { kind: 'ADJUSTED', actor, memberId, subjectId: entry.id, approvalId, reasonCode, reason, changes };
}
