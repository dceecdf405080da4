import { isUuid } from '@atrium/kernel';
import {
  type Connection,
  connectionTypes,
  DateTimeScalar,
  make,
  pageOf,
  requireAnywhere,
  toConnection,
} from '@atrium/platform';
import { Arg, Ctx, Field, ID, Int, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { Member } from '../../ledger/api/member.reference';
import type { ActView } from '../use-cases/audit.query';

export enum PointsActKind {
  ADJUSTED = 'ADJUSTED',
  DEBT_WRITTEN_OFF = 'DEBT_WRITTEN_OFF',
  REINSTATED = 'REINSTATED',
  APPROVAL_REQUESTED = 'APPROVAL_REQUESTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  WITHDRAWN = 'WITHDRAWN',
  LAPSED = 'LAPSED',
  FROZEN = 'FROZEN',
  UNFROZEN = 'UNFROZEN',
  BULK_UPLOADED = 'BULK_UPLOADED',
  BULK_STARTED = 'BULK_STARTED',
  BULK_CANCELLED = 'BULK_CANCELLED',
  EXCEPTION_ASSIGNED = 'EXCEPTION_ASSIGNED',
  EXCEPTION_RESOLVED = 'EXCEPTION_RESOLVED',
  EXCEPTION_REOPENED = 'EXCEPTION_REOPENED',
}
registerEnumType(PointsActKind, { name: 'PointsActKind', description: 'What somebody did at the desk.' });

@ObjectType({ description: 'A figure or a state that an act changed.' })
export class PointsActChange {
  @Field(() => String, { description: 'Stable name: available, debt, status, assignee, …' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Null where there was none.' })
  before: string | null;

  @Field(() => String, { nullable: true, description: 'Null where there is none.' })
  after: string | null;
}

@ObjectType({ description: 'What somebody did, when, to what and why. Written once, never changed.' })
export class PointsAct {
  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => PointsActKind, { description: 'What was done.' })
  kind: PointsActKind;

  @Field(() => String, { description: "The subject of the person's token; CLOCK for what time did." })
  actor: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  actedAt: Date;

  @Field(() => Member, { nullable: true, description: 'To whose points; null when it concerns many or none.' })
  member: Member | null;

  @Field(() => ID, { description: 'The entry, approval, file or exception that it is about.' })
  subjectId: string;

  @Field(() => ID, { nullable: true, description: 'The approval behind it.' })
  approvalId: string | null;

  @Field(() => String, { nullable: true, description: "One of the programme's codes." })
  reasonCode: string | null;

  @Field(() => String, { nullable: true, description: 'In the words of who did it.' })
  reason: string | null;

  @Field(() => [PointsActChange], { description: 'What it changed.' })
  changes: PointsActChange[];
}

export const { Connection: PointsActConnection } = connectionTypes('PointsAct', () => PointsAct);
export type PointsActConnection = InstanceType<typeof PointsActConnection>;

@Resolver(() => PointsAct)
export class PointsAuditResolver {
  @Query(() => PointsActConnection, { description: 'What people did to points, newest first, for auditors.' })
  async pointsAudit(
    @Arg('memberId', () => ID, { nullable: true }) memberId: string | null,
    @Arg('actor', () => String, { nullable: true }) actor: string | null,
    @Arg('kind', () => PointsActKind, { nullable: true }) kind: PointsActKind | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsAct>> {
    requireAnywhere(caller, 'audit:read');
    const page = pageOf(first ?? 20, after);
    const known = !memberId || isUuid(memberId);
    const filter = { memberId: memberId ?? null, actor: actor ?? null, kind: kind ?? null };
    const rows = known ? await app.acts(caller, filter, page) : [];
    return toConnection(rows, page, ({ actedAt, id }) => ({ at: actedAt, id }), toAct);
  }
}

const toAct = (view: ActView): PointsAct =>
  make(PointsAct, {
    ...view,
    kind: PointsActKind[view.kind],
    member: view.memberId === null ? null : make(Member, { id: view.memberId }),
    changes: view.changes.map((change) => make(PointsActChange, change)),
  });
