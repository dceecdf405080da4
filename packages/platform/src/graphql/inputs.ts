import { Field, InputType, Int, registerEnumType } from 'type-graphql';
import { MoneyInput } from './money';
import { DecimalScalar } from './scalars';

export enum MemberIdentifierType {
  CARD = 'CARD',
  PHONE = 'PHONE',
  DYNAMIC_CODE = 'DYNAMIC_CODE',
}
registerEnumType(MemberIdentifierType, { name: 'MemberIdentifierType', description: 'How a till knows a member.' });

@InputType({ description: 'What a member shows or says at a till.' })
export class MemberIdentifierInput {
  @Field(() => MemberIdentifierType)
  type: MemberIdentifierType;

  @Field(() => String)
  value: string;
}

@InputType({
  description:
    '`quantity` may be a weight ("1.250"); `gross` is for the whole line; `discount` is the shop\'s own reduction, before anything of Atrium\'s.',
})
export class BasketLineInput {
  @Field(() => Int)
  lineNo: number;

  @Field(() => String)
  sku: string;

  @Field(() => String)
  category: string;

  @Field(() => DecimalScalar)
  quantity: string;

  @Field(() => MoneyInput)
  gross: MoneyInput;

  @Field(() => MoneyInput, { nullable: true })
  discount?: MoneyInput | null;
}
