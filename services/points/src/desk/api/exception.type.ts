import { connectionTypes, DateTimeScalar, encodeJson, make, UserError } from '@atrium/platform';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Purchase, purchaseStub } from '../../earning/api/purchase.reference';
import { Member } from '../../ledger/api/member.reference';
import type { DeskException } from '../use-cases/work-on-exception';

export enum PointsExceptionKind {
  PARKED_REFUND = 'PARKED_REFUND',
  UNAPPLIED_REFUND = 'UNAPPLIED_REFUND',
  LATE_SALE = 'LATE_SALE',
}
registerEnumType(PointsExceptionKind, {
  name: 'PointsExceptionKind',
  description:
    'A refund without its sale (settled by resolveUnmatchedRefund), a refund of a sale that points never rated, a sale too late to earn by itself.',
});

export enum PointsExceptionStatus {
  WAITING = 'WAITING',
  OPEN = 'OPEN',
  RESOLVED = 'RESOLVED',
}
registerEnumType(PointsExceptionStatus, {
  name: 'PointsExceptionStatus',
  description: 'Whether it may still settle itself, somebody has to settle it, or it is settled.',
});

export enum PointsExceptionResolution {
  APPLY = 'APPLY',
  DISMISS = 'DISMISS',
}
registerEnumType(PointsExceptionResolution, { name: 'PointsExceptionResolution', description: 'Do it now, or never.' });

@ObjectType({ description: 'Something that only a person can settle.' })
export class PointsException {
  @Field(() => ID, { description: 'Follows from kind and subject.' })
  id: string;

  @Field(() => PointsExceptionKind, { description: 'What it is.' })
  kind: PointsExceptionKind;

  @Field(() => ID, { description: 'What it is about: the refund, or the sale.' })
  subjectId: string;

  @Field(() => Member, { nullable: true, description: 'Whose points, if that is known.' })
  member: Member | null;

  @Field(() => Purchase, { nullable: true, description: 'The sale it names; perhaps nobody knows it.' })
  purchase: Purchase | null;

  @Field(() => String, { description: 'Codes and figures about it, as JSON.' })
  details: string;

  @Field(() => DateTimeScalar, { description: 'Since when it is here.' })
  openedAt: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when it should be settled; while it waits, until when it does.',
  })
  deadline: Date | null;

  @Field(() => PointsExceptionStatus, { description: 'Whether somebody still has to settle it.' })
  status: PointsExceptionStatus;

  @Field(() => String, { nullable: true, description: 'The subject of the token of who works on it.' })
  assignee: string | null;

  @Field(() => String, { nullable: true, description: 'Who settled it; CLOCK when it settled itself.' })
  resolvedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When.' })
  resolvedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'APPLIED or DISMISSED.' })
  outcome: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in the words of who settled it.' })
  note: string | null;
}

export const { Connection: PointsExceptionConnection } = connectionTypes('PointsException', () => PointsException);
export type PointsExceptionConnection = InstanceType<typeof PointsExceptionConnection>;

@InputType({ description: 'Who shall work on it.' })
export class AssignPointsExceptionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  exceptionId: string;

  @Field(() => String, { nullable: true, description: "The subject of that person's token; null takes it back." })
  assignee?: string | null;
}

@InputType({ description: 'What shall become of it.' })
export class ResolvePointsExceptionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  exceptionId: string;

  @Field(() => PointsExceptionResolution, { description: 'Do it now, or never.' })
  resolution: PointsExceptionResolution;

  @Field(() => String, { description: 'Why: 3 to 500 characters.' })
  note: string;
}

@InputType({ description: 'What was dismissed too soon.' })
export class ReopenPointsExceptionInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  exceptionId: string;

  @Field(() => String, { description: 'Why: 3 to 500 characters.' })
  note: string;
}

@ObjectType({ description: 'The exception has changed.' })
export class PointsExceptionSuccess {
  @Field(() => PointsException, { description: 'As it is now.' })
  exception: PointsException;
}

@ObjectType({ implements: UserError, description: 'This cannot be done with it as it stands.' })
export class PointsExceptionError extends UserError {}

export const toException = (view: DeskException): PointsException =>
  make(PointsException, {
    ...view,
    kind: PointsExceptionKind[view.kind],
    status: PointsExceptionStatus[view.status],
    member: view.memberId === null ? null : make(Member, { id: view.memberId }),
    purchase: view.purchaseId === null ? null : purchaseStub(view.purchaseId),
    details: encodeJson(view.details),
  });
