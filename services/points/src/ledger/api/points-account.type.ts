import { connectionTypes, DateTimeScalar, type Locale, make, PointsAmountScalar } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { EntryView } from '../use-cases/entries.query';
import { ExplanationStep, toExplanation } from './explanation.type';
import { Purchase, purchaseStub } from '../../earning/api/purchase.reference';

@ObjectType({
  description:
    "Balances of one member. available + held + pending = the lots' unspent parts; debt is owed from refunds of spent points.",
})
export class PointsAccount {
  /** Whose account; not part of the graph, the member is its parent. */
  memberId: string;

  @Field(() => PointsAmountScalar, { description: 'Can be spent now.' })
  available: bigint;

  @Field(() => PointsAmountScalar, { description: 'Set aside for open checkouts.' })
  held: bigint;

  @Field(() => PointsAmountScalar, { description: 'Credited, but not spendable yet.' })
  pending: bigint;

  @Field(() => PointsAmountScalar, { description: 'Owed: the next points pay it first.' })
  debt: bigint;

  @Field(() => PointsAmountScalar, { description: 'Growth value: counts for the tier, never spent.' })
  growth: bigint;
}

@ObjectType({ description: 'Points that expire at one instant.' })
export class ExpiringPoints {
  @Field(() => DateTimeScalar, { description: 'First instant at which they are gone.' })
  expiresAt: Date;

  @Field(() => PointsAmountScalar, { description: 'How many of them are still unspent.' })
  amount: bigint;
}

export enum PointsEntryKind {
  EARN = 'EARN',
  EARN_REVERSAL = 'EARN_REVERSAL',
  REDEEM = 'REDEEM',
  REDEEM_REVERSAL = 'REDEEM_REVERSAL',
  EXPIRE = 'EXPIRE',
  ADJUST = 'ADJUST',
  TRANSFER = 'TRANSFER',
  REINSTATE = 'REINSTATE',
  DEBT_REPAYMENT = 'DEBT_REPAYMENT',
  WRITE_OFF = 'WRITE_OFF',
}
registerEnumType(PointsEntryKind, { name: 'PointsEntryKind', description: 'What an entry of the points ledger is.' });

@ObjectType({ description: 'One immutable line of the points ledger. `amount` is signed.' })
export class PointsEntry {
  /** Whose line; not part of the graph, the account is its parent. */
  memberId: string;

  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => PointsEntryKind, { description: 'What happened.' })
  kind: PointsEntryKind;

  @Field(() => PointsAmountScalar, {
    description: 'Change of the unspent points (pending, available and held together).',
  })
  amount: bigint;

  @Field(() => PointsAmountScalar, { description: 'Available points after this line.' })
  availableAfter: bigint;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  postedAt: Date;

  @Field(() => Purchase, { nullable: true, description: 'The sale behind it, if there is one.' })
  purchase: Purchase | null;

  @Field(() => [ExplanationStep], {
    description: 'Why this many: eligible amount, rate, multipliers, rounding, with the rule versions used.',
  })
  explanation: ExplanationStep[];
}

export const { Connection: PointsEntryConnection } = connectionTypes('PointsEntry', () => PointsEntry);
export type PointsEntryConnection = InstanceType<typeof PointsEntryConnection>;

export const toEntry = (view: EntryView, locale: Locale): PointsEntry =>
  make(PointsEntry, {
    memberId: view.memberId,
    id: view.id,
    kind: PointsEntryKind[view.kind as keyof typeof PointsEntryKind],
    amount: view.amount,
    availableAfter: view.availableAfter,
    occurredAt: view.occurredAt,
    postedAt: view.postedAt,
    purchase: view.purchaseId === null ? null : purchaseStub(view.purchaseId),
    explanation: toExplanation(view.explanation, locale),
  });
