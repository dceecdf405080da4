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

export async function findMembers(tx: Tx, ids: readonly string[]): Promise<Map<string, KnownMember>> {
  const rows = await tx.prepared<KnownMember>(
    'messaging.member.find',
    `select id, home_mall_id as "homeMallId", locale from member where group_id = $1 and id = any($2)`,
    [tx.groupId, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
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
