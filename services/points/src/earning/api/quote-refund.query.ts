import { isUuid, parseMoney } from '@atrium/kernel';
import {
  can,
  InvalidInputError,
  make,
  MoneyInput,
  MoneyType,
  NotFoundError,
  PointsAmountScalar,
  PublicError,
  requireAnywhere,
  toMoneyType,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { SpentPointsMode } from '../../programme/api/terms.enums';
import type { SpentPointsPolicy } from '../../programme/domain/terms';
import type { QuoteRefundRefusal } from '../use-cases/quote-refund.query';
import { NOTICES, refuse, WRONG } from './refund.texts';

@InputType({
  description: 'What is to be given back of a line: its value, the part that was paid with points included.',
})
export class QuoteRefundLineInput {
  @Field(() => Int, { description: 'Of the sale.' })
  lineNo: number;

  @Field(() => MoneyInput, { description: 'At most what is left of the line.' })
  amount: MoneyInput;
}

@InputType({ description: 'A refund that is not given yet.' })
export class QuoteRefundInput {
  @Field(() => ID, { description: 'The sale.' })
  purchaseId: string;

  @Field(() => [QuoteRefundLineInput], { nullable: true, description: 'Absent = everything that is left.' })
  lines?: QuoteRefundLineInput[] | null;
}

@ObjectType({ description: 'What a refund would do to points and to the cash that goes back.' })
export class RefundQuote {
  @Field(() => MoneyType, { description: 'Money that goes back, before the deduction.' })
  cash: MoneyType;

  @Field(() => PointsAmountScalar, { description: 'Points that had paid and come back.' })
  pointsReturned: bigint;

  @Field(() => PointsAmountScalar, { description: 'Points that had been earned and are taken from the account.' })
  pointsTaken: bigint;

  @Field(() => PointsAmountScalar, { description: 'Points that should be taken and were spent.' })
  pointsMissing: bigint;

  @Field(() => PointsAmountScalar, { description: 'Of the missing: owed by the member afterwards.' })
  pointsOwed: bigint;

  @Field(() => PointsAmountScalar, { description: 'Of the missing: not asked for.' })
  pointsWaived: bigint;

  @Field(() => MoneyType, {
    description: 'To be kept from the cash for missing points; say so with the refund (`pointsDeduction`).',
  })
  cashDeduction: MoneyType;

  @Field(() => SpentPointsMode, { description: 'The programme of the sale.' })
  policy: SpentPointsPolicy['mode'];

  @Field(() => Boolean, { description: 'False: the till shall not refund, `notices` say why.' })
  allowed: boolean;

  @Field(() => [String], { description: 'For the customer, in words.' })
  notices: string[];
}

const QuoteRefundResult = createUnionType({
  name: 'QuoteRefundResult',
  description: 'The quote, or why there is none.',
  types: () => [RefundQuote, NotFoundError, InvalidInputError] as const,
});

@Resolver()
export class QuoteRefundQuery {
  @Query(() => QuoteRefundResult, {
    description:
      'What a refund would do to points, so that a till can tell before it pays back. A refund that happens otherwise is a fact all the same.',
  })
  async quoteRefund(
    @Arg('input', () => QuoteRefundInput) input: QuoteRefundInput,
    @Ctx() { app, caller, load, locale }: PointsContext,
  ): Promise<typeof QuoteRefundResult> {
    requireAnywhere(caller, 'purchase:refund');
    const purchaseId = input.purchaseId.toLowerCase();
    const sale = isUuid(purchaseId) ? await load.purchase.load(purchaseId) : null;
    if (!sale) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    const till = caller.storeId === null ? null : await app.spendingPlace(caller, caller.storeId);
    if (!can(caller, 'purchase:refund', sale.path, till?.path ?? [])) {
      throw new PublicError('FORBIDDEN', 'This needs the permission purchase:refund here.');
    }
    const wrong = ({ code }: Exclude<QuoteRefundRefusal, { code: 'NOT_FOUND' }> | { code: 'AMOUNT' | 'TWICE' }) =>
      refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: ['lines'] }, { reason: WRONG[code][locale] });
    const amounts = input.lines ? readAmounts(input.lines) : null;
    if (typeof amounts === 'string') return wrong({ code: amounts });
    const result = await app.quoteRefund(caller, purchaseId, amounts);
    if (!result.ok) {
      return result.error.code === 'NOT_FOUND' ? refuse(NotFoundError, 'NOT_FOUND', locale, {}) : wrong(result.error);
    }
    const q = result.value;
    const money = (minor: bigint) => toMoneyType(minor, q.currency);
    const notices = [
      ...(q.pointsOwed > 0n && q.allowed ? [NOTICES.OWED] : []),
      ...(q.deductionMinor > 0n ? [NOTICES.DEDUCTED] : []),
      ...(q.allowed ? [] : [NOTICES.REJECTED]),
    ];
    const values: Record<string, string> = {
      missing: q.pointsMissing.toString(),
      owed: q.pointsOwed.toString(),
      deduction: `${money(q.deductionMinor).amount} ${q.currency}`,
    };
    return make(RefundQuote, {
      cash: money(q.cashMinor),
      pointsReturned: q.pointsReturned,
      pointsTaken: q.pointsTaken,
      pointsMissing: q.pointsMissing,
      pointsOwed: q.pointsOwed,
      pointsWaived: q.pointsWaived,
      cashDeduction: money(q.deductionMinor),
      policy: q.policy,
      allowed: q.allowed,
      notices: notices.map((text) => text[locale].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')),
    });
  }
}

function readAmounts(lines: readonly QuoteRefundLineInput[]): Map<number, bigint> | 'AMOUNT' | 'TWICE' {
  const amounts = new Map<number, bigint>();
  for (const { lineNo, amount } of lines) {
    const read = parseMoney(amount.amount, amount.currency);
    if (!read.ok || read.value.amountMinor < 0n) return 'AMOUNT';
    if (amounts.has(lineNo)) return 'TWICE';
    amounts.set(lineNo, read.value.amountMinor);
  }
  return amounts;
}
