import {
  type Caller,
  type Database,
  orgNodeConsumer,
  PlatformTables1763769600000,
  requireTenant,
  type RequestContext,
  type ServiceDefinition,
  type Tx,
} from '@atrium/platform';
import type { CouponApp } from './api/app';
import type { CouponContext } from './api/context';
import { createLoaders } from './api/loaders';
import { buildCouponSubgraph } from './api/subgraph';
import type { CouponConfig } from './config';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onMembersMerged, onMembersMergeRequested } from './consumers/on-members-merge';
import { onPurchaseRecorded } from './consumers/on-purchase-recorded';
import { onPurchaseRefunded } from './consumers/on-purchase-refunded';
import { onTierChanged } from './consumers/on-tier-changed';
import { onTierLadderPublished } from './consumers/on-tier-ladder-published';
import { pointsDoor } from './events/points-requests';
import { expireCouponsJob } from './jobs/expire-coupons';
import { sweepCheckoutsJob } from './jobs/sweep-checkouts';
import { CheckoutDirectoryRow, CheckoutKeyRow, CheckoutRow, PurchaseRow } from './storage/checkout.entity';
import { CouponRow } from './storage/coupon.entity';
import { MemberClaimRow, MemberRow, TierChangeRow, TierGrantRow, TierLadderRow } from './storage/member.entity';
import { MergedMembers1763920000022 } from './storage/migrations/1763920000022-merged-members';
import { CouponTables1763769700000 } from './storage/migrations/coupon-tables';
import {
  CheckoutPolicyRow,
  CouponStockSlotRow,
  CouponTemplateRow,
  CouponTemplateVersionRow,
} from './storage/template.entity';
import { cancelCheckout } from './use-cases/cancel-checkout';
import { claimCoupon } from './use-cases/claim-coupon';
import { publishPolicy } from './use-cases/publish-policy';
import { pauseTemplate, publishTemplate } from './use-cases/publish-template';
import { quoteCheckout, reserveCheckout } from './use-cases/reserve-checkout';

/** The service's table of contents: the verbs, each bound to its transaction. */
export const couponService: ServiceDefinition<CouponConfig, CouponApp, CouponContext> = {
  name: 'coupon',
  entities: [
    CouponTemplateRow,
    CouponTemplateVersionRow,
    CouponStockSlotRow,
    CheckoutPolicyRow,
    TierLadderRow,
    MemberRow,
    TierChangeRow,
    MemberClaimRow,
    TierGrantRow,
    CouponRow,
    CheckoutRow,
    CheckoutDirectoryRow,
    CheckoutKeyRow,
    PurchaseRow,
  ],
  migrations: [PlatformTables1763769600000, CouponTables1763769700000, MergedMembers1763920000022],
  createApp: ({ db, bus, log }) => {
    const points = pointsDoor(bus.connection);
    const doors = { db, points };
    const within = <T>(caller: Caller, work: (tx: Tx) => Promise<T>) => db.inTransaction(requireTenant(caller), work);
    return {
      claimCoupon: (caller, command) => within(caller, (tx) => claimCoupon(tx, command)),
      quoteCheckout: (caller, basket) => quoteCheckout(doors, caller, basket),
      reserveCheckout: (caller, command) => reserveCheckout(doors, caller, command),
      cancelCheckout: async (caller, id) => {
        const result = await within(caller, (tx) => cancelCheckout(tx, caller, id));
        if (!result.ok) return result;
        const { checkout, released } = result.value;
        if (released && checkout.quote.pointsUsed > 0n) {
          // A courtesy, so that the points are back at once; the fact that was published does it in any case.
          await points
            .release(requireTenant(caller), checkout.id, checkout.memberId)
            .catch((error: unknown) => log.warn({ err: error }, 'points were not asked to release; the event will'));
        }
        return { ok: true, value: checkout };
      },
      publishTemplate: (caller, command) => within(caller, (tx) => publishTemplate(tx, caller, command)),
      pauseTemplate: (caller, command) => within(caller, (tx) => pauseTemplate(tx, caller, command)),
      publishPolicy: (caller, command) => within(caller, (tx) => publishPolicy(tx, caller, command)),
    };
  },
  buildSubgraph: buildCouponSubgraph,
  createContext: (request: RequestContext, app: CouponApp, db: Database): CouponContext => ({
    ...request,
    app,
    load: createLoaders(request.caller, db),
  }),
  consumers: () => [
    orgNodeConsumer('coupon'),
    onMemberRegistered,
    onTierLadderPublished,
    onTierChanged,
    onPurchaseRecorded,
    onPurchaseRefunded,
    onMembersMergeRequested,
    onMembersMerged,
  ],
  jobs: () => [sweepCheckoutsJob, expireCouponsJob],
  responders: () => [],
};
