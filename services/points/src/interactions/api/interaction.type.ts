import {
  connectionTypes,
  DateScalar,
  DateTimeScalar,
  type Locale,
  make,
  NotEligibleError,
  PointsAmountScalar,
  UserError,
} from '@atrium/platform';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { InteractionKind, InteractionProof } from '../../programme/api/terms.enums';
import type { InteractionOffer as OfferView } from '../use-cases/interactions.query';
import type { RecordedInteraction } from '../use-cases/record-interaction';

export { NotEligibleError };

@ObjectType({ description: 'Something that a member did for points, other than buying.' })
export class Interaction {
  @Field(() => ID, { description: 'Never reused.' })
  id: string;

  @Field(() => String, { description: 'The rule.' })
  code: string;

  @Field(() => PointsAmountScalar, { description: 'Points that it earned.' })
  points: bigint;

  @Field(() => PointsAmountScalar, { description: 'Growth value that it earned.' })
  growth: bigint;

  @Field(() => Int, { description: 'Days in a row, this one included.' })
  streak: number;

  @Field(() => DateScalar, { description: "The mall's business day." })
  businessDate: string;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt: Date;

  @Field(() => ID, { description: 'The version of the rule that said so.' })
  ruleVersionId: string;
}

@ObjectType({ description: 'What the signed-in member can do for points now.' })
export class InteractionOffer {
  @Field(() => String, { description: 'The rule.' })
  code: string;

  @Field(() => String, { description: "In the caller's language." })
  name: string;

  @Field(() => InteractionKind, { description: 'What it is.' })
  kind: keyof typeof InteractionKind;

  @Field(() => InteractionProof, { description: 'What has to come with it.' })
  proof: keyof typeof InteractionProof;

  @Field(() => PointsAmountScalar, {
    nullable: true,
    description: 'What the next one earns, with the bonus for days in a row. Null: nothing more for now.',
  })
  points: bigint | null;

  @Field(() => Int, { description: 'How often today already.' })
  doneToday: number;

  @Field(() => Int, { description: 'Days in a row up to now.' })
  streak: number;
}

@ObjectType({
  implements: UserError,
  description: 'It earns points no more often, today or at all. `limit` says how often.',
})
export class InteractionLimitReachedError extends UserError {
  @Field(() => Int, { description: 'How often it counts.' })
  limit: number;
}

@ObjectType({ implements: UserError, description: 'The reference has earned points before.' })
export class ReferenceAlreadyUsedError extends UserError {}

export const { Connection: InteractionConnection } = connectionTypes('Interaction', () => Interaction);
export type InteractionConnection = InstanceType<typeof InteractionConnection>;

export const toInteraction = (made: RecordedInteraction): Interaction =>
  make(Interaction, {
    id: made.id,
    code: made.code,
    points: made.points,
    growth: made.growth,
    streak: made.streak,
    businessDate: made.businessDate,
    occurredAt: made.occurredAt,
    ruleVersionId: made.ruleVersionId,
  });

export const toOffer = ({ code, terms, points, doneToday, streak }: OfferView, locale: Locale): InteractionOffer =>
  make(InteractionOffer, {
    code,
    name: terms.names[locale] ?? terms.names['en'] ?? terms.names['zh-CN'] ?? code,
    kind: terms.kind,
    proof: terms.proof,
    points,
    doneToday,
    streak,
  });
