// Members as the fold has them, with the facts of whoever was merged into them.
import type { Tx } from '@atrium/platform';
import { factsOf } from '../domain/facts';
import { foldFamily } from '../domain/family';
import type { Ladder } from '../domain/ladder';
import { timeline, type Timeline } from '../domain/timeline';
import { findFamilies, type MemberRow } from '../storage/member-tier.repository';
import { findMetrics } from '../storage/metric-fact.repository';

export interface FoldedMember {
  member: MemberRow;
  folded: Timeline;
}

/** Of those of these members that are known. */
export async function foldMembers(
  tx: Tx,
  memberIds: readonly string[],
  ladders: readonly Ladder[],
): Promise<FoldedMember[]> {
  const family = await findFamilies(tx, memberIds);
  const metrics = await findMetrics(
    tx,
    family.map(({ memberId }) => memberId),
  );
  const folds = foldFamily(
    family.map((member) => {
      const own = metrics.get(member.memberId);
      return { ...member, facts: own ? factsOf(own.sales, own.refunds) : [] };
    }),
    ladders,
    tx.now,
  );
  const wanted = new Set(memberIds);
  return family.flatMap((member) => {
    const folded = folds.get(member.memberId);
    return folded && wanted.has(member.memberId) ? [{ member, folded }] : [];
  });
}

/** Where somebody stands who is not known yet. */
export const foldNobody = (tx: Tx, ladders: readonly Ladder[]): Timeline =>
  timeline({ facts: [], ladders, joinedAt: null, asOf: tx.now });
