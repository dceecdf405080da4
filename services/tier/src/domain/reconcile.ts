// What must be stated anew after a fold, given what was stated before.
import { tierAfter, type Change, type Timeline } from './timeline';

export interface StatedChange extends Change {
  id: string;
}

export interface Restatement {
  /** Changes to state, oldest first. */
  fresh: Change[];
  /** Stated before, and no longer true. */
  superseded: StatedChange[];
}

/**
 * Compares the changes that stand with the fold's. When something falls away and nothing takes its place, a CORRECTION says
 * which tier holds from then on. A correction is no part of the history: it stands beside it only as long as it is true.
 */
export function restate(standing: readonly StatedChange[], folded: Timeline): Restatement {
  const wanted = new Map(folded.changes.map((change) => [keyOf(change), change]));
  const superseded = standing.filter((change) =>
    change.cause === 'CORRECTION'
      ? tierAfter(folded, change.effectiveAt)?.code !== change.to.code
      : !wanted.delete(keyOf(change)),
  );
  const fresh = [...wanted.values()];
  const [first] = [...superseded].sort((a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime());
  const to = first && tierAfter(folded, first.effectiveAt);
  if (fresh.length > 0 || !first || !to) return { fresh, superseded };
  const correction: Change = {
    from: first.to,
    to: { code: to.code, rank: to.rank },
    effectiveAt: first.effectiveAt,
    cause: 'CORRECTION',
    purchaseId: null,
    ladderId: first.ladderId,
    validUntil: folded.standing?.validUntil ?? null,
  };
  return { fresh: [correction], superseded };
}

const keyOf = (change: Change): string =>
  [
    change.from?.code ?? '',
    change.to.code,
    change.effectiveAt.getTime(),
    change.cause,
    change.purchaseId ?? '',
    change.ladderId,
    change.validUntil?.getTime() ?? '',
  ].join(' ');
