// What everybody can see of a story, and what its rows must keep, against what the model says.
import { invariantsOf } from './invariants';
import { MEMBERS } from './story';
import type { TenantModel } from './tenant-model';
import type { Tenant } from './world';

export async function compare(tenant: Tenant, model: TenantModel, sales: readonly { readonly id: string }[]) {
  const { world, caller, groupId } = tenant;
  const { rows } = (await world.admin.dataSource
    .query(
      `select json_build_object(
       'sales', (select json_object_agg(purchase_id, json_build_array(debt::text, waived::text, covered::text))
                 from purchase_earn where group_id = $1),
       'budgets', (select json_object_agg(rule_id, spent::text) from campaign_budget where group_id = $1)) as rows`,
      [groupId],
    )
    .then(([row]) => row as unknown)) as { rows: Rows };
  const totals = await world.app.purchasePoints(
    caller,
    sales.map(({ id }) => id),
  );
  for (const { id } of sales) {
    const { earned, reversed, redeemed, growth } = totals.get(id) ?? {};
    const [debt, waived, covered] = rows.sales?.[id]?.map(BigInt) ?? [];
    const told = { id, earned, reversed, redeemed, growth, debt, waived, covered };
    expect(told).toEqual({ id, ...model.totals(id) });
  }
  for (const { id, code } of model.rules.campaigns) {
    expect([code, BigInt(rows.budgets?.[id] ?? 0)]).toEqual([code, model.spent.get(code) ?? 0n]);
  }
  const ids = MEMBERS.map((name) => tenant.id(name));
  const accounts = await world.app.accounts(caller, ids);
  for (const name of MEMBERS) {
    const memberId = tenant.id(name);
    expect(accounts.get(memberId)).toEqual({ memberId, ...model.member(name).balances() });
    const ends = await world.app.expiringPoints(caller, memberId, new Date('2100-01-01'));
    const told = new Map(ends.map(({ expiresAt, amount }) => [expiresAt.getTime(), amount]));
    expect({ name, ends: sorted(told) }).toEqual({ name, ends: sorted(model.member(name).ends()) });
  }
  expect(await invariantsOf(world.admin, groupId)).toEqual([]);
}

interface Rows {
  readonly sales: Readonly<Record<string, readonly string[]>> | null;
  readonly budgets: Readonly<Record<string, string>> | null;
}

const sorted = (ends: Map<number, bigint>) => [...ends].filter(([, points]) => points > 0n).sort(([a], [b]) => a - b);

/** The lots on both sides, for whoever has to find out why they differ. */
export async function picture(
  { world, groupId, id }: Pick<Tenant, 'world' | 'groupId'> & { id: (name: string) => string },
  model: TenantModel,
  sales: readonly { readonly id: string }[],
): Promise<string> {
  const names = new Map(sales.map((sale, i) => [sale.id, `S${i + 1}`]));
  const time = (at: Date | number | null) => (at === null ? '-' : new Date(at).toISOString().slice(5, 16));
  const lines: string[] = [];
  for (const name of MEMBERS) {
    const rows: Row[] = await world.admin.dataSource.query(
      'select * from lot where group_id = $1 and member_id = $2 order by id',
      [groupId, id(name)],
    );
    lines.push(`${name}: lots of the service, then of the model`);
    for (const lot of rows) {
      const ends = [lot.earned_at, lot.available_at, lot.expires_at].map(time);
      lines.push(`  ${[names.get(lot.purchase_id) ?? 'other', ...ends, ...PARTS.map((part) => lot[part])].join(' ')}`);
    }
    for (const lot of model.member(name).lots) {
      const ends = [lot.earnedAt, lot.availableAt, lot.expiresAt].map(time);
      lines.push(`  ${[names.get(lot.from) ?? 'other', ...ends, ...PARTS.map((part) => lot[part])].join(' ')} (model)`);
    }
  }
  return lines.join('\n');
}

const PARTS = ['pending', 'available', 'held', 'redeemed', 'expired', 'revoked'] as const;
type Row = Record<(typeof PARTS)[number] | 'purchase_id', string> &
  Record<'earned_at' | 'available_at' | 'expires_at', Date | null>;
