// I12: points, tier and settlement are what the sales recompute to. Naive on purpose, and sharing no code with the services.
import { floor, minorDigits, multiply, rational } from '@atrium/kernel';
import type { Check, Databases } from './databases';
import { allRules, type Earned, rateAll, type Tier } from './rate';

interface Sale {
  id: string;
  member_id: string;
  merchant_id: string;
  site_id: string;
  group_id: string;
  occurred_at: Date;
  currency: string;
  gross_minor: bigint;
  paid_minor: bigint;
  points_value_minor: bigint;
  cash_refunded_minor: bigint;
  contract_id: string;
}

interface Change {
  member_id: string;
  to_code: string;
  to_rank: number;
  effective_at: Date;
  cause: string;
  ladder_id: string;
}

interface Ladder {
  id: string;
  group_id: string;
  effective_from: Date;
  version: bigint;
  terms: {
    currency: string;
    zone: string;
    tiers: { code: string; rank: number; earnMultiplier: string; upgrade: Rule | null }[];
  };
}

interface Rule {
  match: 'ALL' | 'ANY';
  conditions: { metric: 'SPEND' | 'GROWTH'; months: number | null; window: string; required: string }[];
}

interface MetricFact {
  /** Whom it counts for. */
  member_id: string;
  /** From when on: its own instant, or the merge that brought it. */
  known_at: Date;
  purchase_id: string;
  fact_id: string;
  occurred_at: Date;
  currency: string;
  spend_minor: bigint | null;
  growth_earned: bigint;
  growth_reversed: bigint;
}

const sales = (db: Databases) =>
  db.rows<Sale>(
    'merchant-settlement',
    `select id, member_id, merchant_id, site_id, group_id, occurred_at, currency, gross_minor, paid_minor, points_value_minor, cash_refunded_minor, contract_id from purchase where member_id is not null`,
  );
const earned = (db: Databases) => db.rows<Earned>('points', `select * from purchase_earn`);
const changes = (db: Databases) =>
  db.rows<Change>(
    'tier',
    `select * from tier_change where superseded_at is null order by member_id, effective_at, stated_at, id`,
  );

const byMember = <T extends { member_id: string }>(rows: readonly T[]): Map<string, T[]> => {
  const map = new Map<string, T[]>();
  for (const row of rows) map.set(row.member_id, [...(map.get(row.member_id) ?? []), row]);
  return map;
};

const salesAreWhole: Check = {
  invariant: 'I12',
  what: "a sale's lines and refunds add up to the sale",
  async run(db) {
    const rows = await db.rows<{ id: string }>(
      'merchant-settlement',
      `select p.id from purchase p
       left join (select purchase_id, sum(paid_minor) as paid, sum(cash_refunded_minor) as back, sum(points_value_minor) as points from purchase_line group by 1) l
         on l.purchase_id = p.id
       left join (select purchase_id, sum(cash_minor) as cash, sum(points) as points from refund group by 1) r on r.purchase_id = p.id
       where p.paid_minor <> l.paid or p.cash_refunded_minor <> l.back or p.points_value_minor <> l.points
          or p.cash_refunded_minor <> coalesce(r.cash, 0) or p.points_returned <> coalesce(r.points, 0)`,
    );
    const [total] = await db.rows<{ n: bigint }>('merchant-settlement', 'select count(*) as n from purchase');
    return {
      checked: Number(total?.n ?? 0n),
      violations: rows.map(({ id }) => `merchant-settlement: sale ${id} does not add up`),
    };
  },
};

/** The tier of a member before an instant, by the history that tier states now. */
function tierBefore(history: readonly Change[], instant: Date): string | null {
  return history.filter((change) => change.effective_at < instant).at(-1)?.to_code ?? null;
}

