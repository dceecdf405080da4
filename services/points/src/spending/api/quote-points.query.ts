import { isUuid } from '@atrium/kernel';
import {
  DateTimeScalar,
  InvalidInputError,
  make,
  MoneyType,
  NotFoundError,
  PointsAmountScalar,
  toMoneyType,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsCutReason } from './errors.type';
import { orderFor, readLines } from './order.input';
import { PointsOrderKind, PointsOrderLineInput } from './order.type';
import { refuseOrder } from './refusals';
import { CUTS } from './texts';

@InputType({ description: 'An order that points may pay a part of.' })
export class QuotePointsInput {
  @Field(() => ID, { description: 'Who pays.' })
  memberId: string;

  @Field(() => ID, { description: 'The store; or the merchant or the mall.' })
  nodeId: string;

  @Field(() => PointsAmountScalar, { description: 'So many are wanted; cut to what rules and balance allow.' })
  points: bigint;

  @Field(() => [PointsOrderLineInput], { description: 'What is to be paid.' })
  lines: PointsOrderLineInput[];

  @Field(() => ID, { nullable: true, description: 'Of an earlier quote: honoured while its price lock lasts.' })
  ruleVersionId?: string | null;
}

@ObjectType({ description: 'What points can pay of an order now.' })
export class PointsQuote {
  @Field(() => PointsAmountScalar, { description: 'So many can be used.' })
  points: bigint;

  @Field(() => MoneyType, { description: 'What they pay.' })
  value: MoneyType;

  @Field(() => [MoneyType], { description: 'What they pay of each line, in the order given.' })
  lineValues: MoneyType[];

  @Field(() => PointsAmountScalar, { description: 'The balance that can be spent.' })
  available: bigint;

  @Field(() => PointsCutReason, { nullable: true, description: 'Why fewer than were asked for; null when as asked.' })
  cutReason: PointsCutReason | null;

  @Field(() => [String], { description: 'The same in words.' })
  notices: string[];

  @Field(() => ID, { nullable: true, description: 'Cite it when the points are held or redeemed.' })
  ruleVersionId: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'So long it is honoured, whatever is published.' })
  lockedUntil: Date | null;
}

const QuotePointsResult = createUnionType({
  name: 'QuotePointsResult',
  description: 'The quote, or why there is none.',
  types: () => [PointsQuote, NotFoundError, InvalidInputError] as const,
});

@Resolver()
export class QuotePointsQuery {
  @Query(() => QuotePointsResult, {
    description: 'How many points this member could use for an order here, and what they would pay. Changes nothing.',
  })
  async quotePoints(
    @Arg('input', () => QuotePointsInput) input: QuotePointsInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof QuotePointsResult> {
    const { app, caller, load, locale } = context;
    const { memberId, nodeId, lines, points } = input;
    const asked = { kind: PointsOrderKind.ONLINE, nodeId, number: '' };
    const order = await orderFor(context, { idempotencyKey: '', memberId, order: asked }, 'checkout:reserve', {
      self: true,
    });
    const notFound = () => make(NotFoundError, refuseOrder({ code: 'NOT_FOUND' }, locale));
    if (!order || !isUuid(memberId) || !(await load.member.load(order.memberId))) return notFound();
    const payable = readLines(lines);
    if ('reason' in payable || payable.lines.some(({ toPayMinor }) => toPayMinor < 0n)) {
      const fault = 'reason' in payable ? payable : ({ path: 'lines', reason: 'NEGATIVE' } as const);
      return refuseOrder({ code: 'INVALID_INPUT', ...fault }, locale) as InvalidInputError;
    }
    const { currency } = payable;
    const quote = await app.quotePoints(caller.groupId ?? '', {
      memberId: order.memberId,
      mallId: order.place.mallId,
      merchantId: order.place.merchantId ?? '',
      storeId: order.place.storeId ?? '',
      currency,
      lines: payable.lines.map((line, i) => ({ ...line, lineNo: i + 1 })),
      requestedPoints: points,
      quotedRuleVersionId: input.ruleVersionId?.toLowerCase() ?? null,
    });
    if (!quote.quotedKnown) return notFound();
    return make(PointsQuote, {
      points: quote.points,
      value: toMoneyType(quote.valueMinor, currency),
      lineValues: quote.lineValuesMinor.map((minor) => toMoneyType(minor, currency)),
      available: quote.available,
      cutReason: quote.cutReason === '' ? null : PointsCutReason[quote.cutReason],
      notices: quote.cutReason === '' ? [] : [CUTS[quote.cutReason]?.[locale] ?? quote.cutReason],
      ruleVersionId: quote.ruleVersionId,
      lockedUntil: quote.lockedUntil,
    });
  }
}
