// The invariants of the ledger, by the rows alone: what is wrong, by the name of the invariant.
import type { Database } from '@atrium/platform';

const CHECKS: Readonly<Record<string, string>> = {
  'I1 parts of a lot sum to what was issued': `
    select id from lot where group_id = $1 and issued <> pending + available + held + redeemed + expired + revoked`,
  'I2 balances are the sums of the lots, and of the entries': `
    select a.member_id from account a
      left join (select member_id, sum(pending) as p, sum(available) as a, sum(held) as h from lot where group_id = $1 group by 1) l
        using (member_id)
      left join (select member_id, sum(amount) as unspent, sum(debt_delta) as debt from entry where group_id = $1 group by 1) e
        using (member_id)
      left join (select member_id, sum(amount) as growth from growth_entry where group_id = $1 group by 1) g using (member_id)
    where a.group_id = $1 and (a.pending <> coalesce(l.p, 0) or a.available <> coalesce(l.a, 0) or a.held <> coalesce(l.h, 0)
      or a.pending + a.available + a.held <> coalesce(e.unspent, 0) or a.debt <> coalesce(e.debt, 0)
      or a.growth <> coalesce(g.growth, 0))`,
  'I3 no part is below zero': `
    select id from lot where group_id = $1 and least(pending, available, held, redeemed, expired, revoked) < 0`,
  'I5 what is wholly refunded leaves nothing': `
    select purchase_id from purchase_earn where group_id = $1 and fully_refunded
      and (earned <> reversed or growth_earned <> growth_reversed)`,
  'I6 not more is redeemed than issued': `
    select 1 from lot where group_id = $1 having sum(redeemed) > sum(issued)`,
  'I7 a hold is of the points that its lots gave': `
    select h.id from hold h left join (select member_id, hold_id, sum(amount) as given from hold_lot group by 1, 2) l
      on l.member_id = h.member_id and l.hold_id = h.id
    where h.group_id = $1 and h.points <> coalesce(l.given, 0) and h.status = 'HELD'`,
  'I7 what lots hold is what open holds hold': `
    select l.member_id from lot l left join (
        select p.member_id, p.lot_id, sum(p.amount) as held from hold_lot p
          join hold h on h.member_id = p.member_id and h.id = p.hold_id and h.status = 'HELD' group by 1, 2) o
      on o.member_id = l.member_id and o.lot_id = l.id
    where l.group_id = $1 and l.held <> coalesce(o.held, 0)`,
  'debt and available points are never there together': `
    select member_id from account where group_id = $1 and debt > 0 and available > 0`,
};

export async function invariantsOf(admin: Database, groupId: string): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, query] of Object.entries(CHECKS)) {
    if ((await admin.dataSource.query(query, [groupId])).length > 0) broken.push(name);
  }
  return broken;
}
