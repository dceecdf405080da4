import { DateTimeScalar, type Locale, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { textOf } from '../../ledger/api/steps.texts';
import { PointsRule, toRule } from '../../programme/api/points-rule.type';
import type { ExplainedView } from '../use-cases/explained.query';
import { effectTexts } from './explained.texts';

@ObjectType({ description: 'What an entry gave to one credit of points, or took from it.' })
export class PointsEntryLot {
  @Field(() => ID, { description: 'The credit.' })
  lotId: string;

  @Field(() => PointsAmountScalar, { description: 'Signed: given (+) or taken (-).' })
  amount: bigint;

  @Field(() => DateTimeScalar, { description: 'When these points were earned.' })
  earnedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which they are gone; null: never.' })
  expiresAt: Date | null;

  @Field(() => ID, { description: 'Who carries their cost: a merchant, a mall, a partner, or the group.' })
  funderId: string;
}

@ObjectType({ description: 'A line of the sale behind an entry.' })
export class PointsEntryLine {
  @Field(() => Int, { description: 'As on the ticket.' })
  lineNo: number;

  @Field(() => MoneyType, { description: 'What of it counts.' })
  eligible: MoneyType;

  @Field(() => PointsAmountScalar, { description: 'Its part of what the sale earns by now.' })
  points: bigint;
}

@ObjectType({ description: 'An entry from its inputs to its amount.' })
export class PointsEntryExplained {
  @Field(() => [String], { description: "The arithmetic, a sentence for each step, in the caller's language." })
  sentences: string[];

  @Field(() => String, { description: 'The same in one line: `100.00 × 1 × (1 + 0.2 + 1) = 220`.' })
  equation: string;

  @Field(() => [PointsEntryLine], { description: 'Lines of the sale; empty without one.' })
  lines: PointsEntryLine[];

  @Field(() => [PointsRule], { description: 'The versions of the rules that were applied.' })
  rules: PointsRule[];

  @Field(() => [PointsEntryLot], { description: 'The credits it gave to or took from.' })
  lots: PointsEntryLot[];
}

export const toExplained = (view: ExplainedView, locale: Locale): PointsEntryExplained =>
  make(PointsEntryExplained, {
    sentences: [...view.steps.map((step) => textOf(step, locale)), ...effectTexts(view, locale)],
    equation: view.equation,
    lines: view.lines.map(({ lineNo, eligibleMinor, points }) =>
      make(PointsEntryLine, { lineNo, points, eligible: toMoneyType(eligibleMinor, view.currency ?? '') }),
    ),
    rules: view.rules.map(toRule),
    lots: view.lots.map(({ id, amount, earnedAt, expiresAt, funderId }) =>
      make(PointsEntryLot, { lotId: id, amount, earnedAt, expiresAt, funderId }),
    ),
  });