const points: Check = {
  invariant: 'I12',
  what: 'points and growth of each sale follow from its money, its rules, its day and the tier at its time',
  async run(db) {
    const [ladders, history, rows, recorded, rules] = [
      await allLadders(db),
      byMember(await changes(db)),
      await earned(db),
      await sales(db),
      await allRules(db),
    ];
    const paid = new Map(recorded.map((sale) => [sale.id, sale]));
    const violations: string[] = [];
    const tiers = new Map<string, Tier>();
    for (const row of rows) {
      const ladder = ladderAt(ladders, row.group_id, row.occurred_at);
      const code = tierBefore(history.get(row.member_id) ?? [], row.occurred_at);
      const tier = ladder?.terms.tiers.find((t) => (code === null ? t.rank === 0 : t.code === code));
      tiers.set(row.purchase_id, { code: tier?.code ?? '', multiplier: tier?.earnMultiplier ?? null });
      const sale = paid.get(row.purchase_id);
      const eligible = row.lines.reduce((sum, line) => sum + BigInt(line.eligibleMinor), 0n);
      const basis = row.inputs.programmeId === null ? null : rules.programme(row.inputs.programmeId).earning.basis;
      if (sale && basis !== null && eligible !== moneyThatCounts(sale, basis)) {
        violations.push(`points: sale ${row.purchase_id} was rated on ${eligible}, not on its money`);
      }
    }
    for (const { row, result } of rateAll(rows, rules, tiers)) {
      if (row.earned !== result.points) {
        violations.push(
          `points: sale ${row.purchase_id} earned ${row.earned}, recomputed ${result.points} as ${tiers.get(row.purchase_id)?.code}`,
        );
      }
      if (row.growth_earned !== result.growth) {
        violations.push(`points: sale ${row.purchase_id} has growth ${row.growth_earned}, recomputed ${result.growth}`);
      }
    }
    return { checked: rows.length, violations };
  },
};

function moneyThatCounts(sale: Sale, basis: string): bigint {
  if (basis === 'GROSS') return sale.gross_minor;
  return basis === 'NET_OF_COUPONS' ? sale.paid_minor + sale.points_value_minor : sale.paid_minor;
}

const budgets: Check = {
  invariant: 'I12',
  what: 'what campaigns have spent of their budgets is what sales were granted, and not more than there was',
  async run(db) {
    const rules = await allRules(db);
    const granted = new Map<string, bigint>();
    for (const { inputs } of await earned(db)) {
      for (const [id, given] of Object.entries(inputs.grants ?? {})) {
        const rule = rules.ruleOf(id);
        granted.set(rule, (granted.get(rule) ?? 0n) + BigInt(given));
      }
    }
    const rows = await db.rows<{ rule_id: string; budget: bigint; spent: bigint }>(
      'points',
      'select * from campaign_budget',
    );
    const violations = rows
      .filter(({ rule_id, budget, spent }) => spent > budget || spent !== (granted.get(rule_id) ?? 0n))
      .map(
        ({ rule_id, spent }) => `points: campaign ${rule_id} spent ${spent}, sales have ${granted.get(rule_id) ?? 0n}`,
      );
    return { checked: rows.length, violations };
  },
};

async function allLadders(db: Databases): Promise<Ladder[]> {
  return db.rows<Ladder>('tier', `select * from tier_ladder where status <> 'DRAFT' order by effective_from, version`);
}

const ladderAt = (ladders: readonly Ladder[], groupId: string, at: Date): Ladder | undefined =>
  ladders.filter((ladder) => ladder.group_id === groupId && ladder.effective_from <= at).at(-1);

