import {
  CouponMergePreparedSchema,
  CouponsMergedSchema,
  durableName,
  MembersMergedSchema,
  MessagingMergedSchema,
  PointsMergedSchema,
  PointsMergePreparedSchema,
  SettlementMergedSchema,
  TierMergedSchema,
} from '@atrium/contracts';
import { type Consumer, consumer, type Tx } from '@atrium/platform';
import { hearMoves, hearVotes, type Word } from '../use-cases/merge-members';

/** What the other contexts say about merges, and this context's own part of them. */
export const mergeConsumers = (
  inheritMembers: (tx: Tx, merges: (Word & { survivorId: string })[]) => Promise<void>,
): Consumer[] => [
  consumer({
    name: durableName('member', PointsMergePreparedSchema),
    event: PointsMergePreparedSchema,
    handle: (tx, events) => hearVotes(tx, 'points', messages(events)),
  }),
  consumer({
    name: durableName('member', CouponMergePreparedSchema),
    event: CouponMergePreparedSchema,
    handle: (tx, events) => hearVotes(tx, 'coupon', messages(events)),
  }),
  consumer({
    name: durableName('member', MembersMergedSchema),
    event: MembersMergedSchema,
    handle: (tx, events) => inheritMembers(tx, messages(events)),
  }),
  consumer({
    name: durableName('member', PointsMergedSchema),
    event: PointsMergedSchema,
    handle: (tx, events) => hearMoves(tx, 'points', messages(events)),
  }),
  consumer({
    name: durableName('member', CouponsMergedSchema),
    event: CouponsMergedSchema,
    handle: (tx, events) => hearMoves(tx, 'coupon', messages(events)),
  }),
  consumer({
    name: durableName('member', TierMergedSchema),
    event: TierMergedSchema,
    handle: (tx, events) => hearMoves(tx, 'tier', messages(events)),
  }),
  consumer({
    name: durableName('member', SettlementMergedSchema),
    event: SettlementMergedSchema,
    handle: (tx, events) => hearMoves(tx, 'merchant-settlement', messages(events)),
  }),
  consumer({
    name: durableName('member', MessagingMergedSchema),
    event: MessagingMergedSchema,
    handle: (tx, events) => hearMoves(tx, 'messaging', messages(events)),
  }),
];

const messages = <M>(events: readonly { message: M }[]): M[] => events.map(({ message }) => message);
