// A sale's points as targets: whatever arrives, in whatever order, the difference to what is posted is posted.
import { add, assertInt64, cumulativeShare, type Points, type Rational, ZERO } from '@atrium/kernel';
import type { RuleBook } from '../../programme/domain/rule-book';
import { type Bonus, type Purse, rateSale, type Rating, stepOf } from './earn';
import { explainRating } from './explain';
import type { RatedLine, RatingInputs } from './inputs';
import { noteActivity } from '../../ledger/domain/activity';
import type { Life } from '../../ledger/domain/expiry';
import type { Step } from '../../ledger/domain/explanation';
import type { SaleReference } from '../../ledger/domain/facts';
import { issue, type Ledger, post, revoke } from '../../ledger/domain/ledger';
import { settleGiven } from '../../ledger/domain/pass-time';
import type { SpentPointsPolicy } from '../../programme/domain/terms';
import { explainMissing, OWE_ALL, settleMissing } from './spent-points';
import type { TierInForce } from './tier-timeline';

export interface SaleLine extends RatedLine {
  points: Points;
  growth: Points;
  /** Of all refunds so far, as the programme's basis counts it. */
  refundedMinor: bigint;
  pointsValueRefundedMinor: bigint;
}

/** Points that paid for a part of the sale, and what came back of them. */
export interface Burn {
  readonly checkoutId: string;
  readonly points: Points;
  readonly valueMinor: bigint;
  /** Part that the member no longer had at capture. */
  readonly debt: Points;
  debtReturned: Points;
  readonly lots: { readonly lotId: string; readonly amount: Points; returned: Points }[];
  returned: Points;
  returnedValueMinor: bigint;
  /** What they paid of each line. */
  readonly lineValues: readonly { readonly lineNo: number; readonly valueMinor: bigint }[];
}

export interface Sale extends SaleReference {
  readonly memberId: string;
  readonly occurredAt: Date;
  readonly zone: string;
  inputs: RatingInputs;
  lines: SaleLine[];
  bonuses: readonly Bonus[];
  /** Of a rating that was made just now; what is stored can be explained again, see {@link explainSale}. */
  steps: readonly Step[];
  fullyRefunded: boolean;
  /** When somebody said that its points may be spent, where the programme waits for that. */
  confirmedAt: Date | null;
  /** Totals as posted and published. */
  earned: Points;
  reversed: Points;
  growthEarned: Points;
  growthReversed: Points;
  debt: Points;
  /** Taken back on paper only: the member had spent them, and the programme leaves them. */
  waived: Points;
  /** Taken back in cash: the till kept so much of what it paid back, which stands for so many points. */
  deductedMinor: bigint;
  deductedPoints: Points;
  /** The part of `reversed` that the cash stands for. */
  covered: Points;
  version: bigint;
  burn: Burn | null;
  mark: 'STORED' | 'CHANGED' | 'NEW';
}

/** A sale that is not rated yet. */
export const newSale = (
  reference: SaleReference & Pick<Sale, 'memberId' | 'occurredAt' | 'zone'>,
  inputs: RatingInputs,
): Sale => ({
  ...reference,
  inputs,
  lines: inputs.lines.map((line) => ({
    ...line,
    points: 0n,
    growth: 0n,
    refundedMinor: 0n,
    pointsValueRefundedMinor: 0n,
  })),
  bonuses: [],
  steps: [],
  fullyRefunded: false,
  confirmedAt: null,
  earned: 0n,
  reversed: 0n,
  growthEarned: 0n,
  growthReversed: 0n,
  debt: 0n,
  waived: 0n,
  deductedMinor: 0n,
  deductedPoints: 0n,
  covered: 0n,
  version: 0n,
  burn: null,
  mark: 'NEW',
});

/** Rates the sale by its inputs; refunds stay on their lines, and budgets are asked only the first time. */
export function rate(book: RuleBook, sale: Sale, purse?: Purse): void {
  applyRating(book, sale, rateSale(book, sale.inputs, purse));
}

export function applyRating(book: RuleBook, sale: Sale, rating: Rating): void {
  sale.steps = explainRating(book, sale.inputs, rating);
  for (const [i, line] of sale.lines.entries()) {
    line.points = rating.linePoints[i] ?? 0n;
    line.growth = rating.lineGrowth[i] ?? 0n;
  }
  sale.bonuses = rating.bonuses;
  if (sale.inputs.grants === null && sale.inputs.late !== 'NEEDS_APPROVAL') {
    const grants = rating.budgets.map(({ campaign, granted }) => [campaign.id, granted] as const);
    sale.inputs = { ...sale.inputs, grants: Object.fromEntries(grants) };
  }
}

/** How the earned points of a stored sale came about. */
export const explainSale = (book: RuleBook, { inputs }: Pick<Sale, 'inputs'>): Step[] =>
  explainRating(book, inputs, rateSale(book, inputs));

