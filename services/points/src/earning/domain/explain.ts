// A rating in steps: which figures and rule versions it came from. The words are added when somebody reads it.
import { add, floor, formatMinor, type Rational, toDecimal, ZERO } from '@atrium/kernel';
import type { RuleBook } from '../../programme/domain/rule-book';
import type { Step } from '../../ledger/domain/explanation';
import type { Cut, RatedPart, Rating } from './earn';
import type { RatingInputs } from './inputs';
import type { Factor, Multiplier } from './multiplier';

const ROUNDED = { FLOOR: 'ROUNDED_DOWN', HALF_UP: 'ROUNDED_HALF_UP', CEIL: 'ROUNDED_UP' } as const;
const CAPPED = { TRANSACTION: 'CAPPED_SALE', DAY: 'CAPPED_DAY', MERCHANT_DAY: 'CAPPED_MERCHANT_DAY' } as const;

export function explainRating(book: RuleBook, inputs: RatingInputs, rating: Rating): Step[] {
  if (inputs.programmeId === null) return [{ code: 'NO_PROGRAMME' }];
  const programme = book.programme(inputs.programmeId);
  const { earning } = programme.terms;
  if (inputs.late === 'TOO_LATE') {
    return [{ code: 'TOO_LATE', value: String(earning.backdated.rejectAfterDays), ruleVersionId: programme.id }];
  }
  if (inputs.late === 'NEEDS_APPROVAL') {
    return [
      { code: 'NEEDS_APPROVAL', value: String(earning.backdated.approvalAfterDays), ruleVersionId: programme.id },
    ];
  }
  return [
    ...(inputs.late === 'APPROVED' ? [{ code: 'LATE_APPROVED' as const }] : []),
    ...explainParts(inputs, rating),
    { code: 'EXACT', value: toDecimal(rating.exact, 6) },
    ...rating.budgets.flatMap(({ campaign, wanted, granted }): Step[] =>
      granted === wanted
        ? []
        : [
            {
              code: granted === 0n ? 'BUDGET_EXHAUSTED' : 'BUDGET_PARTIAL',
              value: granted.toString(),
              ruleVersionId: campaign.id,
              args: { campaign: campaign.code, wanted: wanted.toString() },
            },
          ],
    ),
    { code: ROUNDED[earning.rounding], value: rating.rounded.toString() },
    ...rating.bonuses.map(({ ruleVersionId, points }): Step => ({
      code: 'BONUS',
      value: points.toString(),
      ruleVersionId,
      args: { campaign: book.campaign(ruleVersionId).code },
    })),
    ...(rating.cut ? [explainCut(rating.cut, rating, programme.id)] : []),
    growthStep(inputs, rating, programme.id),
  ];
}

const explainCut = (cut: Cut, { points, uncut }: Rating, ruleVersionId: string): Step => ({
  code: CAPPED[cut],
  value: points.toString(),
  ruleVersionId,
  args: { uncut: uncut.toString() },
});

/** One step for each rate: a ticket of forty lines under one rule is explained in one line. */
function explainParts(inputs: RatingInputs, { parts, multiplierOf }: Rating): Step[] {
  const groups = new Map<string, { part: RatedPart; multiplier: Multiplier; eligible: Rational }>();
  for (const part of parts) {
    const multiplier = multiplierOf(part);
    const counted = multiplier.counted.map(({ campaign }) => campaign?.id ?? '').join();
    const key = `${part.rule?.id} ${part.rule?.terms.paymentMethod ? part.paymentMethod : ''} ${counted}`;
    const eligible = add(groups.get(key)?.eligible ?? ZERO, part.eligible);
    groups.set(key, { part, multiplier, eligible });
  }
  const steps: Step[] = [];
  const list = [...groups.values()];
  for (const [i, { part, multiplier, eligible }] of list.entries()) {
    steps.push({ code: 'ELIGIBLE', value: moneyText(eligible, inputs.currency), args: { currency: inputs.currency } });
    steps.push(
      part.rule
        ? { code: 'RATE', value: part.rule.terms.rate, ruleVersionId: part.rule.id }
        : { code: 'NO_RATE', value: '0' },
    );
    // Said once for neighbours that are multiplied alike.
    if (list[i + 1]?.multiplier !== multiplier) steps.push(...explainMultiplier(inputs, multiplier));
  }
  return steps;
}

function explainMultiplier({ tier }: RatingInputs, { value, counted, uncapped }: Multiplier): Step[] {
  const steps: Step[] = counted.flatMap(({ campaign, value: factor }: Factor): Step[] => {
    if (campaign === null) {
      return tier
        ? [{ code: 'TIER', value: tier.multiplier, ruleVersionId: tier.ladderVersionId, args: { tier: tier.code } }]
        : [];
    }
    // A campaign of bonuses multiplies nothing.
    if (factor.num === factor.den) return [];
    const { id, code, terms } = campaign;
    return [{ code: 'CAMPAIGN', value: terms.multiplier, ruleVersionId: id, args: { campaign: code } }];
  });
  if (uncapped) {
    return [
      ...steps,
      { code: 'MULTIPLIER_CAPPED', value: toDecimal(value, 6), args: { uncut: toDecimal(uncapped, 6) } },
    ];
  }
  return [...steps, { code: 'MULTIPLIER', value: toDecimal(value, 6) }];
}

function growthStep(inputs: RatingInputs, { growth, parts }: Rating, programmeId: string): Step {
  const rules = new Set(
    parts.map(({ rule }) => (rule === null || rule.terms.growthRate === null ? programmeId : rule.id)),
  );
  const [only] = rules.size === 1 ? rules : [null];
  return { code: 'GROWTH', value: growth.toString(), ...(only ? { ruleVersionId: only } : {}) };
}

const isWhole = ({ num, den }: Rational): boolean => num % den === 0n;

/** A share of a payment can be a fraction of a fen. */
const moneyText = (minor: Rational, currency: string): string =>
  isWhole(minor) ? formatMinor(floor(minor), currency) : `≈${formatMinor(floor(minor), currency)}`;
