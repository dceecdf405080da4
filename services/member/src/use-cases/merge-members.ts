// Staff merge two memberships of one person. Asked here, objected to or agreed to by the contexts that wait for something,
// then carried out by all of them; each step once, whatever is repeated or interrupted.
import { err, isUuid, ok, type Result, uuidv7 } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import {
  abandon,
  beginMoving,
  elderOf,
  hearMoved,
  hearVote,
  type Merge,
  type MergeRefusal,
  type Mover,
  type Voter,
  whyNot,
} from '../domain/merge';
import { publishMergeAbandoned, publishMerged, publishMergeRequested } from '../events/merge-events';
import { findMerge, insertMerge, isMerging, leadTo, lockMerge, saveMerge } from '../storage/merge.repository';
import { findMemberRows, lockMemberRow } from '../storage/member.repository';

export interface MergeMembers {
  actor: string;
  idempotencyKey: string;
  survivorId: string;
  loserId: string;
}

export interface MergePreview {
  survivorId: string;
  loserId: string;
  /** Who has been a member longer. */
  elderId: string;
  /** Only when both have given it. */
  marketingConsent: boolean;
  obstacle: MergeRefusal | null;
}

/** Null when one of them is not there. */
export async function previewMerge(tx: Tx, ids: Pick<Merge, 'survivorId' | 'loserId'>): Promise<MergePreview | null> {
  const [survivorId, loserId] = [ids.survivorId.toLowerCase(), ids.loserId.toLowerCase()];
  const rows = await findMemberRows(tx, [survivorId, loserId].filter(isUuid));
  const [survivor, loser] = [survivorId, loserId].map((id) => rows.find((row) => row.id === id));
  if (!survivor || !loser) return null;
  const merging = await isMerging(tx, [survivorId, loserId]);
  return {
    survivorId,
    loserId,
    elderId: elderOf(survivor, loser),
    marketingConsent: survivor.marketingConsent && loser.marketingConsent,
    obstacle: whyNot(survivor, loser) ?? (merging ? { code: 'MERGE_IN_PROGRESS' } : null),
  };
}

export function mergeMembers(
  tx: Tx,
  command: MergeMembers,
): Promise<Result<{ mergeId: string }, MergeRefusal | IdempotencyRefusal>> {
  const { actor, idempotencyKey: key } = command;
  const [survivorId, loserId] = [command.survivorId.toLowerCase(), command.loserId.toLowerCase()];
  const input = { survivorId, loserId };
  return idempotent<{ mergeId: string }, MergeRefusal>(
    tx,
    { key, operation: 'mergeMembers', actor, input },
    async () => {
      const members = await lockBoth(tx, input);
      const refusal = whyNot(members.get(survivorId), members.get(loserId));
      if (refusal) return err(refusal);
      if (await isMerging(tx, [survivorId, loserId])) return err({ code: 'MERGE_IN_PROGRESS' });
      const merge: Merge = {
        id: uuidv7(tx.now),
        survivorId,
        loserId,
        status: 'PREPARING',
        refusal: null,
        prepared: [],
        moved: [],
        requestedAt: tx.now,
        mergedAt: null,
        endedAt: null,
      };
      await insertMerge(tx, merge, actor);
      await publishMergeRequested(tx, merge);
      return ok({ mergeId: merge.id });
    },
  );
}

/** In the order of ids, so that two merges never wait for each other. */
export async function lockBoth(tx: Tx, { survivorId, loserId }: Pick<Merge, 'survivorId' | 'loserId'>) {
  const found = new Map<string, NonNullable<Awaited<ReturnType<typeof lockMemberRow>>>>();
  for (const id of [survivorId, loserId].filter(isUuid).sort()) {
    const row = await lockMemberRow(tx, id);
    if (row) found.set(id, row);
  }
  return found;
}

export interface Word {
  mergeId: string;
  loserId: string;
}

/** A context says whether something stands in the way. With the last yes the loser's id means the survivor. */
export async function hearVotes(tx: Tx, voter: Voter, votes: readonly (Word & { refusal: string })[]): Promise<void> {
  for (const { mergeId, loserId, refusal } of votes) {
    const merge = await lockMerge(tx, loserId, mergeId);
    if (!merge) throw new Error(`no merge ${mergeId}`);
    const decision = hearVote(merge, voter, refusal || null);
    if (decision === 'MERGE') await decide(tx, merge);
    if (decision === 'ABANDON') await giveUp(tx, merge, refusal);
    await saveMerge(tx, merge);
  }
}

async function decide(tx: Tx, merge: Merge): Promise<void> {
  const members = await lockBoth(tx, merge);
  // Somebody may have been frozen or closed meanwhile.
  const refusal = whyNot(members.get(merge.survivorId), members.get(merge.loserId));
  if (refusal) return giveUp(tx, merge, refusal.code);
  beginMoving(merge, tx.now);
  await leadTo(tx, merge);
  await publishMerged(tx, merge);
}

async function giveUp(tx: Tx, merge: Merge, refusal: string): Promise<void> {
  abandon(merge, refusal, tx.now);
  await publishMergeAbandoned(tx, merge);
}

/** A context has done its part. */
export async function hearMoves(tx: Tx, mover: Mover, words: readonly Word[]): Promise<void> {
  for (const { mergeId, loserId } of words) {
    const merge = await lockMerge(tx, loserId, mergeId);
    if (!merge) throw new Error(`no merge ${mergeId}`);
    hearMoved(merge, mover, tx.now);
    await saveMerge(tx, merge);
  }
}

export const mergeById = (tx: Tx, id: string): Promise<Merge | null> =>
  isUuid(id) ? findMerge(tx, id.toLowerCase()) : Promise.resolve(null);
