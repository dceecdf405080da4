import {
  type Caller,
  DateTimeScalar,
  fromMoneyInput,
  InvalidInputError,
  type Locale,
  make,
  MoneyInput,
  NotFoundError,
  PointsAmountScalar,
  requirePermission,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { ExplanationStep, toExplanation } from '../../ledger/api/explanation.type';
import { InvalidPointsRulesError, refuseRules } from '../../programme/api/check-rules.resolver';
import { PointsRuleVersionInput } from '../../programme/api/points-rule.input';
import { toDraft } from '../../programme/api/to-draft';
import type { BookRefusal, RuleChanges } from '../use-cases/preview-book';
import type { Preview, Previewed, PreviewRefusal, Ticket } from '../use-cases/preview-points.query';
import type { BeforeAfter, RulesEffect } from '../use-cases/preview-rules.query';
import { refuse, refuseInput } from '../../programme/api/texts';

const RULES_MAX = 500;
const LINES_MAX = 2000;
const SAMPLE_MAX = 500;

@InputType({ description: 'Rules as they would be.' })
class RuleChangesInput {
  @Field(() => [ID], { defaultValue: [], description: 'Versions that are kept already: drafts, or approved ones.' })
  ruleIds: string[];

  @Field(() => [PointsRuleVersionInput], { defaultValue: [], description: 'Versions that nobody has kept yet.' })
  rules: PointsRuleVersionInput[];

  @Field(() => [ID], { defaultValue: [], description: 'Versions that would not hold any more.' })
  retiredIds: string[];
}

@InputType({ description: 'A part of what was paid, in one way.' })
export class PreviewPaymentInput {
  @Field(() => String, { description: 'As the source would state it.' })
  method: string;

  @Field(() => MoneyInput, { description: "In the store's currency." })
  amount: MoneyInput;
}

@InputType({ description: 'A line of a ticket.' })
export class PreviewLineInput {
  @Field(() => String, { description: 'What rules call it.' })
  category: string;

  @Field(() => MoneyInput, { description: 'Paid in money.' })
  paid: MoneyInput;

  @Field(() => MoneyInput, { nullable: true, description: 'Worth of the points that paid for a part; absent: none.' })
  pointsValue?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: 'Before discounts; absent: what was paid.' })
  gross?: MoneyInput | null;
}

@InputType({ description: 'A ticket that does not have to exist.' })
export class PreviewSaleInput {
  @Field(() => ID, { description: 'Where.' })
  storeId: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  occurredAt: Date;

  @Field(() => ID, { nullable: true, description: 'Whose; absent: of somebody in the lowest tier.' })
  memberId?: string | null;

  @Field(() => String, { nullable: true, description: "As if the member had this tier; absent: the member's own." })
  tierCode?: string | null;

  @Field(() => String, { nullable: true, description: 'As the source would state it.' })
  channel?: string | null;

  @Field(() => [PreviewPaymentInput], { defaultValue: [], description: 'How it was paid, where rules ask for that.' })
  payments: PreviewPaymentInput[];

  @Field(() => [PreviewLineInput], { description: `1 to ${LINES_MAX}, in one currency.` })
  lines: PreviewLineInput[];
}

@InputType({ description: 'A ticket, and rules as they would be. Either `sale` or `purchaseId` is given.' })
export class PreviewPointsInput extends RuleChangesInput {
  @Field(() => PreviewSaleInput, { nullable: true, description: 'A ticket that does not have to exist.' })
  sale?: PreviewSaleInput | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A sale that was recorded. What no rule of its time asked for is not kept of it.',
  })
  purchaseId?: string | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'Whether the named rules hold also before they begin, so that a ticket of today shows a rule of tomorrow.',
  })
  anyTime: boolean;
}

@InputType({ description: 'Rules as they would be, and how many sales to look at.' })
export class PreviewPointsRulesInput extends RuleChangesInput {
  @Field(() => Int, { defaultValue: 200, description: `The latest sales, 1 to ${SAMPLE_MAX}.` })
  sample: number;
}

@ObjectType({ description: 'What a ticket earns.' })
export class PointsPreview {
  @Field(() => PointsAmountScalar, {
    description: 'Points, within what the caps of its day and the budgets leave to it.',
  })
  points: bigint;

  @Field(() => PointsAmountScalar, { description: 'Growth value.' })
  growth: bigint;

  @Field(() => [ExplanationStep], { description: 'How that comes about.' })
  explanation: ExplanationStep[];
}

