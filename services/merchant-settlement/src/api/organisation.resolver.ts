import { can, pageOf, PublicError, toConnection, toMoneyType } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { readPostings } from '../use-cases/ledger.query';
import { listMalls, type OrgNode } from '../use-cases/organisation.query';
import type { SettlementContext } from './context';
import { ContractType } from './contract.type';
import { MallType, MerchantBalanceType, MerchantType, StoreType } from './organisation.type';
import { PostingConnection } from './posting.type';
import { toContract, toMall, toMerchant, toPosting, toStore } from './present';

/** A node of one kind in the caller's group: names are for everybody who is signed in. */
export async function nodeOf({ load }: SettlementContext, id: string, kind: OrgNode['kind']): Promise<OrgNode | null> {
  const node = await load.node.load(id.toLowerCase());
  return node?.kind === kind ? node : null;
}

async function parentOf(ctx: SettlementContext, id: string | undefined, kind: OrgNode['kind']): Promise<OrgNode> {
  const node = id === undefined ? null : await nodeOf(ctx, id, kind);
  if (!node) throw new Error(`a node has no ${kind.toLowerCase()} above it`);
  return node;
}

function requireSettlement(ctx: SettlementContext, path: readonly string[]): void {
  if (!can(ctx.caller, 'settlement:read', path)) {
    throw new PublicError('FORBIDDEN', 'This needs the permission settlement:read here.');
  }
}

@Resolver(() => MallType)
export class MallResolver {
  @Query(() => [MallType], { description: "The malls of the caller's group." })
  async malls(@Ctx() ctx: SettlementContext): Promise<MallType[]> {
    return ctx.caller.groupId === null ? [] : (await ctx.load.read(listMalls)).map(toMall);
  }

  @Query(() => MallType, { nullable: true })
  async mall(@Arg('id', () => ID) id: string, @Ctx() ctx: SettlementContext): Promise<MallType | null> {
    const node = await nodeOf(ctx, id, 'MALL');
    return node && toMall(node);
  }

  @FieldResolver(() => [MerchantType])
  async merchants(@Root() mall: MallType, @Ctx() ctx: SettlementContext): Promise<MerchantType[]> {
    return (await ctx.load.children.load(mall.id)).map(toMerchant);
  }
}

@Resolver(() => MerchantType)
export class MerchantResolver {
  @Query(() => MerchantType, { nullable: true })
  async merchant(@Arg('id', () => ID) id: string, @Ctx() ctx: SettlementContext): Promise<MerchantType | null> {
    const node = await nodeOf(ctx, id, 'MERCHANT');
    return node && toMerchant(node);
  }

  @FieldResolver(() => MallType)
  async mall(@Root() merchant: MerchantType, @Ctx() ctx: SettlementContext): Promise<MallType> {
    return toMall(await parentOf(ctx, merchant.path[1], 'MALL'));
  }

  @FieldResolver(() => [StoreType])
  async stores(@Root() merchant: MerchantType, @Ctx() ctx: SettlementContext): Promise<StoreType[]> {
    return (await ctx.load.children.load(merchant.id)).map(toStore);
  }

  @FieldResolver(() => MerchantBalanceType)
  async balance(@Root() merchant: MerchantType, @Ctx() ctx: SettlementContext): Promise<MerchantBalanceType> {
    requireSettlement(ctx, merchant.path);
    const sums = await ctx.load.balance.load(merchant.id);
    const receivable = sums?.receivableMinor ?? 0n;
    const payable = sums?.payableMinor ?? 0n;
    const show = (amount: bigint) => toMoneyType(amount, merchant.currency);
    return { receivable: show(receivable), payable: show(payable), net: show(receivable - payable) };
  }

  @FieldResolver(() => PostingConnection, { description: 'Newest first.' })
  async postings(
    @Root() merchant: MerchantType,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() ctx: SettlementContext,
  ): Promise<InstanceType<typeof PostingConnection>> {
    requireSettlement(ctx, merchant.path);
    const page = pageOf(first ?? 20, after);
    const rows = await ctx.load.read((tx) => readPostings(tx, merchant.id, page));
    return toConnection(rows, page, ({ postedAt, id }) => ({ at: postedAt, id }), toPosting);
  }

  @FieldResolver(() => [ContractType], { description: "The versions of the merchant's own terms, oldest first." })
  async contracts(@Root() merchant: MerchantType, @Ctx() ctx: SettlementContext): Promise<ContractType[]> {
    if (!can(ctx.caller, 'contract:read', merchant.path)) {
      throw new PublicError('FORBIDDEN', 'This needs the permission contract:read here.');
    }
    return (await ctx.load.contracts.load(merchant.id)).map(toContract);
  }
}

@Resolver(() => StoreType)
export class StoreResolver {
  @Query(() => StoreType, { nullable: true })
  async store(@Arg('id', () => ID) id: string, @Ctx() ctx: SettlementContext): Promise<StoreType | null> {
    const node = await nodeOf(ctx, id, 'STORE');
    return node && toStore(node);
  }

  @FieldResolver(() => MerchantType)
  async merchant(@Root() store: StoreType, @Ctx() ctx: SettlementContext): Promise<MerchantType> {
    return toMerchant(await parentOf(ctx, store.path[2], 'MERCHANT'));
  }
}