const metrics: Check = {
  invariant: 'I12',
  what: "tier's facts are the sales, refunds and growth of settlement and points",
  async run(db) {
    const facts = await db.rows<{ purchase_id: string; spend: bigint | null; growth: bigint }>(
      'tier',
      // A sale's own row has the totals of growth; a refund's row has what it gave back.
      `select purchase_id, sum(case when fact_id = purchase_id then spend_minor else -spend_minor end)::bigint as spend,
         coalesce(sum(growth_earned - growth_reversed) filter (where fact_id = purchase_id), 0)::bigint as growth
       from metric_fact group by purchase_id`,
    );
    const recorded = await sales(db);
    const growth = new Map((await earned(db)).map((row) => [row.purchase_id, row.growth_earned - row.growth_reversed]));
    const known = new Map(facts.map((fact) => [fact.purchase_id, fact]));
    const violations: string[] = [];
    for (const sale of recorded) {
      const fact = known.get(sale.id);
      const spend = sale.paid_minor - sale.cash_refunded_minor;
      if (!fact) violations.push(`tier: sale ${sale.id} is unknown`);
      else if ((fact.spend ?? 0n) !== spend)
        violations.push(`tier: sale ${sale.id} counts ${fact.spend}, its money is ${spend}`);
      else if (fact.growth !== (growth.get(sale.id) ?? 0n))
        violations.push(`tier: sale ${sale.id} counts growth ${fact.growth}, points says ${growth.get(sale.id)}`);
    }
    return { checked: recorded.length, violations };
  },
};

/** Facts by whom they count for: until a merge for the member they name, from it on for the survivor. Refunds take away. */
const COUNTED_FACTS = `
  with recursive lead(id, into_id, at) as (
    select member_id, merged_into, merged_at from member_tier where merged_into is not null
    union all select l.id, m.merged_into, greatest(l.at, m.merged_at) from lead l
      join member_tier m on m.member_id = l.into_id and m.merged_into is not null
  ), counted as (
    select f.*, f.member_id as counts_for, f.occurred_at as known_at from metric_fact f
    union all select f.*, l.into_id, greatest(f.occurred_at, l.at) from metric_fact f join lead l on l.id = f.member_id
  )
  select c.counts_for as member_id, c.known_at, c.purchase_id, c.fact_id, c.occurred_at, c.currency,
    case when c.fact_id = c.purchase_id then c.spend_minor else -c.spend_minor end as spend_minor,
    case when c.fact_id = c.purchase_id then c.growth_earned else 0 end as growth_earned,
    case when c.fact_id = c.purchase_id then 0 else c.growth_reversed end as growth_reversed
  from counted c join member_tier m on m.member_id = c.counts_for
  where m.merged_at is null or c.known_at <= m.merged_at order by c.counts_for, c.known_at`;

const upgrades: Check = {
  invariant: 'I12',
  what: 'whoever has reached a tier has it from that instant on, and nobody else',
  async run(db) {
    const [ladders, history] = [await allLadders(db), byMember(await changes(db))];
    const groups = new Map(
      (
        await db.rows<{ member_id: string; group_id: string }>('tier', `select member_id, group_id from member_tier`)
      ).map((row) => [row.member_id, row.group_id]),
    );
    const facts = byMember(await db.rows<MetricFact>('tier', COUNTED_FACTS));
    const violations: string[] = [];
    let checked = 0;
    for (const [memberId, own] of facts) {
      const stated = history.get(memberId) ?? [];
      for (const instant of new Set(own.map((fact) => fact.known_at.getTime()))) {
        const at = new Date(instant);
        const ladder = ladderAt(ladders, groups.get(memberId) ?? '', at);
        if (!ladder) continue;
        checked++;
        const reached = Math.max(
          0,
          ...ladder.terms.tiers
            .filter((tier) => tier.upgrade && holds(tier.upgrade, own, at, ladder))
            .map((tier) => tier.rank),
        );
        const now = stated.filter((change) => change.effective_at <= at).at(-1);
        if ((now?.to_rank ?? 0) < reached)
          violations.push(
            `tier: member ${memberId} reached rank ${reached} at ${at.toISOString()}, stated is ${now?.to_rank ?? 0}`,
          );
        if (now?.cause === 'QUALIFIED' && now.effective_at.getTime() === instant && now.to_rank !== reached) {
          violations.push(
            `tier: member ${memberId} became rank ${now.to_rank} at ${at.toISOString()}, recomputed ${reached}`,
          );
        }
      }
    }
    return { checked, violations };
  },
};

