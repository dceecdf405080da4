// A person under all the ids that were merged into one. Each id is folded by itself up to its merge; from then on its facts,
// late ones too, are the other's.
import type { Ladder } from './ladder';
import type { Fact } from './metrics';
import { timeline, type Timeline } from './timeline';

export interface FamilyMember {
  memberId: string;
  joinedAt: Date | null;
  mergedInto: string | null;
  mergedAt: Date | null;
  facts: readonly Fact[];
}

/** `members` are complete downwards: with a member come all who were merged into her. */
export function foldFamily(
  members: readonly FamilyMember[],
  ladders: readonly Ladder[],
  asOf: Date,
): Map<string, Timeline> {
  const under = new Map<string, FamilyMember[]>();
  for (const member of members) {
    if (member.mergedInto === null) continue;
    under.set(member.mergedInto, [...(under.get(member.mergedInto) ?? []), member]);
  }
  const folds = new Map<string, Timeline>();
  const whole = (member: FamilyMember): Fact[] => [
    ...member.facts,
    ...(under.get(member.memberId) ?? []).flatMap((other) => whole(other)),
  ];
  const fold = (member: FamilyMember): Timeline => {
    const known = folds.get(member.memberId);
    if (known) return known;
    const { joinedAt, mergedAt } = member;
    const folded = timeline({
      // What happened to an id after it was merged happened to the other.
      facts: mergedAt === null ? member.facts : member.facts.filter(({ at }) => at <= mergedAt),
      ladders,
      joinedAt,
      asOf: mergedAt ?? asOf,
      merged: (under.get(member.memberId) ?? []).flatMap((other) =>
        other.mergedAt === null ? [] : [{ at: other.mergedAt, facts: whole(other), held: fold(other).held }],
      ),
    });
    folds.set(member.memberId, folded);
    return folded;
  };
  for (const member of members) fold(member);
  return folds;
}
