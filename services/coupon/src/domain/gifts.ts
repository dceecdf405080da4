// Which tier changes earn a gift. A pure fold over a member's changes, so that the order of arrival does not matter.

export interface TierChangeFact {
  id: string;
  fromRank: number;
  toRank: number;
  toCode: string;
  effectiveAt: Date;
  cause: string;
  year: number;
  purchaseId: string | null;
  /** Rewritten by a later look at the facts: it never truly happened. */
  superseded: boolean;
}

export interface Gift {
  change: TierChangeFact;
  /** A refund undid the upgrade: an unused gift is taken back, and none is given again that year. */
  reverted: boolean;
}

/** The key of a gift: a tier once in a year. */
export const giftKey = (tier: string, year: number): string => `${tier}/${year}`;

/** By time, then id: the order in which changes hold. */
export function inTime<C extends { effectiveAt: Date; id: string }>(changes: readonly C[]): C[] {
  return [...changes].sort(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** The gifts that a member's changes call for: the first rise to each tier in each year, only the tier reached. */
export function giftsOf(changes: readonly TierChangeFact[]): Map<string, Gift> {
  const held = inTime(changes.filter(({ superseded }) => !superseded));
  const gifts = new Map<string, Gift>();
  held.forEach((change, i) => {
    if (change.cause === 'REFUND_REVERTED') {
      for (const undone of undoneBy(held, i)) {
        const gift = gifts.get(giftKey(undone.toCode, undone.year));
        if (gift?.change.id === undone.id) gift.reverted = true;
      }
    } else if (isUpgrade(change) && !gifts.has(giftKey(change.toCode, change.year))) {
      gifts.set(giftKey(change.toCode, change.year), { change, reverted: false });
    }
  });
  return gifts;
}

/** Joining is no upgrade, for the first tier has nothing below it; nor is a tier that came with another membership. */
const isUpgrade = ({ cause, fromRank, toRank }: TierChangeFact): boolean =>
  cause !== 'JOINED' && cause !== 'MERGED' && toRank > fromRank;

/** The upgrades since the member last stood at or below the tier that she falls back to. */
function undoneBy(held: readonly TierChangeFact[], index: number): TierChangeFact[] {
  const floorRank = held[index]?.toRank ?? 0;
  const undone: TierChangeFact[] = [];
  for (const earlier of held.slice(0, index).reverse()) {
    if (earlier.toRank <= floorRank) break;
    undone.push(earlier);
  }
  return undone;
}

/** The tier that holds at an instant: changes count strictly after their own instant. */
export function tierAt<C extends { effectiveAt: Date; id: string; superseded: boolean }>(
  changes: readonly C[],
  at: Date,
): C | null {
  return inTime(changes.filter((change) => !change.superseded && change.effectiveAt < at)).at(-1) ?? null;
}
