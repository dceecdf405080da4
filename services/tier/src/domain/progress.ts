// What a member still needs: for the next tier, and to keep this one.
import type { LadderTier, Rule } from './ladder';
import { progressOf, type ConditionProgress } from './rule';
import type { Timeline } from './timeline';

export interface TierProgress {
  tier: LadderTier;
  match: Rule['match'];
  conditions: ConditionProgress[];
}

export function progressToNext(folded: Timeline, at: Date): TierProgress | null {
  const { standing, ladder, windows, metrics } = folded;
  if (!standing || !ladder || !windows) return null;
  const tier = ladder.tiers.find(({ rank }) => rank > standing.tier.rank);
  if (!tier?.upgrade) return null;
  const conditions = progressOf(tier.upgrade, { ladder, windows, metrics, at: at.getTime(), validity: null });
  return { tier, match: tier.upgrade.match, conditions };
}

/** Null for a tier without end or without a condition. */
export function progressToKeep(folded: Timeline, at: Date): TierProgress | null {
  const { standing, ladder, windows, metrics } = folded;
  if (!standing?.validity || !standing.tier.retain || !ladder || !windows) return null;
  const question = { ladder, windows, metrics, at: at.getTime(), validity: standing.validity };
  const { tier } = standing;
  return { tier, match: standing.tier.retain.match, conditions: progressOf(standing.tier.retain, question) };
}
