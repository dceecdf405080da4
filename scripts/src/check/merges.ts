// I14: what belonged to a merged member belongs to the survivor, once, in every context.
import { type Check, type Databases, queryCheck } from './databases';

interface Lead {
  id: string;
  into: string;
}

interface Merge {
  id: string;
  loser: string;
  survivor: string;
  status: string;
}

/** Who leads where, as each context has it. Two of them shorten the way over several merges. */
const LEADS = {
  member: `select id, merged_into as into from member where merged_into is not null`,
  points: `select member_id as id, merged_into as into from account where merged_into is not null`,
  coupon: `select id, merged_into as into from member where merged_into is not null`,
  tier: `select member_id as id, merged_into as into from member_tier where merged_into is not null`,
  'merchant-settlement': `select id, merged_into as into from member where merged_into is not null`,
  messaging: `select id, merged_into as into from member where merged_into is not null`,
} as const;

const everywhere: Check = {
  invariant: 'I14',
  what: 'a merge has come to its end, and every context leads from the loser to the same member',
  async run(db: Databases) {
    const merges = await db.rows<Merge>(
      'member',
      `select id, member_id as loser, survivor_id as survivor, status from member_merge`,
    );
    const violations = merges
      .filter(({ status }) => status === 'PREPARING' || status === 'MOVING')
      .map(({ id, status }) => `member: merge ${id} is still ${status}`);
    const done = new Map(merges.filter(({ status }) => status === 'DONE').map((merge) => [merge.loser, merge]));
    const endOf = (id: string): string => {
      const next = done.get(id);
      return next ? endOf(next.survivor) : id;
    };
    for (const service of db.services) {
      const leads = new Map((await db.rows<Lead>(service, LEADS[service])).map(({ id, into }) => [id, into]));
      for (const { id, loser } of done.values()) {
        const into = leads.get(loser);
        if (into === undefined || endOf(into) !== endOf(loser))
          violations.push(`${service}: the loser ${loser} of merge ${id} leads to ${into ?? 'nobody'}`);
      }
      for (const loser of leads.keys())
        if (!merges.some((merge) => merge.loser === loser && merge.status !== 'ABANDONED'))
          violations.push(`${service}: member ${loser} leads to another without a merge`);
    }
    return { checked: merges.length, violations };
  },
};

export const MERGE_CHECKS: Check[] = [
  everywhere,
  queryCheck(
    'I14',
    'nothing is left in an account that leads to another',
    'points',
    'account where merged_into is not null',
    `select a.member_id as member, a.pending, a.available, a.held, a.debt, a.growth, count(l.id) as living_lots
     from account a left join lot l on l.member_id = a.member_id and l.issued > l.revoked
     where a.merged_into is not null
     group by a.member_id having a.pending + a.available + a.held + a.debt + a.growth <> 0 or count(l.id) > 0`,
  ),
  queryCheck(
    'I14',
    'a merge takes from one account what it gives to the other: points, debt and growth',
    'points',
    `account_merge where status = 'MOVED'`,
    `select m.id as merge, m.points, m.debt, m.growth, e.amount, e.debt as entries_debt, g.growth as entries_growth
     from account_merge m
     join lateral (select coalesce(sum(amount), 0) as amount, coalesce(sum(debt_delta), 0) as debt,
         coalesce(sum(amount) filter (where member_id = m.survivor_id), 0) as points,
         coalesce(sum(debt_delta) filter (where member_id = m.survivor_id), 0) as owed
       from entry where source_kind = 'MERGE' and source_id = m.id) e on true
     join lateral (select coalesce(sum(amount), 0) as growth,
         coalesce(sum(amount) filter (where member_id = m.survivor_id), 0) as grown
       from growth_entry where source_kind = 'MERGE' and source_id = m.id) g on true
     where m.status = 'MOVED' and (e.amount <> 0 or e.debt <> 0 or g.growth <> 0
       or e.points <> m.points or e.owed <> m.debt or g.grown <> m.growth)`,
  ),
  queryCheck(
    'I14',
    "a survivor's lot keeps funder, sale and time of the lot it goes on from",
    'points',
    'lot where origin_lot_id = id',
    `select s.member_id as member, s.id as lot from lot s
     where s.origin_lot_id = s.id and not exists (
       select from lot l join account a on a.member_id = l.member_id and a.merged_into is not null
       where l.id = s.id and l.member_id <> s.member_id and l.funder_id = s.funder_id and l.earned_at = s.earned_at
         and l.purchase_id is not distinct from s.purchase_id and l.issued >= s.issued)`,
  ),
];
