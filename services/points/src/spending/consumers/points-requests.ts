import { type Basket as BasketMessage, REQUESTS } from '@atrium/contracts';
import { respond, type Responder } from '@atrium/platform';
import type { HoldCommand, HoldOutcome } from '../use-cases/hold-points';
import type { Basket, PointsQuoted } from '../use-cases/quote-points';
import type { ReleaseCommand, ReleaseOutcome } from '../use-cases/release-points';

export interface RequestVerbs {
  quotePoints(groupId: string, basket: Basket): Promise<PointsQuoted>;
  holdPoints(groupId: string, command: HoldCommand): Promise<HoldOutcome>;
  releasePoints(groupId: string, command: ReleaseCommand): Promise<ReleaseOutcome>;
}

export const quoteResponder = (app: Pick<RequestVerbs, 'quotePoints'>): Responder =>
  respond(REQUESTS.quotePoints, async (_db, groupId, request) => {
    const basket = toBasket(request.basket);
    const quote = await app.quotePoints(groupId, basket);
    return {
      pointsUsed: quote.points,
      pointsValueMinor: quote.valueMinor,
      lines: basket.lines.map(({ lineNo }, i) => ({ lineNo, pointsValueMinor: quote.lineValuesMinor[i] ?? 0n })),
      pointsToEarn: quote.pointsToEarn,
      cutReason: quote.cutReason,
      available: quote.available,
      ruleVersionId: quote.ruleVersionId ?? '',
      lockedUntil: quote.lockedUntil?.toISOString() ?? '',
      quotedUnknown: !quote.quotedKnown,
    };
  });

export const holdResponder = (app: Pick<RequestVerbs, 'holdPoints'>): Responder =>
  respond(REQUESTS.holdPoints, async (_db, groupId, request) => {
    const { checkoutId, points, valueMinor, expiresAt } = request;
    const basket = toBasket(request.basket);
    const end = new Date(expiresAt);
    const result = await app.holdPoints(groupId, { checkoutId, basket, points, valueMinor, expiresAt: end });
    if (!result.ok) return { outcome: { case: 'refused' as const, value: result.error } };
    const { id: holdId, expiresAt: until } = result.value;
    return { outcome: { case: 'held' as const, value: { holdId, points, expiresAt: until.toISOString() } } };
  });

export const releaseResponder = (app: Pick<RequestVerbs, 'releasePoints'>): Responder =>
  respond(REQUESTS.releasePoints, async (_db, groupId, { checkoutId, memberId }) => {
    return { outcome: await app.releasePoints(groupId, { checkoutId, memberId }) };
  });

function toBasket(message: BasketMessage | undefined): Basket {
  if (!message) throw new Error('a request without a basket');
  return {
    memberId: message.memberId,
    mallId: message.mallId,
    merchantId: message.merchantId,
    storeId: message.storeId,
    currency: message.currency,
    lines: message.lines.map(({ lineNo, category, toPayMinor }) => ({ lineNo, category, toPayMinor })),
    requestedPoints: message.requestedPoints,
    quotedRuleVersionId: message.quotedRuleVersionId || null,
  };
}
