import { connectionTypes, DateTimeScalar, make, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { Transfer } from '../use-cases/transfers.query';

export enum PointsTransferDirection {
  OUT = 'OUT',
  IN = 'IN',
}
registerEnumType(PointsTransferDirection, { name: 'PointsTransferDirection', description: 'Given or received.' });

export enum PointsTransferStatus {
  SENT = 'SENT',
  RECEIVED = 'RECEIVED',
  RETURNED = 'RETURNED',
}
registerEnumType(PointsTransferStatus, {
  name: 'PointsTransferStatus',
  description: 'SENT is on its way; it ends as RECEIVED, or RETURNED when the receiver cannot have it.',
});

@ObjectType({ description: 'Points that went from one member to another.' })
export class PointsTransfer {
  @Field(() => ID, { description: 'The same on both sides.' })
  id: string;

  @Field(() => PointsTransferDirection, { description: 'As this account sees it.' })
  direction: PointsTransferDirection;

  @Field(() => ID, { description: 'The other side.' })
  otherMemberId: string;

  @Field(() => PointsAmountScalar, { description: 'How many.' })
  points: bigint;

  @Field(() => PointsTransferStatus, { description: 'Now.' })
  status: PointsTransferStatus;

  @Field(() => String, { nullable: true, description: 'What the sender wrote.' })
  message: string | null;

  @Field(() => DateTimeScalar, { description: 'When they left.' })
  sentAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When they had arrived, or were back.' })
  settledAt: Date | null;
}

export const { Connection: PointsTransferConnection } = connectionTypes('PointsTransfer', () => PointsTransfer);
export type PointsTransferConnection = InstanceType<typeof PointsTransferConnection>;

export const toTransfer = ({ id, direction, otherMemberId, points, status, message, sentAt, settledAt }: Transfer) =>
  make(PointsTransfer, {
    id,
    direction: PointsTransferDirection[direction],
    otherMemberId,
    points,
    status: PointsTransferStatus[status],
    message,
    sentAt,
    settledAt,
  });
