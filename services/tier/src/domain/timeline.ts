// The tier of a member as a pure fold over facts, ladders and the calendar. Nothing else decides a tier: a fact that
// arrives late is folded in at its own instant, and the difference to what was stated before is what changes.
import { addDays, addMonths, startOfMonth } from '@atrium/kernel';
import { calendarOf } from './calendar';
import type { Ladder, LadderTier } from './ladder';
import { createMetrics, type Fact, type Metrics, NO_CURRENCY } from './metrics';
import { createWindows, isMet, type Question, type Span, type Windows } from './rule';

/** CORRECTION is never part of a timeline: it is how one that was stated wrongly is put right. */
export type Cause =
  'JOINED' | 'QUALIFIED' | 'REFUND_REVERTED' | 'VALIDITY_ENDED' | 'LADDER_CHANGED' | 'MERGED' | 'CORRECTION';

export interface TierRef {
  code: string;
  rank: number;
}

/** From `effectiveAt` on (for sales strictly after it) the member is in tier `to`. */
export interface Change {
  /** Null for the first tier. */
  from: TierRef | null;
  to: TierRef;
  effectiveAt: Date;
  cause: Cause;
  purchaseId: string | null;
  ladderId: string;
  validUntil: Date | null;
}

/** Where a member stands at the end of the fold. */
export interface Standing {
  tier: LadderTier;
  status: 'ACTIVE' | 'GRACE';
  since: Date;
  /** End of the validity, or of the grace once that has begun. */
  validUntil: Date | null;
  /** What the rule for keeping the tier looks at. */
  validity: Span | null;
}

export interface Timeline {
  /** One at an instant at the most, oldest first. */
  changes: Change[];
  /** Null while no ladder is in force. */
  standing: Standing | null;
  ladder: Ladder | null;
  windows: Windows | null;
  metrics: Metrics;
  /** First instant at which the clock alone can change something. */
  nextCheckAt: Date | null;
  /** For the fold of the member whom this one is merged into. */
  held: Held | null;
}

/** Another member who became this one. */
export interface MergedMember {
  at: Date;
  /** All of them, later ones too. */
  facts: readonly Fact[];
  /** Where she stood then. */
  held: Held | null;
}

export interface TimelineInput {
  facts: readonly Fact[];
  /** Oldest first. */
  ladders: readonly Ladder[];
  joinedAt: Date | null;
  asOf: Date;
  merged?: readonly MergedMember[];
}

export interface Held {
  tier: LadderTier;
  since: number;
  /** The validity; null without end. */
  period: { start: number; end: number } | null;
  graceEnd: number | null;
  /** How the member got here, while a refund may still undo it. */
  upgrade: { at: number; ladder: Ladder; windows: Windows; before: Held } | null;
}

/** What happens at an instant that is known beforehand. In one instant: rules, sales and refunds, joining, merging. */
type Step =
  | { at: number; order: 0; ladder: Ladder }
  | { at: number; order: 1; purchaseId: string; facts: Fact[] }
  | { at: number; order: 2 }
  | { at: number; order: 3; facts: readonly Fact[]; held: Held | null };

const DAY_MS = 86_400_000;

