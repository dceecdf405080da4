import type { DescMessage } from '@bufbuild/protobuf';
import {
  CheckoutReleasedSchema,
  CheckoutReservedSchema,
  CouponIssuedSchema,
  CouponRedeemedSchema,
  CouponReturnedSchema,
  CouponVoidedSchema,
  CheckoutCommittedSchema,
  CouponMergePreparedSchema,
  CouponsMergedSchema,
  CouponTemplatePublishedSchema,
} from './generated/atrium/coupon/v1/events_pb';
import {
  MemberFrozenSchema,
  MemberIdentifierAddedSchema,
  MemberRegisteredSchema,
  MembersMergeAbandonedSchema,
  MembersMergedSchema,
  MembersMergeRequestedSchema,
  MemberUnfrozenSchema,
  StaffRoleGrantedSchema,
  StaffRoleRevokedSchema,
} from './generated/atrium/member/v1/events_pb';
import {
  ResolveBirthdaysReplySchema,
  ResolveBirthdaysRequestSchema,
  ResolveContactReplySchema,
  ResolveContactRequestSchema,
} from './generated/atrium/member/v1/requests_pb';
import {
  MessageReadSchema,
  MessageSentSchema,
  MessageTemplatePublishedSchema,
  MessagingMergedSchema,
} from './generated/atrium/messaging/v1/events_pb';
import {
  PartnerPointsExchangedSchema,
  PointsActivatedSchema,
  PointsAdjustedSchema,
  PointsApprovalDecidedSchema,
  PointsApprovalRequestedSchema,
  PointsCapturedSchema,
  PointsCreditedSchema,
  PointsDebtSettledSchema,
  PointsExpiredSchema,
  PointsExpiringSchema,
  PointsHeldSchema,
  PointsLedgerBlockClosedSchema,
  PointsHoldExtendedSchema,
  PointsMergedSchema,
  PointsMergePreparedSchema,
  PointsRedeemedSchema,
  PointsRedemptionReversedSchema,
  PointsReinstatedSchema,
  PointsRedemptionUndoneSchema,
  PointsReleasedSchema,
  PointsRulesPublishedSchema,
  PurchasePointsPostedSchema,
} from './generated/atrium/points/v1/events_pb';
import {
  GiftFulfilledSchema,
  GiftOrderAdvancedSchema,
  GiftOrderCancelledSchema,
  GiftOrderedSchema,
  GiftRecordedSchema,
  GiftReturnedSchema,
  GiftStockChangedSchema,
} from './generated/atrium/points/v1/gifts_pb';
import {
  HoldPointsReplySchema,
  HoldPointsRequestSchema,
  PointsQuoteSchema,
  QuotePointsRequestSchema,
  ReleasePointsReplySchema,
  ReleasePointsRequestSchema,
} from './generated/atrium/points/v1/requests_pb';
import {
  PointsTransferReceivedSchema,
  PointsTransferRefusedSchema,
  PointsTransferReturnedSchema,
  PointsTransferSentSchema,
} from './generated/atrium/points/v1/transfers_pb';
import {
  ContractPublishedSchema,
  OrgNodeRecordedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  SettlementMergedSchema,
  UnmatchedRefundClosedSchema,
} from './generated/atrium/settlement/v1/events_pb';
import { TierChangedSchema, TierLadderPublishedSchema, TierMergedSchema } from './generated/atrium/tier/v1/events_pb';

/** The six services, by the name of their folder, database and consumers. */
export const SERVICES = ['member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging'] as const;
export type ServiceName = (typeof SERVICES)[number];

const DAY_S = 86_400;

/** Limits that hold for every stream and consumer; the JetStream configuration is generated from them. */
export const LIMITS = {
  /** Published outbox rows and stream messages stay this long, so that either can be refilled from the other. */
  retentionSeconds: 14 * DAY_S,
  /** The broker's own duplicate window: a courtesy, the inbox is the guarantee. */
  duplicateWindowSeconds: 120,
  streamMaxBytes: 4 * 1024 ** 3,
  deadLetterMaxBytes: 512 * 1024 ** 2,
  /** What the hub keeps of one site's facts as they came; what was taken of them is in the hub's own stream. */
  siteMaxBytes: 512 * 1024 ** 2,
  maxMessageBytes: 1024 * 1024,
  ackWaitSeconds: 30,
  maxDeliver: 20,
  maxAckPending: 2_000,
  /** Messages that one transaction of a consumer takes at the most. */
  batch: 200,
  /** Batches of one consumer that a process has under way together; one owner's messages are never in two of them. */
  lanes: 2,
  /** A missing dependency (a refund before its sale) is waited for this long. */
  parkSeconds: 7 * DAY_S,
} as const;

