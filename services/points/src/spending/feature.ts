// Points as payment: quote, hold, capture with the sale, release.
import type { Feature, Transactions } from '../feature';
import { onCheckoutReleased } from './consumers/on-checkout-released';
import { holdResponder, quoteResponder, releaseResponder } from './consumers/points-requests';
import { RedemptionRow } from './storage/redemption.entity';
import { holdPoints } from './use-cases/hold-points';
import { type Basket, quotePoints } from './use-cases/quote-points';
import { releasePoints } from './use-cases/release-points';

const verbs = ({ tenant, together }: Transactions) => ({
  quotePoints: (groupId: string, basket: Basket) => tenant(groupId, (tx) => quotePoints(tx, basket)),
  holdPoints: together(holdPoints, ({ basket }) => basket.memberId),
  releasePoints: together(releasePoints, ({ memberId }) => memberId),
});

export const spending: Feature<ReturnType<typeof verbs>> = {
  entities: [RedemptionRow],
  verbs,
  resolvers: [],
  consumers: [onCheckoutReleased],
  responders: (app) => [quoteResponder(app), holdResponder(app), releaseResponder(app)],
};
