// Points as payment: quote, hold, capture, release, extend; spent at once and given back; for checkouts and for orders.
import { type Caller, type Page, requireTenant } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { HoldPointsMutation } from './api/hold-points.mutation';
import { PointsAccountHoldsResolver } from './api/points-account-holds.resolver';
import { QuotePointsQuery } from './api/quote-points.query';
import { RedeemPointsMutation } from './api/redeem-points.mutation';
import { SettleHoldMutation } from './api/settle-hold.mutation';
import { onCheckoutReleased } from './consumers/on-checkout-released';
import { holdResponder, quoteResponder, releaseResponder } from './consumers/points-requests';
import { RedemptionRow } from './storage/redemption.entity';
import { holdPoints } from './use-cases/hold-points';
import { holdOrders } from './use-cases/hold-orders';
import { holds, spendingPlace } from './use-cases/holds.query';
import { type Basket, quotePoints } from './use-cases/quote-points';
import { redeemPoints } from './use-cases/redeem-points';
import { releasePoints } from './use-cases/release-points';
import { reverseRedemptions } from './use-cases/reverse-redemptions';
import { captureHolds, extendHolds, releaseHolds } from './use-cases/settle-holds';

/** A verb over a batch, as one caller of the API asks it. */
const asked =
  <C, R>(verb: (groupId: string, command: C) => Promise<R>) =>
  (caller: Caller, command: C): Promise<R> =>
    verb(requireTenant(caller), command);
const ownerOf = ({ memberId }: { memberId: string }): string => memberId;

const verbs = ({ tenant, together, asked: read }: Transactions) => ({
  quotePoints: (groupId: string, basket: Basket) => tenant(groupId, (tx) => quotePoints(tx, basket)),
  holdPoints: together(holdPoints, ({ basket }) => basket.memberId),
  releasePoints: together(releasePoints, ownerOf),
  holdForOrder: asked(together(holdOrders, ownerOf)),
  captureHold: asked(together(captureHolds, ownerOf)),
  releaseHold: asked(together(releaseHolds, ownerOf)),
  extendHold: asked(together(extendHolds, ownerOf)),
  redeemForOrder: asked(together(redeemPoints, ownerOf)),
  reverseRedemption: asked(together(reverseRedemptions, ownerOf)),
  holds: (caller: Caller, memberId: string, page: Page) => read(caller, (tx) => holds(tx, memberId, page)),
  spendingPlace: (caller: Caller, nodeId: string) => read(caller, (tx) => spendingPlace(tx, nodeId)),
});

export const spending: Feature<ReturnType<typeof verbs>> = {
  entities: [RedemptionRow],
  verbs,
  resolvers: [
    HoldPointsMutation,
    SettleHoldMutation,
    RedeemPointsMutation,
    QuotePointsQuery,
    PointsAccountHoldsResolver,
  ],
  consumers: () => [onCheckoutReleased],
  responders: (app) => [quoteResponder(app), holdResponder(app), releaseResponder(app)],
};
