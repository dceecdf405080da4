import { can, make, PublicError } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { purchaseIdOf } from '../use-cases/record-purchases';
import { maySeePurchase } from './access';
import type { SettlementContext } from './context';
import { MemberStub } from './member.reference';
import { nodeOf } from './organisation.resolver';
import { StoreType } from './organisation.type';
import { PostingType } from './posting.type';
import { toPosting, toPurchase, toPurchaseLine, toStore } from './present';
import { PurchaseLineType, PurchaseType } from './purchase.type';

const MAX_AT_ONCE = 100;

/** A sale of the caller's group, if the caller may see it. */
export async function visiblePurchase(ctx: SettlementContext, id: string): Promise<PurchaseType | null> {
  const { groupId } = ctx.caller;
  const row = groupId === null ? null : await ctx.load.purchase.load(id.toLowerCase());
  if (!row || groupId === null) return null;
  const purchase = toPurchase(row, groupId);
  return (await maySeePurchase(ctx, purchase.path, row.memberId)) ? purchase : null;
}

@Resolver(() => PurchaseType)
export class PurchaseResolver {
  @Query(() => PurchaseType, { nullable: true })
  purchase(@Arg('id', () => ID) id: string, @Ctx() ctx: SettlementContext): Promise<PurchaseType | null> {
    return visiblePurchase(ctx, id);
  }

  @Query(() => PurchaseType, { nullable: true, description: 'A purchase by the number its source gave it.' })
  async purchaseByExternalId(
    @Arg('sourceSystem', () => String) sourceSystem: string,
    @Arg('externalId', () => String) externalId: string,
    @Ctx() ctx: SettlementContext,
  ): Promise<PurchaseType | null> {
    const { groupId } = ctx.caller;
    return groupId === null ? null : visiblePurchase(ctx, purchaseIdOf(groupId, sourceSystem, externalId));
  }

  @Query(() => [PurchaseType], {
    nullable: 'items',
    description:
      'Up to 100 purchases by the numbers that one source gave them, in the order asked for; null for those that are not there or not for the caller. For imports that look at what became of their sales.',
  })
  async purchasesByExternalIds(
    @Arg('sourceSystem', () => String) sourceSystem: string,
    @Arg('externalIds', () => [String]) externalIds: string[],
    @Ctx() ctx: SettlementContext,
  ): Promise<(PurchaseType | null)[]> {
    if (externalIds.length > MAX_AT_ONCE) {
      throw new PublicError('BAD_REQUEST', `At most ${MAX_AT_ONCE} purchases at once.`);
    }
    const { groupId } = ctx.caller;
    if (groupId === null) return externalIds.map(() => null);
    return Promise.all(externalIds.map((id) => visiblePurchase(ctx, purchaseIdOf(groupId, sourceSystem, id))));
  }

  @FieldResolver(() => StoreType)
  async store(@Root() purchase: PurchaseType, @Ctx() ctx: SettlementContext): Promise<StoreType> {
    const node = await nodeOf(ctx, purchase.storeId, 'STORE');
    if (!node) throw new Error('a sale has no store');
    return toStore(node);
  }

  @FieldResolver(() => MemberStub, { nullable: true })
  member(@Root() purchase: PurchaseType): MemberStub | null {
    return purchase.memberId === null ? null : make(MemberStub, { id: purchase.memberId });
  }

  @FieldResolver(() => [PurchaseLineType])
  async lines(@Root() purchase: PurchaseType, @Ctx() ctx: SettlementContext): Promise<PurchaseLineType[]> {
    return (await ctx.load.lines.load(purchase.id)).map((line) => toPurchaseLine(line, purchase.currency));
  }

  @FieldResolver(() => [PostingType], {
    nullable: true,
    description: 'What the sale obliges mall and merchant to; null for those who may not see settlement.',
  })
  async postings(@Root() purchase: PurchaseType, @Ctx() ctx: SettlementContext): Promise<PostingType[] | null> {
    if (!can(ctx.caller, 'settlement:read', purchase.path.slice(0, 3))) return null;
    return (await ctx.load.postings.load({ id: purchase.id, merchantId: purchase.merchantId })).map(toPosting);
  }
}

@Resolver(() => PostingType)
export class PostingResolver {
  @FieldResolver(() => PurchaseType, { nullable: true })
  async purchase(@Root() posting: PostingType, @Ctx() ctx: SettlementContext): Promise<PurchaseType | null> {
    return posting.purchaseId === null ? null : visiblePurchase(ctx, posting.purchaseId);
  }
}
