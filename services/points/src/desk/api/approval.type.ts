import { connectionTypes, DateTimeScalar, make, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Member } from '../../ledger/api/member.reference';
import type { ApprovalView } from '../use-cases/approvals.query';

export enum PointsApprovalKind {
  ADJUSTMENT = 'ADJUSTMENT',
  WRITE_OFF = 'WRITE_OFF',
  REINSTATEMENT = 'REINSTATEMENT',
  BULK_ADJUSTMENT = 'BULK_ADJUSTMENT',
}
registerEnumType(PointsApprovalKind, {
  name: 'PointsApprovalKind',
  description: 'What somebody wants that a second person must agree to.',
});

export enum PointsApprovalStatus {
  PENDING = 'PENDING',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
}
registerEnumType(PointsApprovalStatus, {
  name: 'PointsApprovalStatus',
  description: 'PENDING until somebody decides, who asked takes it back, or its time is over.',
});

@ObjectType({ description: 'Where the paper behind an act lies. Atrium keeps the reference, never the paper.' })
export class PointsAttachment {
  @Field(() => String, { nullable: true, description: 'An https address.' })
  url: string | null;

  @Field(() => String, { nullable: true, description: 'The id of a document in another system.' })
  documentId: string | null;

  @Field(() => String, { nullable: true, description: "Of the document's bytes, in lower-case hex." })
  sha256: string | null;
}

@InputType({ description: 'Where the paper behind an act lies: `url` or `documentId`.' })
export class PointsAttachmentInput {
  @Field(() => String, { nullable: true, description: 'An https address without user or password.' })
  url?: string | null;

  @Field(() => String, { nullable: true, description: 'The id of a document in another system.' })
  documentId?: string | null;

  @Field(() => String, { nullable: true, description: "SHA-256 of the document's bytes, in lower-case hex." })
  sha256?: string | null;
}

export const toAttachment = (input?: PointsAttachmentInput | null) =>
  input ? { url: input.url ?? null, documentId: input.documentId ?? null, sha256: input.sha256 ?? null } : null;

@ObjectType({ description: 'What approving would do at this moment.' })
export class PointsApprovalEffect {
  @Field(() => PointsAmountScalar, { nullable: true, description: 'Points that can be spent before it.' })
  availableBefore: bigint | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Points that can be spent after it.' })
  availableAfter: bigint | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Points owed before it.' })
  debtBefore: bigint | null;

  @Field(() => PointsAmountScalar, { nullable: true, description: 'Points owed after it.' })
  debtAfter: bigint | null;

  @Field(() => String, { nullable: true, description: 'Stable name of the refusal that approving would meet now.' })
  refusalCode: string | null;

  @Field(() => String, { nullable: true, description: "The same in the caller's language." })
  refusal: string | null;
}

@ObjectType({ description: 'A wish of one person that a second one must agree to. Nothing is posted before.' })
export class PointsApproval {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;

  @Field(() => PointsApprovalKind, { description: 'What is wanted.' })
  kind: PointsApprovalKind;

  @Field(() => Member, { nullable: true, description: 'Whose points; null when it is about many members.' })
  member: Member | null;

  @Field(() => ID, { nullable: true, description: 'The mall that carries it; null is the group.' })
  mallId: string | null;

  @Field(() => PointsAmountScalar, { description: 'Signed for adjustments; for a write-off what is given up.' })
  amount: bigint;

  @Field(() => String, { description: "One of the programme's codes." })
  reasonCode: string;

  @Field(() => String, { description: 'In the words of who asked.' })
  reason: string;

  @Field(() => PointsAttachment, { nullable: true, description: 'Where the paper lies.' })
  attachment: PointsAttachment | null;

  @Field(() => String, { description: "The subject of the asker's token." })
  requestedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  requestedAt: Date;

  @Field(() => DateTimeScalar, { description: 'From this instant nobody can approve it any more.' })
  expiresAt: Date;

  @Field(() => PointsApprovalStatus, {
    description: 'As it is at this moment, whether a job has written it down or not.',
  })
  status: PointsApprovalStatus;

  @Field(() => String, { nullable: true, description: 'Who decided or withdrew it; CLOCK when its time was over.' })
  decidedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  decidedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'In the words of who decided.' })
  note: string | null;

  /** Of the entry that it became; the field `entry` reads it. */
  entryId: string | null;
}

export const { Connection: PointsApprovalConnection } = connectionTypes('PointsApproval', () => PointsApproval);
export type PointsApprovalConnection = InstanceType<typeof PointsApprovalConnection>;

export const toApproval = (view: ApprovalView): PointsApproval =>
  make(PointsApproval, {
    ...view,
    kind: PointsApprovalKind[view.kind],
    status: PointsApprovalStatus[view.status],
    member: view.memberId === null ? null : make(Member, { id: view.memberId }),
    attachment: view.attachment && make(PointsAttachment, view.attachment),
  });
