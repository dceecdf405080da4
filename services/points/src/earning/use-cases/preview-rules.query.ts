// Whom a change of rules affects: the group's latest sales rated by the rules in force and by those that are wanted.
import { ok, type Points, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { countMembers } from '../../ledger/storage/member.repository';
import { findBirthdays } from '../storage/birthday.repository';
import { findLatestSales } from '../storage/sale.repository';
import { type BookRefusal, openBooks, type RuleChanges } from './preview-book';
import { asRatable, preview } from './preview-points.query';

export interface BeforeAfter {
  before: Points;
  after: Points;
}

export interface RulesEffect {
  members: bigint;
  sales: number;
  changed: number;
  membersChanged: number;
  from: Date | null;
  to: Date | null;
  points: BeforeAfter;
  growth: BeforeAfter;
  merchants: { merchantId: string; sales: number; points: BeforeAfter }[];
}

export async function previewRules(
  tx: Tx,
  changes: Omit<RuleChanges, 'anyTime'>,
  sample: number,
): Promise<Result<RulesEffect, BookRefusal>> {
  const books = await openBooks(tx, { ...changes, anyTime: true });
  if (!books.ok) return books;
  const { inForce, changed } = books.value;
  const sales = await findLatestSales(tx, sample);
  const birthdays = await findBirthdays(tx, [...new Set(sales.map(({ memberId }) => memberId))]);
  const effect: RulesEffect = {
    ...{ members: await countMembers(tx), sales: sales.length, changed: 0, membersChanged: 0 },
    ...{ from: sales.at(-1)?.occurredAt ?? null, to: sales[0]?.occurredAt ?? null },
    ...{ points: { before: 0n, after: 0n }, growth: { before: 0n, after: 0n }, merchants: [] },
  };
  const merchants = new Map<string, RulesEffect['merchants'][number]>();
  const members = new Set<string>();
  for (const sale of sales) {
    const facts = asRatable(sale, inForce);
    const about = { tier: sale.inputs.tier, birthday: birthdays.get(sale.memberId) ?? null };
    const [before, after] = [preview(inForce, facts, about), preview(changed, facts, about)];
    add(effect.points, before.points, after.points);
    add(effect.growth, before.growth, after.growth);
    if (before.points === after.points && before.growth === after.growth) continue;
    effect.changed += 1;
    members.add(sale.memberId);
    const merchant = merchants.get(sale.merchantId) ?? {
      ...{ merchantId: sale.merchantId, sales: 0, points: { before: 0n, after: 0n } },
    };
    merchants.set(sale.merchantId, merchant);
    merchant.sales += 1;
    add(merchant.points, before.points, after.points);
  }
  effect.membersChanged = members.size;
  effect.merchants = [...merchants.values()].sort(
    (a, b) => b.sales - a.sales || (a.merchantId < b.merchantId ? -1 : 1),
  );
  return ok(effect);
}

function add(sum: BeforeAfter, before: Points, after: Points): void {
  sum.before += before;
  sum.after += after;
}
