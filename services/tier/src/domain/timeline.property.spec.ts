import fc from 'fast-check';
import { ladder, spend, DRAFT } from '../../test/support/ladders';
import { factsOf, type RefundMetric, type SaleMetric } from './facts';
import type { Fact } from './metrics';
import { restate, type StatedChange } from './reconcile';
import { tierAfter, timeline } from './timeline';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1, 3);
const JOINED = new Date(START);
const AS_OF = new Date(START + 1500 * DAY);

// Lifetime rules and growth, so that the naive fold below can be naive.
const rules = ladder({
  tiers: DRAFT.tiers.map((tier) => ({
    ...tier,
    upgrade: tier.rank === 0 ? null : spend(tier.rank === 1 ? '50' : '120', 'LIFETIME'),
    retain: tier.rank === 0 ? null : spend(tier.rank === 1 ? '30' : '80', 'VALIDITY'),
  })),
});

interface Story {
  sales: SaleMetric[];
  refunds: RefundMetric[];
}

/** Sales over three years with refunds of parts; all instants differ. */
const story: fc.Arbitrary<Story> = fc
  .array(
    fc.record({
      day: fc.integer({ min: 0, max: 1100 }),
      yuan: fc.integer({ min: 1, max: 90 }),
      growth: fc.integer({ min: 0, max: 50 }),
      refunds: fc.array(
        fc.record({ after: fc.integer({ min: 0, max: 40 }), percent: fc.integer({ min: 1, max: 50 }) }),
        {
          maxLength: 2,
        },
      ),
    }),
    { maxLength: 12 },
  )
  .map((drafts) => {
    const sales: SaleMetric[] = [];
    const refunds: RefundMetric[] = [];
    drafts.forEach(({ day, yuan, growth, refunds: parts }, i) => {
      const purchaseId = `p${String(i).padStart(2, '0')}`;
      const at = START + day * DAY + (i * 10 + 1) * 60_000;
      const spendMinor = BigInt(yuan) * 100n;
      const reversed = parts.map(({ percent }) => (BigInt(growth) * BigInt(percent)) / 100n);
      sales.push({
        purchaseId,
        saleAt: new Date(at),
        currency: 'CNY',
        spendMinor,
        growthEarned: BigInt(growth),
        growthReversed: reversed.reduce((a, b) => a + b, 0n),
      });
      parts.forEach(({ after, percent }, n) =>
        refunds.push({
          purchaseId,
          refundId: `${purchaseId}-r${n}`,
          refundedAt: new Date(at + after * DAY + (n + 1) * 60_000),
          spendMinor: (spendMinor * BigInt(percent)) / 100n,
          growthReversed: reversed[n] ?? 0n,
        }),
      );
    });
    return { sales, refunds };
  });

const fold = ({ sales, refunds }: Story) =>
  timeline({ facts: factsOf(sales, refunds), ladders: [rules], joinedAt: JOINED, asOf: AS_OF });

const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });

it('the order in which facts arrive changes nothing', () => {
  const cases = story.chain((s) => fc.tuple(fc.constant(s), shuffled(s.sales), shuffled(s.refunds)));
  fc.assert(
    fc.property(cases, ([s, sales, refunds]) => {
      const { changes, standing } = fold(s);
      const again = fold({ sales, refunds });
      expect(again.changes).toEqual(changes);
      expect(again.standing).toEqual(standing);
    }),
  );
});

it('growth facts add up to the totals of the sale', () => {
  fc.assert(
    fc.property(story, (s) => {
      for (const { purchaseId, growthEarned, growthReversed } of s.sales) {
        const own = factsOf(s.sales, s.refunds).filter((fact) => fact.purchaseId === purchaseId);
        const known = s.refunds.some((r) => r.purchaseId === purchaseId && r.growthReversed > 0n) ? growthReversed : 0n;
        expect(own.reduce((sum, { growth }) => sum + growth, 0n)).toBe(growthEarned - known);
      }
    }),
  );
});

it('agrees with a fold that sums everything anew at every step', () => {
  fc.assert(
    fc.property(story, (s) => {
      const { changes, standing } = fold(s);
      const naive = naiveFold(factsOf(s.sales, s.refunds));
      expect(changes.map(({ to, effectiveAt, cause }) => [to.code, effectiveAt.getTime(), cause])).toEqual(
        naive.changes,
      );
      expect([standing?.tier.code, standing?.status]).toEqual([naive.tier, naive.grace ? 'GRACE' : 'ACTIVE']);
    }),
    { numRuns: 300 },
  );
});

