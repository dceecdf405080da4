import { isUuid, parseWhole } from '@atrium/kernel';
import {
  can,
  canAnywhere,
  type Connection,
  make,
  PageInfo,
  PointsAmountScalar,
  PublicError,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { searchTermsOf } from '../domain/gift';
import type { GiftPlace, GiftSearch } from '../use-cases/gifts.query';
import {
  Gift,
  GiftChange,
  GiftConnectionType,
  GiftFacet,
  GiftFacets,
  GiftPriceBand,
  GiftRedeemability,
  GiftRefusalEnum,
  GiftSortEnum,
  GiftStatusEnum,
  toGift,
} from './gift.type';
import { REASONS } from './texts';

@ObjectType('GiftSearchConnection', { description: 'A page of gifts, and what the search could be narrowed to.' })
export class GiftSearchConnection extends GiftConnectionType {
  search: GiftSearch;
}

const SEARCH_MAX = 200;
const TAGS_MAX = 10;
const FIRST_MAX = 100;
const CHANGES_MAX = 100;

@Resolver(() => GiftSearchConnection)
export class GiftFacetsResolver {
  @FieldResolver(() => GiftFacets, { description: 'Counted over everything that fits, not over this page.' })
  async facets(@Root() { search }: GiftSearchConnection, @Ctx() { app, caller }: PointsContext): Promise<GiftFacets> {
    const { total, categories, tags, bands } = await app.giftFacets(caller, search);
    return make(GiftFacets, {
      total,
      categories: categories.map((each) => make(GiftFacet, each)),
      tags: tags.map((each) => make(GiftFacet, each)),
      priceBands: bands.map((each) => make(GiftPriceBand, each)),
    });
  }
}

@Resolver(() => Gift)
export class GiftResolver {
  @Query(() => GiftSearchConnection, {
    description: 'The points mall. Members see what is on offer now; staff who may read them may ask for other states.',
  })
  async gifts(
    @Arg('search', () => String, { nullable: true, description: 'Words in zh-CN or en; all must be there.' })
    search: string | null,
    @Arg('category', () => String, { nullable: true }) category: string | null,
    @Arg('tags', () => [String], { nullable: true, description: 'All must be there.' }) tags: string[] | null,
    @Arg('priceMax', () => PointsAmountScalar, { nullable: true, description: 'Of the lowest price.' })
    priceMax: bigint | null,
    @Arg('affordableOnly', () => Boolean, { nullable: true, description: "Within the signed-in member's points." })
    affordableOnly: boolean | null,
    @Arg('mallId', () => ID, { nullable: true, description: "The mall's gifts and those of the whole group." })
    mallId: string | null,
    @Arg('statuses', () => [GiftStatusEnum], { nullable: true, description: 'For staff who may read gifts.' })
    statuses: GiftStatusEnum[] | null,
    @Arg('sort', () => GiftSortEnum, { nullable: true, defaultValue: GiftSortEnum.NEWEST }) sort: GiftSortEnum | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<GiftSearchConnection> {
    requireTenant(caller);
    if (statuses && !canAnywhere(caller, 'gift:read')) {
      throw new PublicError('FORBIDDEN', 'This needs the permission gift:read here.');
    }
    if ((search?.length ?? 0) > SEARCH_MAX) throw new PublicError('BAD_REQUEST', '`search` is too long.');
    if ((tags?.length ?? 0) > TAGS_MAX) throw new PublicError('BAD_REQUEST', 'Too many `tags`.');
    const wanted: GiftSearch = {
      terms: searchTermsOf((search ?? '').replaceAll('\0', '')),
      category: category ?? null,
      tags: tags ?? [],
      priceMax: priceMax ?? null,
      mallId: mallId ? (isUuid(mallId) ? mallId : NOWHERE) : null,
      statuses: statuses ?? ['PUBLISHED'],
      onSale: !statuses,
      affordableFor: affordableOnly ? caller.memberId : null,
    };
    const size = first ?? 20;
    if (size < 1 || size > FIRST_MAX)
      throw new PublicError('BAD_REQUEST', `\`first\` must be between 1 and ${FIRST_MAX}.`);
    const page = { sort: sort ?? GiftSortEnum.NEWEST, after: after ? decode(after) : null, limit: size + 1 };
    const found = await app.gifts(caller, wanted, page);
    const edges = found
      .slice(0, size)
      .map(({ gift, place }) => ({ cursor: encode(place), node: toGift(gift, locale) }));
    const pageInfo: Connection<Gift>['pageInfo'] = make(PageInfo, {
      hasNextPage: found.length > size,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    });
    return make(GiftSearchConnection, { edges, pageInfo, search: wanted });
  }

  @Query(() => Gift, { nullable: true, description: 'One gift. Drafts are for staff who may read them.' })
  async gift(@Arg('id', () => ID) id: string, @Ctx() { app, caller, locale }: PointsContext): Promise<Gift | null> {
    requireTenant(caller);
    const view = isUuid(id) ? await app.gift(caller, id) : null;
    if (!view || (view.status === 'DRAFT' && !can(caller, 'gift:read', view.path))) return null;
    return toGift(view, locale);
  }

  @FieldResolver(() => GiftRedeemability, { description: 'For the signed-in member, at this moment.' })
  async redeemability(@Root() gift: Gift, @Ctx() { caller, load, locale }: PointsContext): Promise<GiftRedeemability> {
    const reason = caller.kind === 'MEMBER' ? await load.unredeemable.load(gift.view) : ('NOT_A_MEMBER' as const);
    return make(GiftRedeemability, {
      redeemable: reason === null,
      reason: reason === null ? null : GiftRefusalEnum[reason],
      message: reason === null ? null : REASONS[GiftRefusalEnum[reason]][locale],
    });
  }

  @FieldResolver(() => [GiftChange], {
    description: 'Who changed it and its stock, newest first, for who may read it.',
  })
  async changes(
    @Root() gift: Gift,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<GiftChange[]> {
    requirePermission(caller, 'gift:read', gift.view.path);
    const size = first ?? 20;
    if (size < 1 || size > CHANGES_MAX)
      throw new PublicError('BAD_REQUEST', `\`first\` must be between 1 and ${CHANGES_MAX}.`);
    return (await app.giftChanges(caller, gift.id, size)).map(({ detail, id, kind, actor, reason, changedAt }) =>
      make(GiftChange, { id, kind, actor, reason, changedAt, delta: detail['delta'] ? BigInt(detail['delta']) : null }),
    );
  }
}

/** The id of no mall: gifts of the whole group are shown all the same. */
const NOWHERE = '00000000-0000-0000-0000-000000000000';

const encode = ({ key, id }: GiftPlace): string => Buffer.from(`${key}|${id}`).toString('base64url');

function decode(cursor: string): GiftPlace {
  const [key = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const place = parseWhole(key);
  if (place === null || !isUuid(id)) {
    throw new PublicError('BAD_REQUEST', '`after` must be a cursor that an earlier page gave.');
  }
  return { key: place, id };
}