@ObjectType({ description: 'A ticket by the rules in force and by others.' })
export class PreviewPointsSuccess {
  @Field(() => PointsPreview, { description: 'By the rules in force at the time of the ticket.' })
  inForce: PointsPreview;

  @Field(() => PointsPreview, { description: 'By the rules as they would be.' })
  changed: PointsPreview;
}

@ObjectType({ description: 'An amount before and after a change of rules.' })
export class PointsBeforeAfter {
  @Field(() => PointsAmountScalar, { description: 'By the rules in force.' })
  before: bigint;

  @Field(() => PointsAmountScalar, { description: 'By the rules as they would be.' })
  after: bigint;
}

@ObjectType({ description: 'Sales of one merchant that would have earned otherwise.' })
export class PointsMerchantEffect {
  @Field(() => ID, { description: 'The merchant.' })
  merchantId: string;

  @Field(() => Int, { description: 'So many sales.' })
  sales: number;

  @Field(() => PointsBeforeAfter, { description: 'Of these sales.' })
  points: PointsBeforeAfter;
}

@ObjectType({ description: 'Whom a change of rules affects, by the latest sales as if it had held.' })
export class PointsRulesEffect {
  @Field(() => PointsAmountScalar, { description: 'Members of the programme; 1000000 also stands for more.' })
  members: bigint;

  @Field(() => Int, { description: 'Sales that were looked at.' })
  sales: number;

  @Field(() => Int, { description: 'Those that would have earned otherwise.' })
  changed: number;

  @Field(() => Int, { description: 'Members of those.' })
  membersChanged: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Of the earliest sale; null: there is none.' })
  from: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Of the latest sale; null: there is none.' })
  to: Date | null;

  @Field(() => PointsBeforeAfter, { description: 'Points of all sales that were looked at.' })
  points: PointsBeforeAfter;

  @Field(() => PointsBeforeAfter, { description: 'Growth value of all sales that were looked at.' })
  growth: PointsBeforeAfter;

  @Field(() => [PointsMerchantEffect], { description: 'Merchants with sales that would have earned otherwise.' })
  merchants: PointsMerchantEffect[];
}

@ObjectType({ description: 'The effect of the change.' })
export class PreviewPointsRulesSuccess {
  @Field(() => PointsRulesEffect, { description: 'On the latest sales.' })
  effect: PointsRulesEffect;
}

const REFUSALS = [NotFoundError, InvalidPointsRulesError, InvalidInputError] as const;
export const PreviewPointsResult = createUnionType({
  name: 'PreviewPointsResult',
  description: 'The two ratings, or why there are none.',
  types: () => [PreviewPointsSuccess, ...REFUSALS] as const,
});
export const PreviewPointsRulesResult = createUnionType({
  name: 'PreviewPointsRulesResult',
  description: 'The effect, or why it is not known.',
  types: () => [PreviewPointsRulesSuccess, ...REFUSALS] as const,
});

/** Rules that are not in force yet are for those who make them. */
const mayPreview = (caller: Caller): void => requirePermission(caller, 'points:rules', [requireTenant(caller)]);

