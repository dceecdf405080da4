// What checkout asks of the points context and waits for.
import { REQUESTS, type HoldPointsReply, type PointsQuote, type ReleasePointsReply } from '@atrium/contracts';
import { ask, type Bus } from '@atrium/platform';
import type { PricedBasket } from '../domain/basket';
import type { Quote } from '../domain/checkout';

/** Long enough for a busy database, short enough for a customer at a till. */
const TIMEOUT_MS = 2_000;

export interface PointsDoor {
  quote(groupId: string, basket: PricedBasket): Promise<PointsQuote>;
  hold(groupId: string, basket: PricedBasket, checkoutId: string, quote: Quote, until: Date): Promise<HoldPointsReply>;
  release(groupId: string, checkoutId: string, memberId: string): Promise<ReleasePointsReply>;
}

export function pointsDoor(connection: Bus['connection']): PointsDoor {
  return {
    quote: (groupId, basket) =>
      ask(connection, REQUESTS.quotePoints, groupId, { basket: toRequest(groupId, basket) }, TIMEOUT_MS),
    hold: (groupId, basket, checkoutId, quote, until) =>
      ask(
        connection,
        REQUESTS.holdPoints,
        groupId,
        {
          checkoutId,
          // Exactly what was quoted: points are asked for again as they were cut.
          basket: {
            ...toRequest(groupId, basket),
            requestedPoints: quote.pointsUsed,
            // A version that comes into force between quote and hold changes nothing.
            quotedRuleVersionId: quote.pointsRuleVersionId ?? '',
          },
          points: quote.pointsUsed,
          valueMinor: quote.pointsValueMinor,
          expiresAt: until.toISOString(),
        },
        TIMEOUT_MS,
      ),
    release: (groupId, checkoutId, memberId) =>
      ask(connection, REQUESTS.releasePoints, groupId, { checkoutId, groupId, memberId }, TIMEOUT_MS),
  };
}

const toRequest = (groupId: string, basket: PricedBasket) => ({
  memberId: basket.memberId,
  groupId,
  mallId: basket.place.mallId,
  merchantId: basket.place.merchantId,
  storeId: basket.place.storeId,
  currency: basket.currency,
  lines: basket.priced.lines.map(({ lineNo, category, remainingMinor }) => ({
    lineNo,
    category,
    toPayMinor: remainingMinor,
  })),
  requestedPoints: basket.requestedPoints,
  quotedRuleVersionId: basket.quotedRuleVersionId ?? '',
});
