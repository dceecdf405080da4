import { canAnywhere, isSelf, make } from '@atrium/platform';
import type { SettlementContext } from './context';
import { MemberStub } from './member.reference';
import { nodeOf } from './organisation.resolver';
import { toMall, toMerchant, toStore } from './present';
import { visiblePurchase } from './purchase.resolver';

interface Reference {
  id: string;
}

/** How other subgraphs reach what this one owns or adds to. What is of another group, or not for the caller, is not there. */
export const references = {
  Mall: async ({ id }: Reference, ctx: SettlementContext) => {
    const node = await nodeOf(ctx, id, 'MALL');
    return node && toMall(node);
  },
  Merchant: async ({ id }: Reference, ctx: SettlementContext) => {
    const node = await nodeOf(ctx, id, 'MERCHANT');
    return node && toMerchant(node);
  },
  Store: async ({ id }: Reference, ctx: SettlementContext) => {
    const node = await nodeOf(ctx, id, 'STORE');
    return node && toStore(node);
  },
  Purchase: ({ id }: Reference, ctx: SettlementContext) => visiblePurchase(ctx, id),
  Member: async ({ id }: Reference, ctx: SettlementContext) => {
    if (isSelf(ctx.caller, id)) return make(MemberStub, { id });
    if (!canAnywhere(ctx.caller, 'purchase:read')) return null;
    return (await ctx.load.memberKnown.load(id)) ? make(MemberStub, { id }) : null;
  },
};
