// I1, I6, I7 and I13: each ledger agrees with itself.
import { type Check, queryCheck } from './databases';

export const LEDGER_CHECKS: Check[] = [
  queryCheck(
    'I1',
    'every posting balances: debits = credits',
    'merchant-settlement',
    'posting',
    `select p.merchant_id, p.id as posting, coalesce(sum(l.debit_minor), 0) as debit, coalesce(sum(l.credit_minor), 0) as credit
     from posting p left join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id
     group by p.merchant_id, p.id having count(l.*) = 0 or sum(l.debit_minor) <> sum(l.credit_minor)`,
  ),
  queryCheck(
    'I1',
    'what was posted for a source is what its postings add up to',
    'merchant-settlement',
    'obligation',
    `select coalesce(o.merchant_id, l.merchant_id) as merchant, coalesce(o.source_id, l.source_id) as source,
       coalesce(o.account, l.account) as account, o.amount as due, l.amount as posted
     from (
       select merchant_id, source_id, p.key as account, sum(p.value::bigint) as amount
       from obligation, jsonb_each_text(posted) p group by 1, 2, 3
     ) o
     full join (
       select p.merchant_id, p.source_id, l.account, sum(l.debit_minor - l.credit_minor) as amount
       from posting p join posting_line l on l.merchant_id = p.merchant_id and l.posting_id = p.id
       where l.debit_minor + l.credit_minor > 0 group by 1, 2, 3
     ) l on l.merchant_id = o.merchant_id and l.source_id = o.source_id and l.account = o.account
     where coalesce(o.amount, 0) <> coalesce(l.amount, 0)`,
  ),
  queryCheck(
    'I1',
    "entries add up to the account's unspent points",
    'points',
    'account',
    `select a.member_id as member, a.pending + a.available + a.held as account, coalesce(e.amount, 0) as entries, a.debt, coalesce(e.debt, 0) as entries_debt
     from account a left join (select member_id, sum(amount) as amount, sum(debt_delta) as debt from entry group by member_id) e using (member_id)
     where a.pending + a.available + a.held <> coalesce(e.amount, 0) or a.debt <> coalesce(e.debt, 0)`,
  ),
  queryCheck(
    'I1',
    "lots add up to the account's pending, available and held",
    'points',
    'account',
    `select a.member_id as member, a.pending, coalesce(l.pending, 0) as lots_pending, a.available, coalesce(l.available, 0) as lots_available,
       a.held, coalesce(l.held, 0) as lots_held
     from account a left join (
       select member_id, sum(pending) as pending, sum(available) as available, sum(held) as held from lot group by member_id
     ) l using (member_id)
     where a.pending <> coalesce(l.pending, 0) or a.available <> coalesce(l.available, 0) or a.held <> coalesce(l.held, 0)`,
  ),
  queryCheck(
    'I1',
    'the lots that a debit was taken from add up to the debit',
    'points',
    'entry where amount < 0',
    `select e.member_id as member, e.id as entry, e.amount, coalesce(sum(l.amount), 0) as lots
     from entry e left join entry_lot l on l.member_id = e.member_id and l.entry_id = e.id
     where e.amount < 0 group by e.member_id, e.id, e.amount having abs(coalesce(sum(l.amount), 0)) <> -e.amount`,
  ),
  queryCheck(
    'I1',
    'what entries gave to a lot and took from it is what is left of it',
    'points',
    'lot',
    `select l.member_id as member, l.id as lot, l.issued - l.redeemed - l.expired - l.revoked as unspent, coalesce(p.amount, 0) as entries
     from lot l left join (select member_id, lot_id, sum(amount) as amount from entry_lot group by 1, 2) p
       on p.member_id = l.member_id and p.lot_id = l.id
     where l.issued - l.redeemed - l.expired - l.revoked <> coalesce(p.amount, 0)`,
  ),
  queryCheck(
    'I1',
    "growth entries add up to the account's growth",
    'points',
    'account',
    `select a.member_id as member, a.growth, coalesce(g.amount, 0) as entries
     from account a left join (select member_id, sum(amount) as amount from growth_entry group by member_id) g using (member_id)
     where a.growth <> coalesce(g.amount, 0)`,
  ),
  queryCheck(
    'I6',
    'coupons claimed + stock left = stock',
    'coupon',
    'coupon_template_version where stock is not null',
    `select v.template_id as template, v.version, v.stock, coalesce(s.stock_left, 0) as stock_left, coalesce(c.claimed, 0) as claimed
     from coupon_template_version v
     left join (select template_id, version, sum(stock_left) as stock_left, min(stock_left) as least from coupon_stock_slot group by 1, 2) s
       using (template_id, version)
     left join (select template_id, template_version as version, count(*) as claimed from coupon where cause = 'CLAIMED' group by 1, 2) c
       using (template_id, version)
     where v.stock is not null and (v.stock <> coalesce(s.stock_left, 0) + coalesce(c.claimed, 0) or s.least < 0)`,
  ),
  queryCheck(
    'I6',
    "nobody has claimed more than the template's limit, and claims are counted right",
    'coupon',
    'member_claim',
    `select m.member_id as member, m.template_id as template, m.claimed, c.coupons, t.claim_limit
     from member_claim m
     join lateral (select max(claim_limit) as claim_limit from coupon_template_version v where v.template_id = m.template_id) t on true
     join lateral (select count(*) as coupons from coupon c
       where c.member_id = m.member_id and c.template_id = m.template_id and c.cause = 'CLAIMED') c on true
     where m.claimed <> c.coupons or m.claimed > t.claim_limit`,
  ),
  queryCheck(
    'I7',
    'a redeemed coupon has one sale, and its basket names it',
    'coupon',
    `coupon where status in ('REDEEMED', 'LOCKED')`,
    `select c.member_id as member, c.id as coupon, c.status, c.purchase_id as sale, o.status as checkout
     from coupon c left join checkout o on o.id = c.checkout_id
     where (c.status = 'REDEEMED' and (o.id is null or o.status <> 'COMMITTED' or o.purchase_id <> c.purchase_id or not c.id = any(o.coupon_ids)))
        or (c.status = 'LOCKED' and (o.id is null or not c.id = any(o.coupon_ids)))`,
  ),
  queryCheck(
    'I7',
    'captured points are never more than were held',
    'points',
    'hold',
    `select h.member_id as member, h.id as hold, h.points, coalesce(sum(l.amount), 0) as lots from hold h
     left join hold_lot l on l.member_id = h.member_id and l.hold_id = h.id
     group by h.member_id, h.id, h.points having coalesce(sum(l.amount), 0) <> h.points`,
  ),
  queryCheck(
    'I13',
    "a lot's parts sum to what was issued, and none is negative",
    'points',
    'lot',
    `select member_id as member, id as lot, issued, pending, available, held, redeemed, expired, revoked from lot
     where issued <> pending + available + held + redeemed + expired + revoked
        or least(pending, available, held, redeemed, expired, revoked) < 0`,
  ),
];