@Resolver()
export class PreviewPointsResolver {
  @Query(() => PreviewPointsResult, {
    description: 'What a ticket would earn by rules that are not in force, beside those that are. Changes nothing.',
  })
  async previewPoints(
    @Arg('input', () => PreviewPointsInput) input: PreviewPointsInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof PreviewPointsResult> {
    mayPreview(caller);
    const changes = toChanges(input, locale);
    if ('refusal' in changes) return changes.refusal as never;
    const of = toPreviewed(input, locale);
    if ('refusal' in of) return of.refusal;
    const result = await app.previewPoints(caller, { ...changes, anyTime: input.anyTime }, of);
    if (!result.ok) return refusalOf(result.error, locale) as never;
    const { inForce, changed } = result.value;
    return make(PreviewPointsSuccess, { inForce: toPreview(inForce, locale), changed: toPreview(changed, locale) });
  }

  @Query(() => PreviewPointsRulesResult, {
    description: "Whom a change of rules affects: the group's latest sales, rated as if it had held. Changes nothing.",
  })
  async previewPointsRules(
    @Arg('input', () => PreviewPointsRulesInput) input: PreviewPointsRulesInput,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<typeof PreviewPointsRulesResult> {
    mayPreview(caller);
    const { sample } = input;
    if (sample < 1 || sample > SAMPLE_MAX) {
      return refuseInput(['sample'], 'RANGE', locale, { min: '1', max: String(SAMPLE_MAX) });
    }
    const changes = toChanges(input, locale);
    if ('refusal' in changes) return changes.refusal as never;
    const result = await app.previewRules(caller, changes, sample);
    if (!result.ok) return refusalOf(result.error, locale) as never;
    return make(PreviewPointsRulesSuccess, { effect: toEffect(result.value) });
  }
}

function toChanges({ ruleIds, rules, retiredIds }: RuleChangesInput, locale: Locale) {
  if (ruleIds.length + rules.length + retiredIds.length > RULES_MAX) {
    return { refusal: refuseInput(['rules'], 'RANGE', locale, { min: '0', max: String(RULES_MAX) }) };
  }
  const read = rules.map(toDraft);
  const faults = read.flatMap((each, rule) => each.faults.map((fault) => ({ ...fault, rule })));
  if (faults.length > 0) return { refusal: refuseRules(faults, locale) };
  return { ruleIds, retiredIds, drafts: read.map(({ draft }) => draft) } satisfies Omit<RuleChanges, 'anyTime'>;
}

function toPreviewed(
  { sale, purchaseId }: PreviewPointsInput,
  locale: Locale,
): Previewed | { refusal: InvalidInputError } {
  const refuseAt = (...path: string[]) => ({ refusal: refuseInput(path, 'MONEY', locale) });
  if (Boolean(sale) === Boolean(purchaseId)) return { refusal: refuseInput(['sale'], 'ONE_OF', locale) };
  if (!sale) return { purchaseId: purchaseId ?? '' };
  if (sale.lines.length < 1 || sale.lines.length > LINES_MAX) {
    return { refusal: refuseInput(['sale', 'lines'], 'RANGE', locale, { min: '1', max: String(LINES_MAX) }) };
  }
  const currency = sale.lines[0]?.paid.currency ?? '';
  const minor = (money: MoneyInput): bigint | null => {
    const read = fromMoneyInput(money);
    return read.ok && read.value.amountMinor >= 0n && read.value.currency === currency ? read.value.amountMinor : null;
  };
  const lines: Ticket['lines'][number][] = [];
  for (const [i, { category, paid, pointsValue, gross }] of sale.lines.entries()) {
    const at = (field: string) => refuseAt('sale', 'lines', String(i), field);
    const paidMinor = minor(paid);
    if (paidMinor === null) return at('paid');
    const pointsValueMinor = pointsValue ? minor(pointsValue) : 0n;
    if (pointsValueMinor === null) return at('pointsValue');
    const grossMinor = gross ? minor(gross) : paidMinor + pointsValueMinor;
    if (grossMinor === null || grossMinor < paidMinor + pointsValueMinor) return at('gross');
    lines.push({ lineNo: i + 1, category, paidMinor, pointsValueMinor, grossMinor });
  }
  const payments: { method: string; amountMinor: bigint }[] = [];
  for (const [i, { method, amount }] of sale.payments.entries()) {
    const amountMinor = minor(amount);
    if (amountMinor === null) return refuseAt('sale', 'payments', String(i), 'amount');
    payments.push({ method, amountMinor });
  }
  const { storeId, occurredAt, memberId = null, tierCode = null, channel = null } = sale;
  return { ticket: { storeId, occurredAt, memberId, tierCode, channel, currency, payments, lines } };
}

function refusalOf(error: BookRefusal | PreviewRefusal, locale: Locale) {
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'FAULTS':
      return refuseRules(error.faults, locale);
    case 'INVALID_INPUT':
      return refuseInput(error.path, error.reason, locale);
  }
}

const toPreview = ({ points, growth, steps }: Preview, locale: Locale): PointsPreview =>
  make(PointsPreview, { points, growth, explanation: toExplanation(steps, locale) });

const toBeforeAfter = (of: BeforeAfter) => make(PointsBeforeAfter, { ...of });

const toEffect = ({ points, growth, merchants, ...effect }: RulesEffect): PointsRulesEffect =>
  make(PointsRulesEffect, {
    ...effect,
    points: toBeforeAfter(points),
    growth: toBeforeAfter(growth),
    merchants: merchants.map(({ points: of, ...merchant }) =>
      make(PointsMerchantEffect, { ...merchant, points: toBeforeAfter(of) }),
    ),
  });