/** True when the tier at the time of the sale has another effect than the one it was rated with. */
export function needsRerating(book: RuleBook, { inputs }: Sale, tier: TierInForce | null): boolean {
  if ((inputs.tier?.multiplier ?? '1') !== (tier?.multiplier ?? '1')) return true;
  return inputs.tier?.code !== tier?.code && inputs.campaignIds.some((id) => book.campaign(id).terms.tiers.length > 0);
}

export interface RefundState {
  readonly lines: readonly {
    readonly lineNo: number;
    readonly cashCumulativeMinor: bigint;
    readonly pointsValueCumulativeMinor: bigint;
  }[];
  readonly fullyRefunded: boolean;
}

/** Takes a refund in. Its figures are cumulative: the largest seen holds, so refunds may arrive in any order, or twice. */
export function applyRefund(sale: Sale, refund: RefundState): void {
  for (const { lineNo, cashCumulativeMinor, pointsValueCumulativeMinor } of refund.lines) {
    const line = sale.lines.find((candidate) => candidate.lineNo === lineNo);
    if (!line) continue;
    const back = cashCumulativeMinor + (sale.inputs.pointsCount ? pointsValueCumulativeMinor : 0n);
    const refunded = back < line.refundableMinor ? back : line.refundableMinor;
    if (refunded > line.refundedMinor) line.refundedMinor = refunded;
    if (pointsValueCumulativeMinor > line.pointsValueRefundedMinor) {
      line.pointsValueRefundedMinor = pointsValueCumulativeMinor;
    }
  }
  if (refund.fullyRefunded) sale.fullyRefunded = true;
}

/** Takes in what tills kept for missing points so far, cumulative like everything about refunds. */
export function applyDeduction(sale: Sale, cumulativeMinor: bigint, points: Points): void {
  if (cumulativeMinor <= sale.deductedMinor) return;
  sale.deductedMinor = cumulativeMinor;
  sale.deductedPoints = points;
}

export interface Targets {
  readonly earned: Points;
  readonly reversed: Points;
  readonly growthEarned: Points;
  readonly growthReversed: Points;
}

/** What the sale's inputs and refunds come to, whatever was posted so far. */
export function targetsOf(sale: Pick<Sale, 'lines' | 'bonuses' | 'fullyRefunded'>): Targets {
  let [earned, reversed, growthEarned, growthReversed] = [0n, 0n, 0n, 0n];
  for (const line of sale.lines) {
    earned += line.points;
    growthEarned += line.growth;
    reversed += sale.fullyRefunded ? line.points : shareRefunded(line, line.points);
    growthReversed += sale.fullyRefunded ? line.growth : shareRefunded(line, line.growth);
  }
  for (const bonus of sale.bonuses) {
    earned += bonus.points;
    reversed += bonus.points - bonusLeft(sale, bonus);
  }
  return { earned, reversed, growthEarned, growthReversed };
}

const shareRefunded = ({ refundedMinor, refundableMinor }: SaleLine, amount: Points): Points =>
  cumulativeShare(amount, refundedMinor, refundableMinor);

/** What remains of the sale decides again which step it reaches, by the rule version that gave the bonus. */
function bonusLeft({ lines, fullyRefunded }: Pick<Sale, 'lines' | 'fullyRefunded'>, bonus: Bonus): Points {
  if (fullyRefunded) return 0n;
  let remaining: Rational = ZERO;
  let touched = false;
  for (const { lineNo, num, den } of bonus.lines) {
    const line = lines.find((candidate) => candidate.lineNo === lineNo);
    if (!line || line.refundedMinor === 0n) remaining = add(remaining, { num, den });
    else {
      touched = true;
      const left = line.refundableMinor - line.refundedMinor;
      remaining = add(remaining, { num: num * left, den: den * line.refundableMinor });
    }
  }
  const step = touched ? stepOf(bonus.steps, remaining) : bonus.points;
  return step < bonus.points ? step : bonus.points;
}

export interface SaleChange {
  readonly cause: 'EARNED' | 'RERATED' | 'REVERSED';
  readonly refundId: string | null;
  readonly changedAt: Date;
  /** For points that the change adds. */
  readonly life: Life;
  /** Of the sale's programme; left out: what is missing is owed. */
  readonly spentPoints?: SpentPointsPolicy;
}