function holds(rule: Rule, facts: readonly MetricFact[], at: Date, ladder: Ladder): boolean {
  const met = rule.conditions.map((condition) => {
    // A refund counts in its sale's window, from the refund's own instant on.
    const saleAt = new Map(
      facts.filter((fact) => fact.fact_id === fact.purchase_id).map((fact) => [fact.purchase_id, fact.occurred_at]),
    );
    const counted = facts.filter(
      (fact) =>
        fact.known_at <= at &&
        inWindow(saleAt.get(fact.purchase_id) ?? fact.occurred_at, condition, at, ladder.terms.zone),
    );
    const value =
      condition.metric === 'SPEND'
        ? counted.reduce(
            (sum, fact) => sum + (fact.currency === ladder.terms.currency ? (fact.spend_minor ?? 0n) : 0n),
            0n,
          )
        : counted.reduce((sum, fact) => sum + fact.growth_earned - fact.growth_reversed, 0n);
    return value >= BigInt(condition.required);
  });
  return rule.match === 'ALL' ? met.every(Boolean) : met.some(Boolean);
}

function inWindow(saleAt: Date, condition: Rule['conditions'][number], at: Date, zone: string): boolean {
  const local = (instant: Date) =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(instant);
  if (condition.window === 'LIFETIME') return true;
  if (condition.window === 'CALENDAR_YEAR') return local(saleAt).slice(0, 4) === local(at).slice(0, 4);
  const start = new Date(at);
  start.setUTCMonth(start.getUTCMonth() - (condition.months ?? 12));
  return saleAt > start;
}

interface Contract {
  id: string;
  point_unit_value: string;
  point_price_at_earn: string;
}

const obligations: Check = {
  invariant: 'I12',
  what: 'what a merchant owes for the points of a sale is what points says of it, by the contract of its day',
  async run(db) {
    const contracts = new Map(
      (await db.rows<Contract>('merchant-settlement', 'select * from contract')).map((c) => [c.id, c]),
    );
    const posted = new Map(
      (
        await db.rows<{ purchase_id: string; receivable: bigint; liability: bigint }>(
          'merchant-settlement',
          `select p.purchase_id,
             coalesce(sum(l.debit_minor - l.credit_minor) filter (where l.account = 'RECEIVABLE'), 0)::bigint as receivable,
             coalesce(sum(l.credit_minor - l.debit_minor) filter (where l.account = 'POINTS_LIABILITY'), 0)::bigint as liability
           from posting p join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id
           where p.kind like 'EARN%' group by p.purchase_id`,
        )
      ).map((row) => [row.purchase_id, row]),
    );
    const recorded = new Map((await sales(db)).map((sale) => [sale.id, sale]));
    const violations: string[] = [];
    const rows = await earned(db);
    for (const row of rows) {
      const sale = recorded.get(row.purchase_id);
      if (!sale) continue;
      const terms = contracts.get(sale.contract_id);
      if (!terms) {
        violations.push(`merchant-settlement: sale ${sale.id} names no known contract`);
        continue;
      }
      const unit = 10n ** BigInt(minorDigits(sale.currency));
      const net = row.earned - row.reversed;
      const worth = (count: bigint, price: string) => floor(multiply(rational(count * unit), rational(price)));
      const state = posted.get(sale.id) ?? { receivable: 0n, liability: 0n };
      const receivable = worth(net, terms.point_price_at_earn) + row.deducted_minor;
      const liability = worth(net + row.debt + row.waived + row.covered, terms.point_unit_value);
      if (state.receivable !== receivable)
        violations.push(
          `merchant-settlement: sale ${sale.id} has receivable ${state.receivable}, recomputed ${receivable}`,
        );
      if (state.liability !== liability)
        violations.push(
          `merchant-settlement: sale ${sale.id} has liability ${state.liability}, recomputed ${liability}`,
        );
    }
    return { checked: rows.length, violations };
  },
};

export const RECOMPUTED: Check[] = [salesAreWhole, metrics, upgrades, points, budgets, obligations];