/** A stream for each context that states facts. Its subjects are `atrium.<context>.v1.<Event>.<site>.<lane>`. */
export const STREAMS = [
  { name: 'MEMBER', subjects: ['atrium.member.v1.>'] },
  { name: 'POINTS', subjects: ['atrium.points.v1.>'] },
  { name: 'COUPON', subjects: ['atrium.coupon.v1.>'] },
  { name: 'TIER', subjects: ['atrium.tier.v1.>'] },
  { name: 'SETTLEMENT', subjects: ['atrium.settlement.v1.>'] },
  { name: 'MESSAGING', subjects: ['atrium.messaging.v1.>'] },
] as const;

/** What no consumer could apply, kept for a person: `dead.<service>.<subject>`. */
export const DEAD_LETTER_STREAM = { name: 'DEAD', subjects: ['dead.>'] } as const;

/** Who states which facts. */
export const PUBLICATIONS: Record<ServiceName, readonly DescMessage[]> = {
  member: [
    MemberRegisteredSchema,
    MemberIdentifierAddedSchema,
    MemberFrozenSchema,
    MemberUnfrozenSchema,
    MembersMergeRequestedSchema,
    MembersMergeAbandonedSchema,
    MembersMergedSchema,
    StaffRoleGrantedSchema,
    StaffRoleRevokedSchema,
  ],
  points: [
    PurchasePointsPostedSchema,
    PointsCapturedSchema,
    PointsRedemptionReversedSchema,
    PointsRedeemedSchema,
    PointsRedemptionUndoneSchema,
    PointsHeldSchema,
    PointsHoldExtendedSchema,
    PointsReleasedSchema,
    PointsExpiringSchema,
    PointsExpiredSchema,
    PointsReinstatedSchema,
    PointsActivatedSchema,
    PointsAdjustedSchema,
    PointsCreditedSchema,
    PartnerPointsExchangedSchema,
    PointsDebtSettledSchema,
    PointsRulesPublishedSchema,
    PointsApprovalRequestedSchema,
    PointsApprovalDecidedSchema,
    PointsLedgerBlockClosedSchema,
    PointsMergePreparedSchema,
    PointsMergedSchema,
    PointsTransferReceivedSchema,
    PointsTransferRefusedSchema,
    PointsTransferReturnedSchema,
    PointsTransferSentSchema,
    GiftRecordedSchema,
    GiftStockChangedSchema,
    GiftOrderedSchema,
    GiftOrderAdvancedSchema,
    GiftFulfilledSchema,
    GiftOrderCancelledSchema,
    GiftReturnedSchema,
  ],
  coupon: [
    CouponIssuedSchema,
    CouponRedeemedSchema,
    CouponReturnedSchema,
    CouponVoidedSchema,
    CheckoutReservedSchema,
    CheckoutReleasedSchema,
    CheckoutCommittedSchema,
    CouponTemplatePublishedSchema,
    CouponMergePreparedSchema,
    CouponsMergedSchema,
  ],
  tier: [TierLadderPublishedSchema, TierChangedSchema, TierMergedSchema],
  'merchant-settlement': [
    OrgNodeRecordedSchema,
    PurchaseRecordedSchema,
    PurchaseRefundedSchema,
    ContractPublishedSchema,
    RefundUnmatchedSchema,
    UnmatchedRefundClosedSchema,
    SettlementMergedSchema,
  ],
  messaging: [MessageSentSchema, MessageReadSchema, MessageTemplatePublishedSchema, MessagingMergedSchema],
};

