import { formatMinor } from '@atrium/kernel';
import { canAnywhere, make, PublicError, requireTenant, toMoneyType } from '@atrium/platform';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { reachOf, tillPathOf } from './access';
import type { SettlementContext } from './context';
import { toPurchase, toRefund } from './present';
import { PurchaseConflictError } from './record-purchase.type';
import {
  RefundExceedsPurchaseError,
  RefundParked,
  RefundPurchaseInput,
  RefundPurchaseResult,
  RefundPurchaseSuccess,
} from './refund-purchase.type';
import { invalidInput, refuse } from './refusals';

@Resolver()
export class RefundPurchaseMutation {
  @Mutation(() => RefundPurchaseResult, {
    description: 'Gives back a part or the whole of a sale; identified for ever by (sourceSystem, externalId).',
  })
  async refundPurchase(
    @Arg('input', () => RefundPurchaseInput) input: RefundPurchaseInput,
    @Ctx() ctx: SettlementContext,
  ): Promise<typeof RefundPurchaseResult> {
    const { caller, locale } = ctx;
    const groupId = requireTenant(caller);
    const forbidden = new PublicError('FORBIDDEN', 'This needs the permission purchase:refund here.');
    if (!canAnywhere(caller, 'purchase:refund')) throw forbidden;
    const reach = reachOf(caller, 'purchase:refund', await tillPathOf(ctx));
    const result = await ctx.app.refundPurchase(groupId, {
      ...input,
      lines: input.lines ?? null,
      pointsDeduction: input.pointsDeduction ?? null,
      reach,
    });
    if (result.ok) {
      if (result.value.state === 'PARKED') {
        return make(RefundParked, { externalId: input.externalId, until: result.value.until });
      }
      const { purchase, refund, duplicate } = result.value;
      return make(RefundPurchaseSuccess, {
        purchase: toPurchase(purchase, groupId),
        refund: toRefund(refund, purchase.currency),
        duplicate,
      });
    }
    const refusal = result.error;
    switch (refusal.code) {
      case 'INVALID':
        return invalidInput(locale, refusal.reason, refusal.path);
      case 'CONFLICT':
        return refuse(PurchaseConflictError, 'PURCHASE_CONFLICT', locale, {
          purchase: toPurchase(refusal.purchase, groupId),
        });
      case 'EXCEEDS': {
        const left = toMoneyType(refusal.leftMinor, refusal.currency);
        const text = `${formatMinor(refusal.leftMinor, refusal.currency)} ${refusal.currency}`;
        return refuse(RefundExceedsPurchaseError, 'REFUND_EXCEEDS_PURCHASE', locale, { left }, { left: text });
      }
      case 'OUT_OF_REACH':
        throw forbidden;
    }
  }
}
