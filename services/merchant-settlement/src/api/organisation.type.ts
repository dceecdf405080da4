import { CurrencyCodeScalar, MoneyType } from '@atrium/platform';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('MallGroup', { description: 'The tenant: malls that share one programme.' })
export class MallGroupType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { description: 'IANA zone; the default of its malls.' })
  timeZone: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;

  @Field(() => Int, { description: 'Minutes after local midnight at which the business day begins.' })
  dayCutMinutes: number;
}

@ObjectType('Mall', { description: "The path to the mall's shops." })
@Directive('@key(fields: "id")')
export class MallType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { description: 'IANA zone, like "Asia/Shanghai".' })
  timeZone: string;

  @Field(() => CurrencyCodeScalar)
  currency: string;

  path: string[];
}

@ObjectType('Merchant', { description: 'A tenant of a mall, with its shops and what it and the mall owe each other.' })
@Directive('@key(fields: "id")')
export class MerchantType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => String)
  name: string;

  path: string[];
  currency: string;
}

@ObjectType('Store', { description: 'One shop of a merchant: where a till stands.' })
@Directive('@key(fields: "id")')
export class StoreType {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  code: string;

  @Field(() => String)
  name: string;

  path: string[];
}

@ObjectType('MerchantBalance', {
  description:
    "What the mall and the merchant owe each other from facts so far. net = receivable - payable, from the mall's side.",
})
export class MerchantBalanceType {
  @Field(() => MoneyType)
  receivable: MoneyType;

  @Field(() => MoneyType)
  payable: MoneyType;

  @Field(() => MoneyType)
  net: MoneyType;
}
