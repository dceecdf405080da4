// Where members stand now, for the screen. Folded at the moment of reading: a late job makes no answer wrong.
import type { Page, Tx } from '@atrium/platform';
import { ladderAt, type Ladder } from '../domain/ladder';
import { progressToKeep, progressToNext, type TierProgress } from '../domain/progress';
import type { Standing } from '../domain/timeline';
import { findLadders } from '../storage/ladder.repository';
import { findMembers } from '../storage/member-tier.repository';
import { findHistory, findQualifications, type TierChangeRecord } from '../storage/tier-change.repository';
import { foldMembers, foldNobody } from './fold-members';

export interface MembershipView extends Standing {
  memberId: string;
  currency: string;
  next: TierProgress | null;
  keep: TierProgress | null;
}

export type { TierChangeRecord };

/** Null while no ladder is in force. A member that is not known here yet stands where everybody begins. */
export async function findMemberships(tx: Tx, memberIds: readonly string[]): Promise<(MembershipView | null)[]> {
  const ladders = await findLadders(tx);
  if (!ladderAt(ladders, tx.now)) return memberIds.map(() => null);
  const folds = new Map(
    (await foldMembers(tx, memberIds, ladders)).map(({ member, folded }) => [member.memberId, folded]),
  );
  return memberIds.map((memberId) => {
    const folded = folds.get(memberId) ?? foldNobody(tx, ladders);
    const { standing, ladder } = folded;
    if (!standing || !ladder) return null;
    const next = progressToNext(folded, tx.now);
    return { ...standing, memberId, currency: ladder.currency, next, keep: progressToKeep(folded, tx.now) };
  });
}

/** Which of these members this group has heard of. */
export async function findKnownMembers(tx: Tx, memberIds: readonly string[]): Promise<boolean[]> {
  const known = new Set((await findMembers(tx, memberIds)).map(({ memberId }) => memberId));
  return memberIds.map((id) => known.has(id));
}

export const findMemberHistory = (tx: Tx, memberId: string, page: Page): Promise<TierChangeRecord[]> =>
  findHistory(tx, memberId, page);

export async function findChangesOfPurchases(
  tx: Tx,
  purchaseIds: readonly string[],
): Promise<(TierChangeRecord | null)[]> {
  const changes = new Map((await findQualifications(tx, purchaseIds)).map((change) => [change.purchaseId, change]));
  return purchaseIds.map((id) => changes.get(id) ?? null);
}

/** Every version, oldest first. */
export const findAllLadders = (tx: Tx): Promise<Ladder[]> => findLadders(tx);
