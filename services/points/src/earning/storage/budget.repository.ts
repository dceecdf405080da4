// What campaigns may give in all. Their rows are the last locks of a transaction, taken in id order.
import type { Points } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { insertRows } from '../../ledger/storage/rows';
import type { RuleBook } from '../../programme/domain/rule-book';
import type { RuleVersion } from '../../programme/domain/rules';
import type { CampaignTerms } from '../../programme/domain/terms';
import type { Purse } from '../domain/earn';

export interface Budgets {
  readonly purse: Purse;
  /** Writes down what was taken. */
  save(tx: Tx): Promise<void>;
}

interface BudgetRow {
  ruleId: string;
  budget: Points;
  spent: Points;
}

/** By database, rule: a budget that was seen spent. It stays so until a version of the campaign gives more. */
const exhausted = new WeakMap<object, Map<string, Points>>();

/** Locks what is left of these campaigns' budgets; those that are known to have nothing left are not even asked. */
export async function openBudgets(
  tx: Tx,
  book: RuleBook,
  campaigns: readonly RuleVersion<CampaignTerms>[],
): Promise<Budgets> {
  const limits = limitsOf(book, campaigns);
  const known = knownOf(tx);
  const asked = [...limits].filter(([ruleId, limit]) => known.get(ruleId) !== limit).map(([ruleId]) => ruleId);
  const left = new Map<string, Points>();
  for (const { ruleId, budget, spent } of await lockBudgets(tx, limits, asked.sort())) {
    if (budget === spent) known.set(ruleId, limits.get(ruleId) ?? 0n);
    else left.set(ruleId, budget - spent);
  }
  const taken = new Map<string, Points>();
  return {
    purse(campaign, wanted) {
      const { ruleId } = campaign;
      const there = left.get(ruleId) ?? 0n;
      const given = givenOf(campaign, there, wanted);
      left.set(ruleId, there - given);
      taken.set(ruleId, (taken.get(ruleId) ?? 0n) + given);
      return given;
    },
    async save(target) {
      const spent = [...taken].filter(([, points]) => points > 0n);
      if (spent.length === 0) return;
      await target.prepared(
        'points.budget.spend',
        `update campaign_budget b set spent = b.spent + w.points
         from unnest($2::uuid[], $3::bigint[]) as w(rule_id, points) where b.group_id = $1 and b.rule_id = w.rule_id`,
        [target.groupId, spent.map(([ruleId]) => ruleId), spent.map(([, points]) => points)],
      );
    },
  };
}

const givenOf = ({ terms }: RuleVersion<CampaignTerms>, there: Points, wanted: Points): Points =>
  there >= wanted ? wanted : terms.budget?.onExhaustion === 'PARTIAL' ? there : 0n;

/** What these budgets would give now, without a lock and without taking it; `own` is what a sale got of them before. */
export async function estimateBudgets(
  tx: Tx,
  book: RuleBook,
  campaigns: readonly RuleVersion<CampaignTerms>[],
  own: ReadonlyMap<string, Points>,
): Promise<Purse> {
  const limits = limitsOf(book, campaigns);
  const rows =
    limits.size === 0
      ? []
      : await tx.query<{ ruleId: string; spent: Points }>(
          `select rule_id as "ruleId", spent from campaign_budget where group_id = $1 and rule_id = any($2::uuid[])`,
          [tx.groupId, [...limits.keys()]],
        );
  const spent = new Map(rows.map((row) => [row.ruleId, row.spent]));
  return (campaign, wanted) => {
    const { ruleId } = campaign;
    const left = (limits.get(ruleId) ?? 0n) - (spent.get(ruleId) ?? 0n) + (own.get(ruleId) ?? 0n);
    return givenOf(campaign, left > 0n ? left : 0n, wanted);
  };
}

/** By rule what its newest version allows in all, whichever version rates a sale. */
function limitsOf(book: RuleBook, campaigns: readonly RuleVersion<CampaignTerms>[]): Map<string, Points> {
  const ids = new Set(campaigns.map(({ ruleId }) => ruleId));
  const newest = new Map<string, RuleVersion<CampaignTerms>>();
  for (const version of book.rules.campaigns) {
    if (!ids.has(version.ruleId) || version.terms.budget === null) continue;
    if (version.status !== 'ACTIVE' && version.status !== 'RETIRED') continue;
    const other = newest.get(version.ruleId);
    if (!other || other.version < version.version) newest.set(version.ruleId, version);
  }
  return new Map([...newest].map(([ruleId, { terms }]) => [ruleId, terms.budget?.points ?? 0n]));
}

async function lockBudgets(
  tx: Tx,
  limits: ReadonlyMap<string, Points>,
  ruleIds: readonly string[],
): Promise<BudgetRow[]> {
  if (ruleIds.length === 0) return [];
  const lock = () =>
    tx.prepared<BudgetRow>(
      'points.budget.lock',
      `select rule_id as "ruleId", budget, spent from campaign_budget
       where group_id = $1 and rule_id = any($2::uuid[]) order by rule_id for update`,
      [tx.groupId, ruleIds],
    );
  const rows = await lock();
  const missing = ruleIds.filter((id) => !rows.some(({ ruleId }) => ruleId === id));
  const other = rows.filter(({ ruleId, budget, spent }) => budget !== atLeast(limits.get(ruleId), spent));
  if (missing.length === 0 && other.length === 0) return rows;
  await insertRows(
    tx,
    'campaign_budget',
    missing.map((rule_id) => ({ group_id: tx.groupId, rule_id, budget: limits.get(rule_id) ?? 0n, spent: 0n })),
    'on conflict do nothing',
  );
  // A later version can give more, or less: what is spent stays spent.
  await tx.prepared(
    'points.budget.limit',
    `update campaign_budget b set budget = greatest(b.spent, w.budget)
     from unnest($2::uuid[], $3::bigint[]) as w(rule_id, budget) where b.group_id = $1 and b.rule_id = w.rule_id`,
    [tx.groupId, other.map(({ ruleId }) => ruleId), other.map(({ ruleId }) => limits.get(ruleId) ?? 0n)],
  );
  return lock();
}

const atLeast = (limit: Points | undefined, spent: Points): Points =>
  limit === undefined || limit < spent ? spent : limit;

function knownOf(tx: Tx): Map<string, Points> {
  const source = tx.manager.connection;
  let known = exhausted.get(source);
  if (!known) exhausted.set(source, (known = new Map()));
  return known;
}
