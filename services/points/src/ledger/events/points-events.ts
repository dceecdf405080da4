import {
  PointsActivatedSchema,
  PointsAdjustedSchema,
  PointsCapturedSchema,
  PointsCreditedSchema,
  PointsDebtSettledSchema,
  PointsExpiredSchema,
  PointsHeldSchema,
  PointsHoldExtendedSchema,
  PointsRedeemedSchema,
  PointsRedemptionUndoneSchema,
  PointsRedemptionReversedSchema,
  PointsReinstatedSchema,
  PointsReleasedSchema,
  PointsRulesPublishedSchema,
  PointsTransferReceivedSchema,
  PointsTransferReturnedSchema,
  PointsTransferSentSchema,
  PurchasePointsPostedSchema,
} from '@atrium/contracts';
import {
  event,
  type Fact as Message,
  type FactAddress,
  findOrgNodes,
  publish,
  publishAll,
  type Tx,
} from '@atrium/platform';
import type { Fact, FactOf } from '../domain/facts';
import type { Ledger } from '../domain/ledger';
import type { ProgrammeTerms } from '../../programme/domain/terms';

/** Publishes what ledgers have to tell, in the order in which each stated it. */
export async function publishLedgers(tx: Tx, ledgers: Iterable<Ledger>): Promise<void> {
  const stated = [...new Set(ledgers)].flatMap(({ memberId, facts }) => facts.map((fact) => ({ memberId, fact })));
  if (stated.length === 0) return;
  const malls = await findOrgNodes(
    tx,
    stated.map(({ fact }) => mallOf(fact)).filter((id) => id !== null),
  );
  await publishAll(
    tx,
    stated.map(({ memberId, fact }): readonly [Message, FactAddress] => {
      const siteId = mallOf(fact);
      return [
        toMessage(memberId, fact),
        {
          aggregateId: fact.type === 'SALE_POSTED' ? fact.sale.purchaseId : memberId,
          ownerId: fact.type === 'SALE_POSTED' ? fact.memberId : memberId,
          siteId,
          site: siteId === null ? null : (malls.get(siteId)?.code ?? null),
          version: fact.version,
          occurredAt: instantOf(fact, tx.now),
        },
      ];
    }),
  );
}

export function publishRule(
  tx: Tx,
  rule: {
    id: string;
    ruleId: string;
    code: string;
    version: bigint;
    effectiveFrom: Date;
    effectiveTo: Date | null;
    status: string;
    activatedAt: Date | null;
  } & ({ kind: 'PROGRAMME'; terms: Pick<ProgrammeTerms, 'refunds'> } | { kind: 'EARN' | 'CAMPAIGN' | 'INTERACTION' }),
): Promise<void> {
  return publish(
    tx,
    event(PointsRulesPublishedSchema, {
      ruleVersionId: rule.id,
      kind: rule.kind,
      version: rule.version,
      effectiveFrom: rule.effectiveFrom.toISOString(),
      code: rule.code,
      effectiveTo: rule.effectiveTo?.toISOString() ?? '',
      status: rule.status,
      publishedAt: rule.activatedAt?.toISOString() ?? '',
      splitTender: rule.kind === 'PROGRAMME' ? rule.terms.refunds.splitTender : '',
    }),
    { aggregateId: rule.ruleId, ownerId: rule.ruleId, version: rule.version, occurredAt: tx.now },
  );
}

function mallOf(fact: Fact): string | null {
  switch (fact.type) {
    case 'SALE_POSTED':
    case 'CAPTURED':
    case 'REDEMPTION_REVERSED':
      return fact.sale.mallId;
    case 'REDEEMED':
    case 'REDEMPTION_UNDONE':
      return fact.redemption.mallId;
    default:
      return fact.mallId;
  }
}

function instantOf(fact: Fact, now: Date): Date {
  switch (fact.type) {
    case 'SALE_POSTED':
      return fact.changedAt;
    case 'HELD':
    case 'HOLD_EXTENDED':
      return now;
    case 'EXPIRED':
      return fact.expiredAt;
    default:
      return fact.occurredAt;
  }
}

const redemptionFields = ({ redemption, funders, occurredAt }: FactOf<'REDEEMED' | 'REDEMPTION_UNDONE'>) => ({
  redemptionId: redemption.redemptionId,
  sourceKind: redemption.source.kind,
  sourceId: redemption.source.id,
  mallId: redemption.mallId ?? '',
  merchantId: redemption.merchantId ?? '',
  currency: redemption.currency ?? '',
  funders: funders.map(({ funderId, points }) => ({ funderId: funderId ?? '', points })),
  occurredAt: occurredAt.toISOString(),
});

