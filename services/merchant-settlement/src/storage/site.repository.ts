import type { Tx } from '@atrium/platform';

/** Malls with a recording of their own, as the hub knows them. */

/** Gives a site's name to this mall unless another mall, of whatever group, has it. Whether it is this mall's. */
export async function claimSite(tx: Tx, name: string, mall: { groupId: string; id: string }): Promise<boolean> {
  await tx.query(`insert into site (name, group_id, mall_id) values ($1, $2, $3) on conflict do nothing`, [
    name,
    mall.groupId,
    mall.id,
  ]);
  return (await siteMallOf(tx, name)) === mall.id;
}

/** The mall that has a site's name, if it is of this group. */
export async function siteMallOf(tx: Tx, name: string): Promise<string | null> {
  const rows = await tx.prepared<{ id: string }>(
    'settlement.site.mall',
    `select mall_id as id from site where name = $1`,
    [name],
  );
  return rows[0]?.id ?? null;
}

/** Of all groups: in a system transaction. */
export const findAllMalls = (tx: Tx): Promise<{ groupId: string; id: string; code: string }[]> =>
  tx.query(`select group_id as "groupId", id, code from org_node where kind = 'MALL'`);

/** Of these refunds those that are this site's: it named them first, and the hub has none of that number. */
export async function claimSiteRefunds(tx: Tx, site: string, ids: readonly string[]): Promise<Set<string>> {
  await tx.prepared(
    'settlement.site-refund.claim',
    `insert into site_refund (group_id, refund_id, site)
     select $1, t.id, $3 from unnest($2::uuid[]) as t(id)
     where not exists (select 1 from refund_request r where r.id = t.id) order by t.id on conflict do nothing`,
    [tx.groupId, ids, site],
  );
  const rows = await tx.prepared<{ id: string }>(
    'settlement.site-refund.of',
    `select refund_id as id from site_refund where group_id = $1 and refund_id = any($2) and site = $3`,
    [tx.groupId, ids, site],
  );
  return new Set(rows.map(({ id }) => id));
}