/** Posts the difference between the sale's targets and what is posted, and states the new totals. */
export function postSale(ledger: Ledger, sale: Sale, change: SaleChange): void {
  const target = targetsOf(sale);
  const covered = sale.deductedPoints < target.reversed ? sale.deductedPoints : target.reversed;
  const inCash = covered - sale.covered;
  const wanted = target.earned - target.reversed + covered - (sale.earned - sale.reversed + sale.covered);
  // What the sale gives now first makes up for what it could not take back.
  const unwaived = wanted > 0n && sale.waived > 0n ? (wanted < sale.waived ? wanted : sale.waived) : 0n;
  sale.waived -= unwaived;
  const delta = wanted - unwaived;
  const growthDelta = target.growthEarned - target.growthReversed - (sale.growthEarned - sale.growthReversed);
  const explanation = explainChange(sale, target, change);
  if (delta > 0n) {
    const { occurredAt: earnedAt, purchaseId, mallId, merchantId, currency } = sale;
    const lot = issue(ledger, { ...change.life, earnedAt, purchaseId, mallId, merchantId, currency }, delta);
    const parts = [{ lot, amount: delta }];
    post(ledger, {
      kind: 'EARN',
      amount: delta,
      occurredAt: change.changedAt,
      mallId,
      purchaseId,
      refundId: change.refundId,
      explanation,
      parts,
    });
    settleGiven(ledger, parts, change.changedAt);
  } else if (delta < 0n || inCash > 0n) {
    takeBack(ledger, sale, -delta, inCash, change, explanation);
  }
  if (growthDelta !== 0n) {
    ledger.account.growth = assertInt64(ledger.account.growth + growthDelta);
    ledger.growthEntries.push({
      id: ledger.newId(),
      amount: growthDelta,
      growthAfter: ledger.account.growth,
      occurredAt: change.changedAt,
      mallId: sale.mallId,
      purchaseId: sale.purchaseId,
      refundId: change.refundId,
      source: { kind: 'PURCHASE', id: sale.purchaseId },
    });
  }
  if (change.cause === 'EARNED') noteActivity(ledger, sale.occurredAt);
  Object.assign(sale, target, { covered });
  sale.version += 1n;
  if (sale.mark === 'STORED') sale.mark = 'CHANGED';
  ledger.account.version += 1n;
  const { purchaseId, mallId, merchantId, storeId, currency } = sale;
  ledger.facts.push({
    type: 'SALE_POSTED',
    memberId: sale.memberId,
    version: sale.version,
    sale: { purchaseId, mallId, merchantId, storeId, currency },
    occurredAt: sale.occurredAt,
    changedAt: change.changedAt,
    cause: change.cause,
    refundId: change.refundId,
    ...target,
    debt: sale.debt,
    waived: sale.waived,
    covered,
    coveredMinor: sale.deductedMinor,
    pointsDelta: delta,
    growthDelta,
    availableAfter: ledger.account.available,
  });
}

/**
 * From the own lots, pending before available, then from what else is available, latest-expiring first. What is spent
 * already is owed or left, as the programme says. Held and redeemed points are not touched.
 */
function takeBack(
  ledger: Ledger,
  sale: Sale,
  amount: Points,
  inCash: Points,
  change: SaleChange,
  explanation: readonly Step[],
): void {
  const { parts, short } = revoke(ledger, amount, (lot) => lot.purchaseId === sale.purchaseId);
  const { owed, waived } = settleMissing(change.spentPoints ?? OWE_ALL, short, ledger.account.debt);
  ledger.account.debt += owed;
  sale.debt += owed;
  sale.waived += waived;
  post(ledger, {
    kind: 'EARN_REVERSAL',
    amount: short - amount,
    debtDelta: owed,
    occurredAt: change.changedAt,
    mallId: sale.mallId,
    purchaseId: sale.purchaseId,
    refundId: change.refundId,
    explanation: [...explanation, ...explainMissing(owed, waived, inCash)],
    parts,
  });
}

function explainChange(sale: Sale, target: Targets, { cause }: SaleChange): readonly Step[] {
  if (cause === 'EARNED') return sale.steps;
  if (cause === 'RERATED') {
    return [...sale.steps, { code: 'RERATED', value: (target.earned - sale.earned).toString() }];
  }
  const steps: Step[] = [];
  if (sale.fullyRefunded) steps.push({ code: 'FULLY_REFUNDED', value: target.earned.toString() });
  else {
    for (const line of sale.lines) {
      if (line.refundedMinor === 0n || line.points === 0n) continue;
      steps.push({
        code: 'LINE_REFUNDED',
        value: shareRefunded(line, line.points).toString(),
        args: { line: line.lineNo.toString(), points: line.points.toString() },
      });
    }
  }
  for (const bonus of sale.fullyRefunded ? [] : sale.bonuses) {
    const left = bonusLeft(sale, bonus);
    if (left === bonus.points) continue;
    const { ruleVersionId } = bonus;
    steps.push({
      code: 'BONUS_LEFT',
      value: left.toString(),
      ruleVersionId,
      args: { points: bonus.points.toString() },
    });
  }
  steps.push({ code: 'REVERSED_BEFORE', value: sale.reversed.toString() });
  steps.push({ code: 'REVERSED', value: (target.reversed - sale.reversed).toString() });
  return steps;
}
