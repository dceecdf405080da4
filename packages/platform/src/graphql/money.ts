import { type Money, formatMinor, parseMoney, type MoneyParseError, type Result } from '@atrium/kernel';
import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { make } from './make';
import { CurrencyCodeScalar, DecimalScalar } from './scalars';

@ObjectType('Money', { description: 'An amount of money in major units, exact.' })
@Directive('@shareable')
export class MoneyType {
  @Field(() => DecimalScalar)
  amount: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;
}

@InputType('MoneyInput', {
  description: 'An amount of money in major units, with at most the digits that its currency has.',
})
export class MoneyInput {
  @Field(() => DecimalScalar)
  amount: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;
}

/** Minor units -> GraphQL. */
export const toMoneyType = (amountMinor: bigint, currency: string): MoneyType =>
  make(MoneyType, { amount: formatMinor(amountMinor, currency), currency });

/** GraphQL -> minor units; says why when it cannot. */
export const fromMoneyInput = (input: MoneyInput): Result<Money, MoneyParseError> =>
  parseMoney(input.amount, input.currency);
