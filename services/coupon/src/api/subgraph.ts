import { buildSubgraph, type Subgraph } from '@atrium/platform';
import { CheckoutResolver, CheckoutStepResolver } from './checkout.resolver';
import { CouponResolver } from './coupon.resolver';
import { MemberResolver, resolveMember } from './member.reference';
import { PurchaseResolver, resolveCheckout, resolvePurchase } from './purchase.reference';
import { TemplateResolver } from './template.resolver';

export const buildCouponSubgraph = (): Promise<Subgraph> =>
  buildSubgraph({
    resolvers: [
      CouponResolver,
      CheckoutResolver,
      CheckoutStepResolver,
      MemberResolver,
      PurchaseResolver,
      TemplateResolver,
    ],
    references: { Member: resolveMember, Purchase: resolvePurchase, Checkout: resolveCheckout },
  });
