// A group's rules made ready for rating: which hold at an instant is looked up, not worked out for each sale.
import { bySpecificity, inForce, programmeAt, type Rules, type RuleVersion } from './rules';
import type { CampaignTerms, EarnTerms, ProgrammeTerms } from './terms';

/** The rules in force at an instant. */
export interface RulesInForce {
  readonly programme: RuleVersion<ProgrammeTerms> | null;
  /** The most specific first. */
  readonly earn: readonly RuleVersion<EarnTerms>[];
  /** By id of their rule, the order in which budgets are asked. */
  readonly campaigns: readonly RuleVersion<CampaignTerms>[];
  readonly namesChannels: boolean;
  readonly namesPayments: boolean;
}

export interface RuleBook {
  readonly rules: Rules;
  at(instant: Date): RulesInForce;
  /** All that hold at some instant from `from` to `to`. */
  between(from: Date, to: Date): RulesInForce[];
  /** Versions by id, whatever has become of them: what rated a sale once can rate it again. */
  programme(id: string): RuleVersion<ProgrammeTerms>;
  earn(id: string): RuleVersion<EarnTerms>;
  campaign(id: string): RuleVersion<CampaignTerms>;
  /** Results that follow from versions alone, and are asked for again with each sale. */
  readonly memo: Map<string, unknown>;
}

export function ruleBook(rules: Rules): RuleBook {
  // Between two neighbouring boundaries nothing begins or ends.
  const boundaries = [
    ...new Set(
      [...rules.programmes, ...rules.earn, ...rules.campaigns].flatMap(({ effectiveFrom, effectiveTo }) => [
        effectiveFrom.getTime(),
        ...(effectiveTo ? [effectiveTo.getTime()] : []),
      ]),
    ),
  ].sort((a, b) => a - b);
  const slots = new Map<number, RulesInForce>();
  const byId = <T>(versions: readonly RuleVersion<T>[]) => {
    const known = new Map(versions.map((version) => [version.id, version]));
    return (id: string): RuleVersion<T> => {
      const version = known.get(id);
      if (!version) throw new Error(`rule version ${id} is not there`);
      return version;
    };
  };
  function at(instant: Date): RulesInForce {
    const slot = countUpTo(boundaries, instant.getTime());
    let found = slots.get(slot);
    if (!found) slots.set(slot, (found = collect(rules, instant)));
    return found;
  }
  return {
    rules,
    at,
    between(from, to) {
      const [first, last] = [from, to].map((instant) => countUpTo(boundaries, instant.getTime()));
      return [at(from), ...boundaries.slice(first, last).map((boundary) => at(new Date(boundary)))];
    },
    programme: byId(rules.programmes),
    earn: byId(rules.earn),
    campaign: byId(rules.campaigns),
    memo: new Map(),
  };
}

function collect(rules: Rules, at: Date): RulesInForce {
  const programme = programmeAt(rules, at);
  const earn = programme ? inForce(rules.earn, at).sort(bySpecificity) : [];
  const campaigns = programme ? inForce(rules.campaigns, at).sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1)) : [];
  const conditions = [...earn.map(({ terms }) => terms), ...campaigns.map(({ terms }) => terms.conditions)];
  return {
    programme,
    earn,
    campaigns,
    namesChannels: conditions.some(({ channel }) => channel !== null),
    namesPayments: conditions.some(({ paymentMethod }) => paymentMethod !== null),
  };
}

/** How many of the sorted numbers are not above `n`. */
function countUpTo(sorted: readonly number[], n: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= n) low = middle + 1;
    else high = middle;
  }
  return low;
}
