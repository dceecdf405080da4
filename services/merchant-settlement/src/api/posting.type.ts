import { connectionTypes, DateTimeScalar, MoneyType } from '@atrium/platform';
import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType('PostingLine', {
  description: 'A line of a posting: a debit, a credit, or a memo that counts in no balance.',
})
export class PostingLineType {
  @Field(() => String)
  account: string;

  @Field(() => MoneyType, { nullable: true })
  debit: MoneyType | null;

  @Field(() => MoneyType, { nullable: true })
  credit: MoneyType | null;

  @Field(() => String, { nullable: true })
  memo: string | null;
}

@ObjectType('Posting', { description: 'One balanced double-entry posting.' })
export class PostingType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  kind: string;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => DateTimeScalar)
  postedAt: Date;

  @Field(() => [PostingLineType])
  lines: PostingLineType[];

  purchaseId: string | null;
}

export const PostingConnection = connectionTypes('Posting', () => PostingType).Connection;