it('whatever was stated on the way, what stands in the end is the timeline, and a listener knows the same tier', () => {
  const steps = story.chain((s) => fc.tuple(fc.constant(s), shuffled([...s.sales, ...s.refunds])));
  fc.assert(
    fc.property(steps, ([s, arrivals]) => {
      let stated: StatedChange[] = [];
      const heard = new Map<string, StatedChange>();
      let ids = 0;
      const known: Story = { sales: [], refunds: [] };
      for (const arrival of arrivals) {
        if ('refundId' in arrival) known.refunds.push(arrival);
        else known.sales.push(arrival);
        const folded = fold(known);
        const { fresh, superseded } = restate(stated, folded);
        for (const { id } of superseded) heard.delete(id);
        const gone = new Set(superseded.map(({ id }) => id));
        const added = fresh.map((change) => ({ ...change, id: String(ids++) }));
        for (const change of added) heard.set(change.id, change);
        stated = [...stated.filter(({ id }) => !gone.has(id)), ...added];
        const told = [...heard.values()].sort((a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime());
        for (const at of [...told.map(({ effectiveAt }) => effectiveAt), AS_OF]) {
          expect(told.findLast(({ effectiveAt }) => effectiveAt <= at)?.to.code).toBe(tierAfter(folded, at)?.code);
        }
      }
      const end = fold(s);
      const standing = stated
        .filter(({ cause }) => cause !== 'CORRECTION')
        .map(({ id: _, ...change }) => change)
        .sort((a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime());
      if (arrivals.length > 0) expect(standing).toEqual(end.changes);
    }),
  );
});

/** The same rules, written plainly for one ladder, lifetime upgrades and Shanghai's fixed offset. */
function naiveFold(facts: Fact[]): { tier: string; grace: boolean; changes: [string, number, string][] } {
  const NEED = [0, 5000, 12000];
  const KEEP = [0, 3000, 8000];
  const CODES = ['MEMBER', 'SILVER', 'GOLD'];
  interface State {
    rank: number;
    start: number;
    end: number;
    grace: number | null;
    rose: { at: number; before: State } | null;
  }
  const changes: [string, number, string][] = [];
  const known: Fact[] = [];
  const sum = (from: number, to: number) =>
    known.reduce(
      (total, f) => (f.saleAt.getTime() >= from && f.saleAt.getTime() < to ? total + Number(f.spendMinor) : total),
      0,
    );
  const monthStart = (t: number, months: number) => {
    const local = new Date(t + 8 * 3_600_000);
    return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months, 1) - 8 * 3_600_000;
  };
  const told = (rank: number, at: number, cause: string) => {
    const last = changes.at(-1);
    if (last?.[1] === at) changes.pop();
    changes.push([CODES[rank] as string, at, last?.[1] === at ? last[2] : cause]);
  };
  let state: State = { rank: 0, start: 0, end: Infinity, grace: null, rose: null };
  const clock = (until: number, floor: number) => {
    while (state.rank > 0 && (state.grace ?? state.end) <= until) {
      const due = state.grace ?? state.end;
      if (sum(state.start, due) >= (KEEP[state.rank] ?? 0)) {
        state = { ...state, start: state.end, end: monthStart(state.end - 1, 13), grace: null };
      } else if (state.grace === null) state = { ...state, grace: state.end + 30 * DAY };
      else {
        const at = Math.max(due, floor);
        state = { rank: state.rank - 1, start: at, end: monthStart(at - 1, 13), grace: null, rose: null };
        told(state.rank, at, 'VALIDITY_ENDED');
      }
    }
  };
  const order = [...facts].sort((a, b) => a.at.getTime() - b.at.getTime());
  changes.push(['MEMBER', JOINED.getTime(), 'JOINED']);
  for (const fact of order) {
    const t = fact.at.getTime();
    clock(t, 0);
    known.push(fact);
    const total = sum(0, Infinity);
    if (fact.kind === 'REFUND') {
      while (state.rose && t < state.rose.at + 15 * DAY && total < (NEED[state.rank] ?? 0)) {
        state = state.rose.before;
        told(state.rank, t, 'REFUND_REVERTED');
        clock(t, t);
      }
    }
    const best = [2, 1].find((rank) => rank > state.rank && total >= (NEED[rank] ?? 0));
    if (best !== undefined) {
      const fell = changes.at(-1)?.[1] === t;
      state = { rank: best, start: t, end: monthStart(t, 13), grace: null, rose: { at: t, before: state } };
      if (fell) changes.splice(-1, 1, [CODES[best] as string, t, 'REFUND_REVERTED']);
      else told(best, t, 'QUALIFIED');
    }
    if (state.grace !== null && sum(state.start, state.grace) >= (KEEP[state.rank] ?? 0)) {
      state = { ...state, start: state.end, end: monthStart(state.end - 1, 13), grace: null };
    }
  }
  clock(AS_OF.getTime(), 0);
  return { tier: CODES[state.rank] as string, grace: state.grace !== null, changes };
}