export function timeline({ facts, ladders, joinedAt, asOf, merged = [] }: TimelineInput): Timeline {
  const metrics = createMetrics([...facts, ...merged.flatMap((other) => other.facts)]);
  const changes: Change[] = [];
  let ladder: Ladder | null = null;
  let windows: Windows | null = null;
  let held: Held | null = null;

  const question = (rules: Ladder, its: Windows, at: number, validity: Span | null): Question => ({
    ladder: rules,
    windows: its,
    metrics,
    at,
    validity,
  });

  /** Several moves in one instant are one change; there and back again is none. */
  function record(
    rules: Ladder,
    from: LadderTier,
    next: Held,
    at: number,
    cause: Cause,
    purchaseId: string | null,
  ): void {
    let change: Change = {
      from: refOf(from),
      to: refOf(next.tier),
      effectiveAt: new Date(at),
      cause,
      purchaseId,
      ladderId: rules.id,
      validUntil: next.period && new Date(next.period.end),
    };
    const last = changes.at(-1);
    if (last && last.effectiveAt.getTime() === at) {
      changes.pop();
      // What took the member to where she is now names the change: the last rise, or the first fall.
      const up = change.to.rank > (last.from?.rank ?? -1);
      const reason = (up ? cause === 'QUALIFIED' : last.cause === 'QUALIFIED') ? change : last;
      change = { ...change, from: last.from, cause: reason.cause, purchaseId: reason.purchaseId };
    }
    if (change.from?.code !== change.to.code) changes.push(change);
  }

  /** A validity that begins now; the base tier has none. */
  function periodFrom(rules: Ladder, tier: LadderTier, start: number, lastDay = start): Held['period'] {
    if (tier.rank === 0 || rules.validityMonths === null) return null;
    return { start, end: monthEndAfter(rules.zone, lastDay, rules.validityMonths) };
  }

  function upgrade(rules: Ladder, its: Windows, from: Held, at: number, purchaseId: string | null): Held {
    const asked = question(rules, its, at, null);
    const best = rules.tiers.findLast(
      (tier) => tier.rank > from.tier.rank && tier.upgrade !== null && isMet(tier.upgrade, asked),
    );
    if (!best) return from;
    const next: Held = {
      tier: best,
      since: at,
      period: periodFrom(rules, best, at),
      graceEnd: null,
      upgrade: { at, ladder: rules, windows: its, before: from },
    };
    record(rules, from.tier, next, at, 'QUALIFIED', purchaseId);
    return next;
  }

  /** Buy, rise, return: an upgrade that the remaining metrics do not carry is undone, and the one before it, too. */
  function revert(rules: Ladder, its: Windows, from: Held, at: number, purchaseId: string): Held {
    let now = from;
    while (now.upgrade && at < now.upgrade.at + now.upgrade.ladder.revertWithinDays * DAY_MS) {
      const { at: rose, ladder: then, windows: thenWindows, before } = now.upgrade;
      const rule = then.tiers.find(({ code }) => code === now.tier.code)?.upgrade;
      // The windows of the day of the upgrade count, or a refund after New Year would undo last year's.
      const carried =
        !rule ||
        isMet(rule, question(then, thenWindows, rose, null)) ||
        isMet(rule, question(then, thenWindows, at, null));
      if (carried) break;
      const back = { ...before, tier: placeIn(rules, before.tier) };
      record(rules, now.tier, back, at, 'REFUND_REVERTED', purchaseId);
      now = runClock(rules, its, back, at, at);
    }
    return now;
  }

  const keeps = (rules: Ladder, its: Windows, { tier }: Held, start: number, end: number): boolean =>
    tier.retain === null || isMet(tier.retain, question(rules, its, end, { start, end }));

  function renewed(rules: Ladder, from: Held, end: number): Held {
    // The old end is the first instant of a month: the new validity ends the same months after it.
    return { ...from, period: periodFrom(rules, from.tier, end, end - 1), graceEnd: null };
  }

  /** Ends of validity and grace up to `until`; what is overdue takes effect at `notBefore`. */
  function runClock(rules: Ladder, its: Windows, from: Held, until: number, notBefore = -Infinity): Held {
    let now = from;
    while (now.period) {
      const { start, end } = now.period;
      const due = now.graceEnd ?? end;
      if (due > until) break;
      if (keeps(rules, its, now, start, due)) {
        now = renewed(rules, now, end);
      } else if (now.graceEnd === null && rules.graceDays > 0) {
        now = { ...now, graceEnd: graceEndOf(rules, end) };
      } else {
        const at = Math.max(due, notBefore);
        const lower = rules.tiers.findLast(({ rank }) => rank < now.tier.rank) ?? now.tier;
        const next = {
          tier: lower,
          since: at,
          period: periodFrom(rules, lower, at, at - 1),
          graceEnd: null,
          upgrade: null,
        };
        record(rules, now.tier, next, at, 'VALIDITY_ENDED', null);
        now = next;
      }
    }
    return now;
  }

  /** A new version of the ladder: tiers keep their validity; one that is gone becomes the nearest below it. */
  function changeLadder(rules: Ladder, its: Windows, from: Held | null, at: number): Held {
    if (!from) {
      const base = rules.tiers[0];
      if (!base) throw new Error('a ladder without tiers');
      return upgrade(rules, its, { tier: base, since: at, period: null, graceEnd: null, upgrade: null }, at, null);
    }
    const tier = placeIn(rules, from.tier);
    const stays = tier.code === from.tier.code;
    const next: Held = {
      ...from,
      tier,
      since: stays ? from.since : at,
      period: from.tier.rank === 0 || tier.rank === 0 ? periodFrom(rules, tier, at) : from.period,
      graceEnd: tier.rank === 0 ? null : from.graceEnd,
      upgrade: stays ? from.upgrade : null,
    };
    if (!stays) record(rules, from.tier, next, at, 'LADDER_CHANGED', null);
    return upgrade(rules, its, next, at, null);
  }

  /** The tier that came with another member is kept until its validity ends; of two equal ones the longer validity counts. */
  function inherit(rules: Ladder, from: Held, other: Held, at: number): Held {
    const tier = placeIn(rules, other.tier);
    const endOfPeriod = ({ period }: Held) => period?.end ?? Infinity;
    if (tier.rank === 0 || tier.rank < from.tier.rank) return from;
    if (tier.rank === from.tier.rank)
      return endOfPeriod(other) > endOfPeriod(from) ? { ...from, ...lifeOf(other) } : from;
    // A refund may still undo how she got there: not below what the two had otherwise.
    const before = other.upgrade && other.upgrade.before.tier.rank > from.tier.rank ? other.upgrade.before : from;
    const next = { ...other, tier, since: at, upgrade: other.upgrade && { ...other.upgrade, before } };
    record(rules, from.tier, next, at, 'MERGED', null);
    return next;
  }

  const steps = stepsOf(facts, ladders, joinedAt, merged);
  // A till's clock may be ahead of ours: what happened has happened.
  const horizon = Math.max(asOf.getTime(), steps.findLast(({ order }) => order === 1 || order === 3)?.at ?? 0);
  for (const step of steps) {
    if (step.at > horizon) break;
    if (held && ladder && windows) held = runClock(ladder, windows, held, step.at);
    if (step.order === 0) {
      ladder = step.ladder;
      windows = createWindows(ladder);
      held = changeLadder(ladder, windows, held, step.at);
    } else if (step.order === 1) {
      for (const fact of step.facts) metrics.learn(fact);
      if (!held || !ladder || !windows) continue;
      if (step.facts.some(({ kind }) => kind === 'REFUND'))
        held = revert(ladder, windows, held, step.at, step.purchaseId);
      const ofSale = step.facts.some(({ currency }) => currency !== NO_CURRENCY);
      held = upgrade(ladder, windows, held, step.at, ofSale ? step.purchaseId : null);
      if (held.period && held.graceEnd !== null && keeps(ladder, windows, held, held.period.start, held.graceEnd))
        held = renewed(ladder, held, held.period.end);
    } else if (step.order === 3) {
      for (const fact of step.facts) metrics.learn(fact);
      if (!held || !ladder || !windows) continue;
      if (step.held) held = inherit(ladder, held, step.held, step.at);
      held = upgrade(ladder, windows, held, step.at, null);
    } else if (held && ladder && changes.length === 0) {
      held = { ...held, since: step.at };
      changes.push({
        from: null,
        to: refOf(held.tier),
        effectiveAt: new Date(step.at),
        cause: 'JOINED',
        purchaseId: null,
        ladderId: ladder.id,
        validUntil: null,
      });
    }
  }
  if (held && ladder && windows) held = runClock(ladder, windows, held, horizon);

  const ahead = [steps.find(({ at }) => at > horizon)?.at, held ? endOf(held) : null].filter(
    (at) => typeof at === 'number',
  );
  return {
    changes,
    standing: held && standingOf(held),
    ladder,
    windows,
    metrics,
    nextCheckAt: ahead.length === 0 ? null : new Date(Math.min(...ahead)),
    held,
  };
}

