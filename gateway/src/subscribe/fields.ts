import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import {
  MessageReadSchema,
  MessageSentSchema,
  MessagingMergedSchema,
  PartnerPointsExchangedSchema,
  PointsActivatedSchema,
  PointsAdjustedSchema,
  PointsCapturedSchema,
  PointsCreditedSchema,
  PointsDebtSettledSchema,
  PointsExpiredSchema,
  PointsHeldSchema,
  PointsHoldExtendedSchema,
  PointsMergedSchema,
  PointsRedeemedSchema,
  PointsRedemptionReversedSchema,
  PointsRedemptionUndoneSchema,
  PointsReinstatedSchema,
  PointsReleasedSchema,
  PointsTransferReceivedSchema,
  PointsTransferRefusedSchema,
  PointsTransferReturnedSchema,
  PointsTransferSentSchema,
  PurchasePointsPostedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
} from '@atrium/contracts';

/** What one fact has to say to one kind of subscription. */
export type News = {
  /** Ids of members or nodes: who asked for one of them is told. */
  concerns: readonly string[];
  /** What is read then. */
  subject: string;
};

export type FactKind = {
  event: DescMessage;
  /** undefined: nothing for this kind of subscription. `groupId` is the tenant's. */
  read(payload: Uint8Array, groupId: string): readonly News[];
};

export type SubscriptionField = {
  name: 'pointsChanged' | 'inboxChanged' | 'purchaseApplied';
  /** The query field that is asked by id, with the subscription's own selection. */
  query: 'member' | 'purchase';
  /** What is so now: told at once, and again after each change; many changes are one. Otherwise each subject is told by itself. */
  state: boolean;
  facts: readonly FactKind[];
};

function fact<S extends DescMessage>(
  event: S,
  read: (message: MessageShape<S>, groupId: string) => readonly News[],
): FactKind {
  return { event, read: (payload, groupId) => read(fromBinary(event, payload), groupId) };
}

const ofMember = (memberId: string): News => ({ concerns: [memberId], subject: memberId });

/** A fact about the points or the inbox of the member that it names. */
function memberFact<S extends DescMessage>(event: S, ids: (message: MessageShape<S>) => readonly string[]): FactKind {
  return fact(event, (message) => ids(message).map(ofMember));
}

type OfMember = { memberId: string };
const itsMember = ({ memberId }: OfMember): readonly string[] => [memberId];
const bothMembers = (m: { fromMemberId: string; toMemberId: string }): readonly string[] => [
  m.fromMemberId,
  m.toMemberId,
];
const bothMemberships = (m: { survivorId: string; loserId: string }): readonly string[] => [m.survivorId, m.loserId];

type Sale = OfMember & { purchaseId: string; storeId: string; merchantId: string; mallId: string };
const ofSale = (sale: Sale, groupId: string): News => ({
  concerns: [sale.memberId, sale.storeId, sale.merchantId, sale.mallId, groupId].filter((id) => id !== ''),
  subject: sale.purchaseId,
});
/** Nothing is posted for a sale without a member: what is recorded of it is all there will be. */
const ofNobody = (sale: Sale, groupId: string): readonly News[] =>
  sale.memberId === '' ? [ofSale(sale, groupId)] : [];

/** Facts are published after the commit that makes them readable. */
export const FIELDS: readonly SubscriptionField[] = [
  {
    name: 'pointsChanged',
    query: 'member',
    state: true,
    facts: [
      memberFact(PurchasePointsPostedSchema, itsMember),
      memberFact(PointsCapturedSchema, itsMember),
      memberFact(PointsRedemptionReversedSchema, itsMember),
      memberFact(PointsRedeemedSchema, itsMember),
      memberFact(PointsRedemptionUndoneSchema, itsMember),
      memberFact(PointsHeldSchema, itsMember),
      memberFact(PointsHoldExtendedSchema, itsMember),
      memberFact(PointsReleasedSchema, itsMember),
      memberFact(PointsExpiredSchema, itsMember),
      memberFact(PointsReinstatedSchema, itsMember),
      memberFact(PointsActivatedSchema, itsMember),
      memberFact(PointsAdjustedSchema, itsMember),
      memberFact(PointsCreditedSchema, itsMember),
      memberFact(PartnerPointsExchangedSchema, itsMember),
      memberFact(PointsDebtSettledSchema, itsMember),
      memberFact(PointsTransferSentSchema, bothMembers),
      memberFact(PointsTransferReceivedSchema, bothMembers),
      memberFact(PointsTransferRefusedSchema, bothMembers),
      memberFact(PointsTransferReturnedSchema, bothMembers),
      memberFact(PointsMergedSchema, bothMemberships),
    ],
  },
  {
    name: 'inboxChanged',
    query: 'member',
    state: true,
    facts: [
      memberFact(MessageSentSchema, ({ channel, memberId }) => (channel === 'INBOX' ? [memberId] : [])),
      memberFact(MessageReadSchema, itsMember),
      memberFact(MessagingMergedSchema, bothMemberships),
    ],
  },
  {
    name: 'purchaseApplied',
    query: 'purchase',
    state: false,
    facts: [
      fact(PurchasePointsPostedSchema, (sale, groupId) => [ofSale(sale, groupId)]),
      fact(PurchaseRecordedSchema, ofNobody),
      fact(PurchaseRefundedSchema, ofNobody),
    ],
  },
];

export function fieldNamed(name: string): SubscriptionField {
  const field = FIELDS.find((one) => one.name === name);
  if (field === undefined) throw new Error(`No facts are known for Subscription.${name}`);
  return field;
}
