// Folds members' facts anew, stores where they stand, and states what differs from what was stated before.
import { uuidv7 } from '@atrium/kernel';
import { publishAll, type Tx } from '@atrium/platform';
import type { Ladder } from '../domain/ladder';
import { restate } from '../domain/reconcile';
import { tierChanged } from '../events/tier-events';
import { findLadders } from '../storage/ladder.repository';
import { saveStates, type MemberState } from '../storage/member-tier.repository';
import {
  findStanding,
  insertChanges,
  supersedeChanges,
  type TierChangeRecord,
} from '../storage/tier-change.repository';
import { foldMembers } from './fold-members';

/** The members' rows are locked by the caller. A fixed number of statements, however many members. */
export async function refoldMembers(tx: Tx, memberIds: readonly string[]): Promise<void> {
  const ids = [...new Set(memberIds)];
  const ladders = await findLadders(tx);
  // Facts wait for the first ladder; the job comes for these members when there is one.
  if (ids.length === 0 || ladders.length === 0) return;
  const members = await foldMembers(tx, ids, ladders);
  const standing = byMember(await findStanding(tx, ids));
  const ladderVersion = newestVersion(ladders);

  const states: MemberState[] = [];
  const inserted: TierChangeRecord[] = [];
  const superseded: { memberId: string; id: string }[] = [];
  const facts: Parameters<typeof publishAll>[1][number][] = [];
  for (const { member, folded } of members) {
    const { memberId, version, mergedInto } = member;
    const restated = restate(standing.get(memberId) ?? [], folded);
    const gone = restated.superseded.map(({ id }) => id);
    let stated = version;
    for (const [i, change] of restated.fresh.entries()) {
      const record = { ...change, memberId, id: uuidv7(tx.now) };
      inserted.push(record);
      // The first of them takes away whatever no longer holds, so that no reader sees both.
      facts.push(
        tierChanged({
          memberId,
          change: record,
          supersededIds: i === 0 ? gone : [],
          version: ++stated,
          zone: zoneOf(ladders, change.ladderId),
        }),
      );
    }
    superseded.push(...gone.map((id) => ({ memberId, id })));
    const { standing: now } = folded;
    states.push({
      memberId,
      code: now?.tier.code ?? null,
      status: now?.status ?? null,
      since: now?.since ?? null,
      validUntil: now?.validUntil ?? null,
      version: stated,
      // Nothing happens any more to an id that became another's.
      nextCheckAt: mergedInto === null ? folded.nextCheckAt : null,
      ladderVersion,
    });
  }
  await supersedeChanges(tx, superseded);
  await insertChanges(tx, inserted);
  await saveStates(tx, states);
  await publishAll(tx, facts);
}

export const newestVersion = (ladders: readonly Ladder[]): bigint =>
  ladders.reduce((newest, { version }) => (version > newest ? version : newest), 0n);

function byMember(changes: readonly TierChangeRecord[]): Map<string, TierChangeRecord[]> {
  const found = new Map<string, TierChangeRecord[]>();
  for (const change of changes) {
    const own = found.get(change.memberId);
    if (own) own.push(change);
    else found.set(change.memberId, [change]);
  }
  return found;
}

function zoneOf(ladders: readonly Ladder[], ladderId: string): string {
  const ladder = ladders.find(({ id }) => id === ladderId);
  if (!ladder) throw new Error(`no ladder ${ladderId}`);
  return ladder.zone;
}
