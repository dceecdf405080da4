import type { Tx } from '@atrium/platform';

export interface KnownMember {
  id: string;
  homeMallId: string | null;
  locale: string;
}

export async function saveMembers(tx: Tx, members: readonly KnownMember[]): Promise<void> {
  await tx.prepared(
    'messaging.member.save',
    `insert into member (group_id, id, home_mall_id, locale)
     select $1, m.id, m.home_mall_id, m.locale from unnest($2::uuid[], $3::uuid[], $4::text[]) as m(id, home_mall_id, locale)
     on conflict do nothing`,
    [tx.groupId, members.map((m) => m.id), members.map((m) => m.homeMallId), members.map((m) => m.locale)],
  );
}

/** The loser, and whoever led to her, leads to the survivor, or to whom the survivor leads. False when she is not known yet. */
export async function leadTo(tx: Tx, loserId: string, survivorId: string): Promise<boolean> {
  const rows = await tx.prepared(
    'messaging.member.lead',
    `update member set merged_into = coalesce((select s.merged_into from member s where s.id = $2), $2)
     where (id = $1 or merged_into = $1) and group_id = $3 returning 1`,
    [loserId, survivorId, tx.groupId],
  );
  return rows.length > 0;
}

/** By the id that was asked for; who was merged is the one whom she was merged into. */
export async function findMembers(tx: Tx, ids: readonly string[]): Promise<Map<string, KnownMember>> {
  const rows = await tx.prepared<KnownMember & { asked: string }>(
    'messaging.member.find',
    `select a.id as asked, m.id, m.home_mall_id as "homeMallId", m.locale
     from member a join member m on m.id = coalesce(a.merged_into, a.id) where a.group_id = $1 and a.id = any($2)`,
    [tx.groupId, [...new Set(ids)]],
  );
  return new Map(rows.map(({ asked, ...row }) => [asked, row]));
}

export interface TierName {
  code: string;
  names: Record<string, string>;
  version: bigint;
}

/** Keeps the names of the newest ladder, in whatever order ladders arrive. */
export async function saveTierNames(tx: Tx, tiers: readonly TierName[]): Promise<void> {
  await tx.prepared(
    'messaging.tier.save',
    `insert into tier_name (group_id, code, names, version)
     select distinct on (t.code) $1::uuid, t.code, t.names, t.version
     from unnest($2::text[], $3::jsonb[], $4::bigint[]) as t(code, names, version) order by t.code, t.version desc
     on conflict (group_id, code) do update set names = excluded.names, version = excluded.version
       where tier_name.version < excluded.version`,
    [tx.groupId, tiers.map((t) => t.code), tiers.map((t) => JSON.stringify(t.names)), tiers.map((t) => t.version)],
  );
}

export async function findTierNames(tx: Tx, codes: readonly string[]): Promise<Map<string, Record<string, string>>> {
  const rows = await tx.prepared<TierName>(
    'messaging.tier.find',
    `select code, names, version from tier_name where group_id = $1 and code = any($2)`,
    [tx.groupId, [...new Set(codes)]],
  );
  return new Map(rows.map(({ code, names }) => [code, names]));
}
