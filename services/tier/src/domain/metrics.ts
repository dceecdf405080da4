// Sums of a member's facts over windows of sale time, growing as the fold learns of facts.
import type { Metric } from './ladder';

/**
 * What happened to a member's metrics at one instant. A refund is learnt at its own instant `at`, but counts in the window
 * of its sale.
 */
export interface Fact {
  id: string;
  purchaseId: string;
  /** When it happened, and from when on it is known. */
  at: Date;
  /** When its sale happened. */
  saleAt: Date;
  kind: 'SALE' | 'REFUND';
  spendMinor: bigint;
  growth: bigint;
  currency: string;
}

/** The ISO 4217 code of no currency: the fact is growth alone, and of no sale. */
export const NO_CURRENCY = 'XXX';

export interface Metrics {
  learn(fact: Fact): void;
  /** Net sum of the facts learnt so far whose sale lies in [start, end); null leaves a side open. */
  sum(metric: Metric, currency: string, start: number | null, end: number | null): bigint;
}

/** Prepares for these facts; none of them is learnt yet. Learning and summing take logarithmic time. */
export function createMetrics(facts: readonly Fact[]): Metrics {
  const times = [...new Set(facts.map(({ saleAt }) => saleAt.getTime()))].sort((a, b) => a - b);
  const series = new Map<string, PrefixSums>();
  const seriesOf = (key: string) => {
    const known = series.get(key);
    if (known) return known;
    const fresh = prefixSums(times.length);
    series.set(key, fresh);
    return fresh;
  };
  return {
    learn(fact) {
      const place = countBelow(times, fact.saleAt.getTime());
      if (fact.spendMinor !== 0n) seriesOf(`SPEND ${fact.currency}`).add(place, fact.spendMinor);
      if (fact.growth !== 0n) seriesOf('GROWTH').add(place, fact.growth);
    },
    sum(metric, currency, start, end) {
      const sums = seriesOf(metric === 'SPEND' ? `SPEND ${currency}` : 'GROWTH');
      const upTo = sums.before(end === null ? times.length : countBelow(times, end));
      return start === null ? upTo : upTo - sums.before(countBelow(times, start));
    },
  };
}

interface PrefixSums {
  add(place: number, value: bigint): void;
  /** Sum of the places below this one. */
  before(place: number): bigint;
}

/** A binary indexed tree. */
function prefixSums(size: number): PrefixSums {
  const tree = new Array<bigint>(size + 1).fill(0n);
  return {
    add(place, value) {
      for (let i = place + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0n) + value;
    },
    before(place) {
      let sum = 0n;
      for (let i = place; i > 0; i -= i & -i) sum += tree[i] ?? 0n;
      return sum;
    },
  };
}

/** How many of the ascending `times` lie before `time`. */
function countBelow(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