/** The tier that the fold says holds just after an instant; before the first change it is the one that change came from. */
export function tierAfter({ changes, standing }: Timeline, at: Date): TierRef | null {
  const last = changes.findLast(({ effectiveAt }) => effectiveAt <= at);
  const [first] = changes;
  return last?.to ?? first?.from ?? first?.to ?? standing?.tier ?? null;
}

/**
 * Facts of one purchase in one instant are one step, whichever of them arrived first. Joining comes last in its instant and
 * not before there is a ladder to join.
 */
function stepsOf(
  own: readonly Fact[],
  ladders: readonly Ladder[],
  joinedAt: Date | null,
  merged: readonly MergedMember[],
): Step[] {
  const bySale = new Map<string, Step & { order: 1 }>();
  // What another's id did before the merge counts from the merge on, and in its own window.
  const later = merged.flatMap(({ at, facts }) => facts.filter((fact) => fact.at > at));
  for (const fact of [...own, ...later]) {
    const key = `${fact.at.getTime()} ${fact.purchaseId}`;
    const step = bySale.get(key);
    if (step) step.facts.push(fact);
    else bySale.set(key, { at: fact.at.getTime(), order: 1, purchaseId: fact.purchaseId, facts: [fact] });
  }
  const steps: Step[] = [...bySale.values()];
  for (const { at, facts, held } of merged) {
    steps.push({ at: at.getTime(), order: 3, facts: facts.filter((fact) => fact.at <= at), held });
  }
  for (const ladder of ladders) steps.push({ at: ladder.effectiveFrom.getTime(), order: 0, ladder });
  const [first] = ladders;
  if (joinedAt && first) steps.push({ at: Math.max(joinedAt.getTime(), first.effectiveFrom.getTime()), order: 2 });
  const saleOf = (step: Step) => (step.order === 1 ? step.purchaseId : '');
  return steps.sort((a, b) => a.at - b.at || a.order - b.order || (saleOf(a) < saleOf(b) ? -1 : 1));
}

