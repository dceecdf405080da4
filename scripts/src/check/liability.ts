// I12, the part that no sale has: the points liability is what all lots are worth, and each fact beside the sales is posted.
import { floor, minorDigits, multiply, rational } from '@atrium/kernel';
import type { Check, Databases } from './databases';

interface Fact {
  kind: string;
  source_id: string;
  /** What it changed of the outstanding points. */
  points: bigint;
}

/** What is outstanding by each fact that settlement hears of beside the sales, as points has it. */
const FACTS = `
  select 'ADJUST' as kind, id as source_id, amount as points from entry where kind = 'ADJUST'
  union all select 'CREDIT', id, amount from entry where kind = 'EARN' and source_kind = 'INTERACTION'
  union all select 'REINSTATE', id, amount from entry where kind = 'REINSTATE'
  union all select 'REDEEM', id, returned - points from redemption where source_kind <> 'PARTNER'
  union all select 'EXCHANGE', id, case when status = 'REVERSED' then 0 else -points end from partner_exchange where direction = 'BURN'
  union all select 'EXCHANGE', x.id, coalesce((select sum(e.amount) from entry e
      where e.member_id = x.member_id and e.source_kind = 'PARTNER' and e.source_id = x.id), 0)::bigint
    from partner_exchange x where x.direction = 'ISSUE'`;

interface Posted {
  kind: string;
  source_id: string;
  liability: bigint;
  /** Of the postings; null when there are none, because the points were worth less than the smallest coin. */
  currency: string | null;
  unit_value: string | null;
}

const POSTED = `
  select o.kind, o.source_id, coalesce(-(o.posted ->> 'POINTS_LIABILITY')::bigint, 0) as liability, p.currency,
    c.point_unit_value::text as unit_value
  from obligation o
  left join lateral (select currency, contract_id from posting p
    where p.merchant_id = o.merchant_id and p.source_id = o.source_id and p.kind like o.kind || '%' order by posted_at limit 1) p on true
  left join contract c on c.group_id = o.group_id and c.id = p.contract_id
  where o.kind in ('ADJUST', 'CREDIT', 'REINSTATE', 'REDEEM', 'EXCHANGE')`;

const minorPerPoint = (unitValue: string, currency: string) =>
  multiply(rational(unitValue), rational(10n ** BigInt(minorDigits(currency))));

const otherFacts: Check = {
  invariant: 'I12',
  what: 'what the mall owes for points that no sale gave or took is what points says of them',
  async run(db) {
    const key = ({ kind, source_id }: { kind: string; source_id: string }) => `${kind} ${source_id}`;
    const posted = new Map((await db.rows<Posted>('merchant-settlement', POSTED)).map((row) => [key(row), row]));
    const facts = await db.rows<Fact>('points', FACTS);
    const violations: string[] = [];
    for (const fact of facts) {
      const row = posted.get(key(fact));
      if (!row) {
        violations.push(`merchant-settlement: nothing is known of ${key(fact)}`);
        continue;
      }
      if (row.currency === null || row.unit_value === null) continue;
      const size = fact.points < 0n ? -fact.points : fact.points;
      const worth = floor(multiply(rational(size), minorPerPoint(row.unit_value, row.currency)));
      const expected = fact.points < 0n ? -worth : worth;
      if (row.liability !== expected)
        violations.push(`merchant-settlement: ${key(fact)} has liability ${row.liability}, recomputed ${expected}`);
    }
    return { checked: facts.length, violations };
  },
};

interface Sum {
  group_id: string;
  amount: bigint;
}

const lotsAndLiability: Check = {
  invariant: 'I12',
  what: 'the points liability is what outstanding lots are worth, where a point has one value in the whole group',
  async run(db) {
    const outstanding = new Map(
      (
        await db.rows<Sum>(
          'points',
          `select group_id, sum(points)::bigint as amount from (
             select group_id, pending + available + held as points from lot
             union all select group_id, points from points_transfer where direction = 'OUT' and status = 'SENT'
           ) s group by 1`,
        )
      ).map(({ group_id, amount }) => [group_id, amount]),
    );
    const posted = await db.rows<Sum>(
      'merchant-settlement',
      `select group_id, sum(credit_minor - debit_minor)::bigint as amount from posting_line where account = 'POINTS_LIABILITY' group by 1`,
    );
    const values = await valuesByGroup(db);
    const violations: string[] = [];
    let checked = 0;
    for (const { group_id, amount } of posted) {
      const [perPoint, another] = values.get(group_id) ?? [];
      // Points that leave under other terms than they came, or with parts of a coin dropped, leave a difference that is meant.
      if (perPoint === undefined || perPoint === null || another !== undefined) continue;
      checked++;
      const expected = (outstanding.get(group_id) ?? 0n) * perPoint;
      if (amount !== expected)
        violations.push(
          `merchant-settlement: group ${group_id} has a points liability of ${amount}, its lots are worth ${expected}`,
        );
    }
    return { checked, violations };
  },
};

/** The different values of a point in each group, in minor units; null for one that is not whole. */
async function valuesByGroup(db: Databases): Promise<Map<string, (bigint | null)[]>> {
  const rows = await db.rows<{ group_id: string; unit_value: string; currency: string }>(
    'merchant-settlement',
    `select distinct c.group_id, trim_scale(c.point_unit_value)::text as unit_value, n.currency
     from contract c join org_node n on n.group_id = c.group_id`,
  );
  const values = new Map<string, (bigint | null)[]>();
  for (const { group_id, unit_value, currency } of rows) {
    const exact = minorPerPoint(unit_value, currency);
    const whole = floor(exact);
    const known = values.get(group_id) ?? [];
    const value = floor(multiply(exact, rational(1_000_000n))) === whole * 1_000_000n ? whole : null;
    if (!known.includes(value)) values.set(group_id, [...known, value]);
  }
  return values;
}

export const LIABILITY_CHECKS: Check[] = [otherFacts, lotsAndLiability];
