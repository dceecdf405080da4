import { DecimalScalar, type Locale, make } from '@atrium/platform';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Step } from '../use-cases/entries.query';
import { textOf } from './steps.texts';

@ObjectType({ description: 'One step of the arithmetic behind a number, readable and checkable.' })
@Directive('@shareable')
export class ExplanationStep {
  @Field(() => String, { description: 'Stable name of the step.' })
  code: string;

  @Field(() => String, { description: "In the caller's language." })
  text: string;

  @Field(() => DecimalScalar, { nullable: true, description: "The step's figure, as a decimal." })
  value: string | null;

  @Field(() => ID, { nullable: true, description: 'The version of the rule that said so.' })
  ruleVersionId: string | null;
}

export const toExplanation = (steps: readonly Step[], locale: Locale): ExplanationStep[] =>
  steps.map((step) =>
    make(ExplanationStep, {
      code: step.code,
      text: textOf(step, locale),
      value: step.value ?? null,
      ruleVersionId: step.ruleVersionId ?? null,
    }),
  );