const refOf = ({ code, rank }: LadderTier): TierRef => ({ code, rank });

const lifeOf = ({ period, graceEnd }: Held) => ({ period, graceEnd });

const endOf = ({ graceEnd, period }: Held): number | null => graceEnd ?? period?.end ?? null;

/** So many months on, extended to the end of that month: the first instant after it. */
function monthEndAfter(zone: string, instant: number, months: number): number {
  const { dayOf, startOf } = calendarOf(zone, 0);
  return startOf(addMonths(startOfMonth(dayOf(instant)), months + 1));
}

function graceEndOf({ zone, graceDays }: Ladder, end: number): number {
  const { dayOf, startOf } = calendarOf(zone, 0);
  return startOf(addDays(dayOf(end), graceDays));
}

/** The same tier in another version, or the highest that is not above it. */
function placeIn(ladder: Ladder, tier: LadderTier): LadderTier {
  return (
    ladder.tiers.find(({ code }) => code === tier.code) ??
    ladder.tiers.findLast(({ rank }) => rank <= tier.rank) ??
    tier
  );
}

function standingOf(held: Held): Standing {
  const end = endOf(held);
  return {
    tier: held.tier,
    status: held.graceEnd === null ? 'ACTIVE' : 'GRACE',
    since: new Date(held.since),
    validUntil: end === null ? null : new Date(end),
    validity: held.period && { start: held.period.start, end: held.graceEnd ?? held.period.end },
  };
}