/** Who hears which facts: one durable consumer for each. */
export const SUBSCRIPTIONS: Record<ServiceName, readonly DescMessage[]> = {
  member: [
    OrgNodeRecordedSchema,
    PointsMergePreparedSchema,
    CouponMergePreparedSchema,
    MembersMergedSchema,
    PointsMergedSchema,
    CouponsMergedSchema,
    TierMergedSchema,
    SettlementMergedSchema,
    MessagingMergedSchema,
  ],
  points: [
    OrgNodeRecordedSchema,
    MemberRegisteredSchema,
    MemberFrozenSchema,
    RefundUnmatchedSchema,
    UnmatchedRefundClosedSchema,
    MemberUnfrozenSchema,
    TierLadderPublishedSchema,
    TierChangedSchema,
    PurchaseRecordedSchema,
    PurchaseRefundedSchema,
    CheckoutReleasedSchema,
    PointsTransferSentSchema,
    PointsTransferReceivedSchema,
    PointsTransferRefusedSchema,
    MembersMergeRequestedSchema,
    MembersMergeAbandonedSchema,
    MembersMergedSchema,
  ],
  coupon: [
    OrgNodeRecordedSchema,
    MemberRegisteredSchema,
    TierLadderPublishedSchema,
    TierChangedSchema,
    PurchaseRecordedSchema,
    PurchaseRefundedSchema,
    MembersMergeRequestedSchema,
    MembersMergedSchema,
  ],
  tier: [
    OrgNodeRecordedSchema,
    MemberRegisteredSchema,
    PurchaseRecordedSchema,
    PurchaseRefundedSchema,
    PurchasePointsPostedSchema,
    PointsCreditedSchema,
    MembersMergedSchema,
  ],
  'merchant-settlement': [
    MemberRegisteredSchema,
    MemberIdentifierAddedSchema,
    CheckoutReservedSchema,
    CheckoutReleasedSchema,
    PurchasePointsPostedSchema,
    PointsCapturedSchema,
    PointsRedemptionReversedSchema,
    PointsExpiredSchema,
    PointsDebtSettledSchema,
    PointsAdjustedSchema,
    PointsCreditedSchema,
    PointsReinstatedSchema,
    PointsRedeemedSchema,
    PointsRedemptionUndoneSchema,
    PartnerPointsExchangedSchema,
    PointsRulesPublishedSchema,
    CouponRedeemedSchema,
    CouponReturnedSchema,
    MembersMergedSchema,
  ],
  messaging: [
    OrgNodeRecordedSchema,
    MemberRegisteredSchema,
    TierLadderPublishedSchema,
    TierChangedSchema,
    PurchasePointsPostedSchema,
    PurchaseRefundedSchema,
    CouponIssuedSchema,
    MembersMergedSchema,
  ],
};

/** Questions that one context may ask another and wait for; everything else travels as facts. */
export const REQUESTS = {
  quotePoints: { service: 'points', request: QuotePointsRequestSchema, reply: PointsQuoteSchema },
  holdPoints: { service: 'points', request: HoldPointsRequestSchema, reply: HoldPointsReplySchema },
  releasePoints: { service: 'points', request: ReleasePointsRequestSchema, reply: ReleasePointsReplySchema },
  resolveContact: { service: 'member', request: ResolveContactRequestSchema, reply: ResolveContactReplySchema },
  resolveBirthdays: { service: 'member', request: ResolveBirthdaysRequestSchema, reply: ResolveBirthdaysReplySchema },
} as const;

const kebab = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** `PurchaseRecorded` heard by points -> `points-on-purchase-recorded`. */
export const durableName = (service: ServiceName, event: DescMessage): string => `${service}-on-${kebab(event.name)}`;

/** Every site and lane of an event. One filter, because old servers allow only one for a consumer. */
export const filterSubject = (event: DescMessage): string => `${event.typeName}.>`;

/** Outside the streams' subjects, or the broker would answer a question with a publish acknowledgement. */
export const requestSubject = (request: DescMessage): string => `request.${request.typeName}`;

/** The stream that keeps an event. */
export function streamOf(event: DescMessage): string {
  const context = event.typeName.split('.')[1] ?? '';
  const stream = STREAMS.find(({ name }) => name === context.toUpperCase());
  if (!stream) throw new Error(`no stream for ${event.typeName}`);
  return stream.name;
}