function toMessage(memberId: string, fact: Fact): Message {
  switch (fact.type) {
    case 'SALE_POSTED':
      return event(PurchasePointsPostedSchema, {
        ...fact.sale,
        memberId: fact.memberId,
        occurredAt: fact.occurredAt.toISOString(),
        earnedTotal: fact.earned,
        reversedTotal: fact.reversed,
        growthEarnedTotal: fact.growthEarned,
        growthReversedTotal: fact.growthReversed,
        debtTotal: fact.debt,
        waivedTotal: fact.waived,
        coveredTotal: fact.covered,
        coveredMinorTotal: fact.coveredMinor,
        version: fact.version,
        cause: fact.cause,
        pointsDelta: fact.pointsDelta,
        growthDelta: fact.growthDelta,
        refundId: fact.refundId ?? '',
        changedAt: fact.changedAt.toISOString(),
        availableAfter: fact.availableAfter,
      });
    case 'CAPTURED': {
      const { purchaseId, mallId, merchantId, storeId, currency } = fact.sale;
      return event(PointsCapturedSchema, {
        purchaseId,
        checkoutId: fact.checkoutId,
        memberId,
        mallId,
        merchantId,
        storeId,
        currency,
        points: fact.points,
        valueMinor: fact.valueMinor,
        occurredAt: fact.occurredAt.toISOString(),
        debt: fact.debt,
      });
    }
    case 'REDEMPTION_REVERSED': {
      const { purchaseId, mallId, merchantId, currency } = fact.sale;
      return event(PointsRedemptionReversedSchema, {
        purchaseId,
        refundId: fact.refundId,
        memberId,
        mallId,
        merchantId,
        currency,
        points: fact.points,
        valueMinor: fact.valueMinor,
        pointsTotal: fact.pointsTotal,
        valueTotalMinor: fact.valueTotalMinor,
        occurredAt: fact.occurredAt.toISOString(),
      });
    }
    case 'REDEEMED':
      return event(PointsRedeemedSchema, {
        ...redemptionFields(fact),
        memberId,
        storeId: fact.redemption.storeId ?? '',
        points: fact.points,
        valueMinor: fact.valueMinor,
      });
    case 'REDEMPTION_UNDONE':
      return event(PointsRedemptionUndoneSchema, {
        ...redemptionFields(fact),
        memberId,
        points: fact.points,
        valueMinor: fact.valueMinor,
        pointsTotal: fact.pointsTotal,
        valueTotalMinor: fact.valueTotalMinor,
      });
    case 'HELD':
      return event(PointsHeldSchema, {
        holdId: fact.holdId,
        // An order is no checkout of ours.
        checkoutId: fact.kind === 'CHECKOUT' ? fact.checkoutId : '',
        memberId,
        points: fact.points,
        expiresAt: fact.expiresAt.toISOString(),
        kind: fact.kind,
        orderRef: fact.orderRef ?? '',
      });
    case 'HOLD_EXTENDED':
      return event(PointsHoldExtendedSchema, {
        holdId: fact.holdId,
        memberId,
        expiresAt: fact.expiresAt.toISOString(),
      });
    case 'RELEASED':
      return event(PointsReleasedSchema, {
        holdId: fact.holdId,
        checkoutId: fact.checkoutId,
        memberId,
        points: fact.points,
        cause: fact.cause,
      });
    case 'EXPIRED':
      return event(PointsExpiredSchema, {
        memberId,
        lotId: fact.lotId,
        purchaseId: fact.purchaseId ?? '',
        mallId: fact.mallId ?? '',
        merchantId: fact.merchantId ?? '',
        currency: fact.currency ?? '',
        points: fact.points,
        expiredAt: fact.expiredAt.toISOString(),
      });
    case 'ACTIVATED':
      return event(PointsActivatedSchema, {
        memberId,
        lotId: fact.lotId,
        purchaseId: fact.purchaseId ?? '',
        mallId: fact.mallId ?? '',
        points: fact.points,
        activatedAt: fact.occurredAt.toISOString(),
      });
    case 'REINSTATED':
      return event(PointsReinstatedSchema, {
        memberId,
        entryId: fact.entryId,
        lotId: fact.lotId,
        originLotId: fact.originLotId,
        purchaseId: fact.purchaseId ?? '',
        mallId: fact.mallId ?? '',
        merchantId: fact.merchantId ?? '',
        currency: fact.currency ?? '',
        points: fact.points,
        expiresAt: fact.expiresAt?.toISOString() ?? '',
        occurredAt: fact.occurredAt.toISOString(),
      });
    case 'TRANSFER_SENT':
      return event(PointsTransferSentSchema, {
        transferId: fact.transferId,
        fromMemberId: memberId,
        toMemberId: fact.toMemberId,
        points: fact.points,
        parts: fact.parts.map((part) => ({
          lotId: part.lotId,
          points: part.points,
          earnedAt: part.earnedAt.toISOString(),
          expiresAt: part.expiresAt?.toISOString() ?? '',
          funderId: part.funderId ?? '',
          mallId: part.mallId ?? '',
          merchantId: part.merchantId ?? '',
          currency: part.currency ?? '',
        })),
        occurredAt: fact.occurredAt.toISOString(),
      });
    case 'TRANSFER_RECEIVED': {
      const { transferId, fromMemberId, points } = fact;
      const occurredAt = fact.occurredAt.toISOString();
      return event(PointsTransferReceivedSchema, {
        transferId,
        fromMemberId,
        toMemberId: memberId,
        points,
        occurredAt,
      });
    }
    case 'TRANSFER_RETURNED': {
      const { transferId, toMemberId, points, reason } = fact;
      const occurredAt = fact.occurredAt.toISOString();
      const members = { fromMemberId: memberId, toMemberId };
      return event(PointsTransferReturnedSchema, { transferId, ...members, points, reason, occurredAt });
    }
    case 'CREDITED':
      return event(PointsCreditedSchema, {
        entryId: fact.entryId ?? '',
        memberId,
        sourceKind: fact.source.kind,
        sourceId: fact.source.id,
        mallId: fact.mallId ?? '',
        currency: fact.currency,
        points: fact.points,
        growth: fact.growth,
        occurredAt: fact.occurredAt.toISOString(),
      });
    case 'ADJUSTED':
      return event(PointsAdjustedSchema, {
        entryId: fact.entryId,
        memberId,
        pointsDelta: fact.points,
        occurredAt: fact.occurredAt.toISOString(),
        mallId: fact.mallId ?? '',
        reasonCode: fact.reasonCode,
      });
    case 'DEBT_SETTLED':
      return event(PointsDebtSettledSchema, {
        memberId,
        entryId: fact.entryId,
        mallId: fact.mallId ?? '',
        currency: fact.currency ?? '',
        points: fact.points,
        cause: fact.cause,
        occurredAt: fact.occurredAt.toISOString(),
      });
  }
}
