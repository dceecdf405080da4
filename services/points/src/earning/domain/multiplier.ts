// How the multipliers of tier and campaigns become one.
import { add, compare, multiply, ONE, type Rational, rational, subtract, ZERO } from '@atrium/kernel';
import type { RuleVersion } from '../../programme/domain/rules';
import type { CampaignTerms, EarningTerms, MultiplierGroup, WithinGroup } from '../../programme/domain/terms';

/** A campaign's multiplier, or the tier's own (`campaign` null). */
export interface Factor {
  readonly group: MultiplierGroup;
  readonly value: Rational;
  readonly priority: number;
  readonly campaign: RuleVersion<CampaignTerms> | null;
}

export interface Multiplier {
  readonly value: Rational;
  /** What it came from: factors that lost inside their group, or whose group lost, are not in it. */
  readonly counted: readonly Factor[];
  /** What it would have been without the cap; null where the cap did not cut. */
  readonly uncapped: Rational | null;
}

export const tierFactor = (multiplier: string): Factor => ({
  group: 'TIER',
  value: rational(multiplier),
  priority: 0,
  campaign: null,
});

export const campaignFactor = (campaign: RuleVersion<CampaignTerms>): Factor => ({
  group: campaign.terms.group,
  value: rational(campaign.terms.multiplier),
  priority: campaign.terms.priority,
  campaign,
});

const GROUPS: readonly MultiplierGroup[] = ['TIER', 'CAMPAIGN', 'MEMBER', 'PAYMENT'];

export function combine(
  terms: Pick<EarningTerms, 'withinGroup' | 'acrossGroups' | 'maxMultiplier'>,
  factors: readonly Factor[],
): Multiplier {
  const groups: Combined[] = [];
  for (const group of GROUPS) {
    const own = factors.filter((factor) => factor.group === group);
    if (own.length > 0) groups.push(within(terms.withinGroup[group], own));
  }
  const { value, counted } = across(terms.acrossGroups, groups);
  const cap = terms.maxMultiplier === null ? null : rational(terms.maxMultiplier);
  return cap !== null && compare(value, cap) > 0
    ? { value: cap, counted, uncapped: value }
    : { value, counted, uncapped: null };
}

interface Combined {
  readonly value: Rational;
  readonly counted: readonly Factor[];
}

function within(mode: WithinGroup, factors: readonly Factor[]): Combined {
  if (mode === 'SUM') return { value: sumOfGains(factors), counted: factors };
  const [best] = [...factors].sort((a, b) =>
    mode === 'PRIORITY' ? b.priority - a.priority || inOrder(a, b) : compare(b.value, a.value) || inOrder(a, b),
  );
  return best ? { value: best.value, counted: [best] } : { value: ONE, counted: [] };
}

function across(mode: EarningTerms['acrossGroups'], groups: readonly Combined[]): Combined {
  const counted = groups.flatMap((group) => group.counted);
  switch (mode) {
    case 'ADDITIVE':
      return { value: sumOfGains(groups), counted };
    case 'MULTIPLICATIVE':
      return { value: groups.reduce((product, { value }) => multiply(product, value), ONE), counted };
    case 'BEST_OF': {
      const [best] = [...groups].sort((a, b) => compare(b.value, a.value));
      return best ?? { value: ONE, counted: [] };
    }
  }
}

/** 1 and what each adds to it; never below 0. */
function sumOfGains(items: readonly { readonly value: Rational }[]): Rational {
  const sum = items.reduce((total, { value }) => add(total, subtract(value, ONE)), ONE);
  return compare(sum, ZERO) < 0 ? ZERO : sum;
}

/** Between equals: the tier itself, then the smaller code. */
function inOrder(a: Factor, b: Factor): number {
  return (a.campaign?.code ?? '') < (b.campaign?.code ?? '') ? -1 : 1;
}
