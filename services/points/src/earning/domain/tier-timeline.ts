// Which tier a member had at an instant, and what that tier multiplies.

/** The member is in `toCode` strictly after `effectiveAt`. A superseded period is remembered, so that it cannot come back. */
export interface TierPeriod {
  readonly changeId: string;
  readonly effectiveAt: Date;
  readonly toCode: string;
  /** Of the change: between two of the same instant the later statement holds. */
  readonly version: bigint;
}

export interface Ladder {
  readonly id: string;
  readonly version: bigint;
  readonly effectiveFrom: Date;
  readonly tiers: readonly { readonly code: string; readonly rank: number; readonly earnMultiplier: string }[];
}

export interface TierInForce {
  readonly code: string;
  readonly multiplier: string;
  readonly ladderVersionId: string;
}

/** The tier at `at`, before what happens at `at` itself; the lowest tier before the first change, null without a ladder. */
export function tierAt(periods: readonly TierPeriod[], ladders: readonly Ladder[], at: Date): TierInForce | null {
  const ladder = latest(
    ladders.filter(({ effectiveFrom }) => effectiveFrom <= at),
    (l) => [l.effectiveFrom, l.version, l.id],
  );
  if (!ladder) return null;
  const period = latest(
    periods.filter(({ effectiveAt }) => effectiveAt < at),
    (p) => [p.effectiveAt, p.version, p.changeId],
  );
  const lowest = [...ladder.tiers].sort((a, b) => a.rank - b.rank)[0];
  // A tier that the ladder of that time does not know earns like the lowest one.
  const tier = ladder.tiers.find(({ code }) => code === period?.toCode) ?? lowest;
  return tier ? { code: tier.code, multiplier: tier.earnMultiplier, ladderVersionId: ladder.id } : null;
}

type Place = [at: Date, version: bigint, id: string];

function latest<T>(items: readonly T[], placeOf: (item: T) => Place): T | undefined {
  let best: T | undefined;
  for (const item of items) {
    if (best === undefined || isLater(placeOf(item), placeOf(best))) best = item;
  }
  return best;
}

function isLater([at, version, id]: Place, [otherAt, otherVersion, otherId]: Place): boolean {
  if (at.getTime() !== otherAt.getTime()) return at > otherAt;
  return version === otherVersion ? id > otherId : version > otherVersion;
}
