// Looking through the mall. A group's gifts are few (their number is limited), so words are looked for as they stand, which
// serves Chinese as well as English.
import type { Tx } from '@atrium/platform';
import { BAND_STARTS, type Gift, type GiftStatus } from '../domain/gift';
import { GIFT_COLUMNS, GIFT_TABLES, toGift } from './gift.repository';

export interface GiftFilter {
  /** Words that all must be there, as `searchable` writes them. */
  terms: readonly string[];
  category: string | null;
  tags: readonly string[];
  /** The cheapest price in points. */
  priceMax: bigint | null;
  /** A mall: its own gifts, its merchants' and the whole group's. */
  mallId: string | null;
  statuses: readonly GiftStatus[];
  /** Only what can be ordered at this instant. */
  onSaleAt: Date | null;
}

export type GiftSort = 'NEWEST' | 'POINTS_ASC' | 'POINTS_DESC';

/** A place in the list: what it is sorted by, and the id. */
export interface GiftPlace {
  key: bigint;
  id: string;
}

const NEWEST = `(extract(epoch from coalesce(g.published_at, g.updated_at)) * 1000)::bigint`;
const ORDER: Readonly<Record<GiftSort, { key: string; down: boolean }>> = {
  NEWEST: { key: NEWEST, down: true },
  POINTS_ASC: { key: 'g.least_points', down: false },
  POINTS_DESC: { key: 'g.least_points', down: true },
};

const escapeLike = (term: string): string => term.replace(/[\\%_]/g, '\\$&');

const CATEGORY = `($3::text is null or g.category = $3)`;
const TAGS = `g.tags @> $4::text[]`;
const PRICE = `($5::bigint is null or g.least_points <= $5)`;
const REST = `g.group_id = $1 and g.status = any($6::text[])
  and ($7::uuid is null or $7 = any(g.path) or cardinality(g.path) = 1)
  and ($8::timestamptz is null or (g.sale_from <= $8 and (g.sale_until is null or g.sale_until > $8)))
  and g.search_text like all ($9::text[])`;

const valuesOf = (tx: Tx, day: string, f: GiftFilter): unknown[] => [
  tx.groupId,
  day,
  f.category,
  f.tags,
  f.priceMax,
  f.statuses,
  f.mallId,
  f.onSaleAt,
  f.terms.map((term) => `%${escapeLike(term)}%`),
];

export async function searchGifts(
  tx: Tx,
  day: string,
  filter: GiftFilter,
  page: { sort: GiftSort; after: GiftPlace | null; limit: number },
): Promise<{ gift: Gift; place: GiftPlace }[]> {
  const { key, down } = ORDER[page.sort];
  const direction = down ? 'desc' : 'asc';
  const rows = await tx.prepared<Parameters<typeof toGift>[0] & { key: bigint }>(
    `points.gift.search.${page.sort}`,
    `select ${GIFT_COLUMNS}, ${key} as key from ${GIFT_TABLES}
     where ${REST} and ${CATEGORY} and ${TAGS} and ${PRICE}
       and ($10::bigint is null or (${key}, g.id) ${down ? '<' : '>'} ($10, $11::uuid))
     order by ${key} ${direction}, g.id ${direction} limit $12`,
    [...valuesOf(tx, day, filter), page.after?.key ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(({ key: at, ...row }) => ({ gift: toGift(row), place: { key: at, id: row.id } }));
}

export interface GiftCount {
  facet: 'CATEGORY' | 'TAG' | 'BAND' | 'TOTAL';
  value: string;
  count: number;
}

/** Most frequent first. */
export const FACET_MAX = 20;

/** How many gifts each choice would leave; a facet ignores its own condition, so that another choice can be made. */
export async function countFacets(tx: Tx, day: string, filter: GiftFilter): Promise<GiftCount[]> {
  return tx.prepared<GiftCount>(
    'points.gift.facets',
    `with g as materialized (select category, tags, least_points from gift g where ${REST} and $2::text is not null),
     counted as (
       select 'TOTAL' as facet, '' as value, count(*)::int as count from g where ${CATEGORY} and ${TAGS} and ${PRICE}
       union all select 'CATEGORY', category, count(*)::int from g where ${TAGS} and ${PRICE} group by category
       union all select 'TAG', tag, count(*)::int from g cross join lateral unnest(g.tags) as tag
         where ${CATEGORY} and ${PRICE} group by tag
       union all select 'BAND', width_bucket(least_points, $10::bigint[])::text, count(*)::int from g
         where ${CATEGORY} and ${TAGS} group by 2)
     select facet, value, count from
       (select *, row_number() over (partition by facet order by count desc, value) as place from counted) ranked
     where place <= ${FACET_MAX} order by facet, place`,
    [...valuesOf(tx, day, filter), BAND_STARTS],
  );
}
