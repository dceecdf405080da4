import {
  DateTimeScalar,
  InvalidInputError,
  type Locale,
  make,
  requirePermission,
  requireTenant,
  UserError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import type { RuleDraft } from '../domain/draft';
import type { Fault } from '../domain/faults';
import { fromCampaign, fromEarn, fromInteraction, fromProgramme } from './from-terms';
import { PointsRuleVersionInput } from './points-rule.input';
import { PointsRuleKind } from './points-rule.type';
import { EarnRuleTerms, InteractionTermsType } from './terms.parts';
import { CampaignTermsType, PointsProgrammeTerms } from './terms.types';
import { faultText, refuse, refuseInput } from './texts';
import { toDraft } from './to-draft';

const RULES_MAX = 500;

@InputType({ description: 'Versions of rules that somebody wants.' })
export class CheckPointsRulesInput {
  @Field(() => [PointsRuleVersionInput], { description: `At most ${RULES_MAX}.` })
  rules: PointsRuleVersionInput[];
}

@ObjectType({ description: 'A version of a rule as it would be kept: what was left out has its default.' })
export class PointsRuleVersion {
  @Field(() => PointsRuleKind, { description: 'Says which of the four terms below is set.' })
  kind: PointsRuleKind;

  @Field(() => String, { description: 'Names the rule among those of its kind.' })
  code: string;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  effectiveFrom: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant at which it no longer holds.' })
  effectiveTo: Date | null;

  @Field(() => PointsProgrammeTerms, { nullable: true, description: 'For PROGRAMME.' })
  programme: PointsProgrammeTerms | null;

  @Field(() => EarnRuleTerms, { nullable: true, description: 'For EARN.' })
  earn: EarnRuleTerms | null;

  @Field(() => CampaignTermsType, { nullable: true, description: 'For CAMPAIGN.' })
  campaign: CampaignTermsType | null;

  @Field(() => InteractionTermsType, { nullable: true, description: 'For INTERACTION.' })
  interaction: InteractionTermsType | null;
}

@ObjectType({ description: 'What is wrong with a rule, and where.' })
export class PointsRuleFault {
  @Field(() => Int, { description: 'Which of the rules, from 0.' })
  rule: number;

  @Field(() => [String], { description: 'Points into the rule.' })
  path: string[];

  @Field(() => String, { description: 'Stable name of the fault.' })
  code: string;

  @Field(() => String, { description: "In the caller's language." })
  text: string;
}

@ObjectType({ implements: UserError, description: 'All that is wrong with the rules, at once.' })
export class InvalidPointsRulesError extends UserError {
  @Field(() => [PointsRuleFault], { description: 'In the order of the rules.' })
  faults: PointsRuleFault[];
}

@ObjectType({ description: 'The rules can be published.' })
export class CheckPointsRulesSuccess {
  @Field(() => [PointsRuleVersion], { description: 'As they would be kept, in the order of the input.' })
  rules: PointsRuleVersion[];
}

export const CheckPointsRulesResult = createUnionType({
  name: 'CheckPointsRulesResult',
  description: 'The rules as they would be kept, or what is wrong with them.',
  types: () => [CheckPointsRulesSuccess, InvalidPointsRulesError, InvalidInputError] as const,
});

@Resolver()
export class CheckPointsRulesResolver {
  @Query(() => CheckPointsRulesResult, {
    description: 'Looks at versions of rules without keeping them: every fault at once, and every default filled in.',
  })
  async checkPointsRules(
    @Arg('input', () => CheckPointsRulesInput) input: CheckPointsRulesInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof CheckPointsRulesResult> {
    requirePermission(caller, 'points:rules', [requireTenant(caller)]);
    if (input.rules.length > RULES_MAX) {
      return refuseInput(['rules'], 'RANGE', locale, { min: '0', max: String(RULES_MAX) });
    }
    const read = input.rules.map(toDraft);
    const found = await app.checkRules(
      caller,
      read.map(({ draft }) => draft),
    );
    const faults = read.flatMap((rule, i) => allFaults(i, rule.faults, found[i] ?? []));
    if (faults.length > 0) return refuseRules(faults, locale);
    return make(CheckPointsRulesSuccess, { rules: read.map(({ draft }) => toVersion(draft)) });
  }
}

type RuleFault = Fault & { readonly rule: number };

/** Where something could not even be read, nothing more is said about the same place. */
function allFaults(rule: number, unread: readonly Fault[], found: readonly Fault[]): RuleFault[] {
  const told = new Set(unread.map(({ path }) => path.join('.')));
  return [...unread, ...found.filter(({ path }) => !told.has(path.join('.')))].map((fault) => ({ ...fault, rule }));
}

export function refuseRules(found: readonly RuleFault[], locale: Locale): InvalidPointsRulesError {
  const faults = found.map(({ rule, path, reason, args }) =>
    make(PointsRuleFault, { rule, path: [...path], code: reason, text: faultText(reason, locale, args) }),
  );
  const values = { count: String(faults.length), reason: faults[0]?.text ?? '' };
  return refuse(InvalidPointsRulesError, 'INVALID_POINTS_RULES', locale, { faults }, values);
}

const toVersion = (draft: RuleDraft): PointsRuleVersion =>
  make(PointsRuleVersion, {
    kind: PointsRuleKind[draft.kind],
    code: draft.code,
    effectiveFrom: draft.effectiveFrom,
    effectiveTo: draft.effectiveTo,
    programme: draft.kind === 'PROGRAMME' ? fromProgramme(draft.terms) : null,
    earn: draft.kind === 'EARN' ? fromEarn(draft.terms) : null,
    campaign: draft.kind === 'CAMPAIGN' ? fromCampaign(draft.terms) : null,
    interaction: draft.kind === 'INTERACTION' ? fromInteraction(draft.terms) : null,
  });
