import { DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { type Merge, waitingFor } from '../domain/merge';
import { Member } from './member.type';

export enum MemberMergeStatus {
  PREPARING = 'PREPARING',
  MOVING = 'MOVING',
  DONE = 'DONE',
  ABANDONED = 'ABANDONED',
}
registerEnumType(MemberMergeStatus, {
  name: 'MemberMergeStatus',
  description: 'How far a merge has come. What is ABANDONED has moved nothing.',
  valuesConfig: {
    PREPARING: { description: 'It is asked whether something of either member is still open.' },
    MOVING: { description: 'Decided: the one id means the other member, and everything follows.' },
    DONE: { description: 'Every part of the platform has followed.' },
    ABANDONED: { description: 'Something stood in the way: see the obstacle.' },
  },
});

@ObjectType({ description: 'Why two members cannot be merged now.' })
export class MemberMergeObstacle {
  @Field(() => String, { description: 'A stable code.' })
  code: string;

  @Field(() => String, { description: 'In the language that was asked for.' })
  message: string;

  @Field(() => String, { nullable: true, description: 'What can be done about it.' })
  remedy: string | null;
}

@ObjectType({ description: 'Two memberships of one person that become one.' })
export class MemberMerge {
  @Field(() => ID)
  id: string;

  /** For the fields. */
  survivorId: string;

  /** For the fields. */
  loserId: string;

  @Field(() => MemberMergeStatus)
  status: MemberMergeStatus;

  /** For the field of the same meaning. */
  refusal: string | null;

  @Field(() => [String], { description: 'The parts of the platform that have done their share.' })
  acknowledgedBy: string[];

  @Field(() => [String], { description: 'The parts of the platform that are still waited for.' })
  waitingFor: string[];

  @Field(() => DateTimeScalar)
  requestedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the one id began to mean the other member.' })
  mergedAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done, or abandoned.' })
  endedAt: Date | null;
}

@ObjectType({ description: 'What a merge would come to. Points, tier and coupons are fields of the two members.' })
export class MemberMergePreview {
  @Field(() => Member, { description: 'Who would stay.' })
  survivor: Member;

  @Field(() => Member, { description: 'Whose id would become another name of the survivor.' })
  loser: Member;

  @Field(() => ID, { description: 'Who has been a member longer, and should stay unless there is a reason.' })
  elderId: string;

  @Field(() => Boolean, { description: 'The consent to marketing that the survivor would have: the narrower one.' })
  marketingConsent: boolean;

  @Field(() => MemberMergeObstacle, {
    nullable: true,
    description:
      'What stands in the way, as far as it can be seen at once; open holds and baskets show when it is asked for.',
  })
  obstacle: MemberMergeObstacle | null;
}

export const toMerge = (merge: Merge): MemberMerge =>
  make(MemberMerge, {
    id: merge.id,
    survivorId: merge.survivorId,
    loserId: merge.loserId,
    status: MemberMergeStatus[merge.status],
    refusal: merge.refusal,
    acknowledgedBy: merge.status === 'PREPARING' ? merge.prepared : merge.moved,
    waitingFor: waitingFor(merge),
    requestedAt: merge.requestedAt,
    mergedAt: merge.mergedAt,
    endedAt: merge.endedAt,
  });
