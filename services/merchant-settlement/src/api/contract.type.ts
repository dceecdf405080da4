import { DateTimeScalar, DecimalScalar } from '@atrium/platform';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum ContractStatus {
  DRAFT = 'DRAFT',
  APPROVED = 'APPROVED',
  ACTIVE = 'ACTIVE',
  RETIRED = 'RETIRED',
}
registerEnumType(ContractStatus, { name: 'ContractStatus', description: 'Only ACTIVE versions apply to sales.' });

@ObjectType('Contract', {
  description:
    'A version of the terms between a mall and a merchant. A sale keeps the terms of its own instant; a merchant without a contract has the terms of its mall, then of its group.',
})
export class ContractType {
  @Field(() => ID)
  id: string;

  @Field(() => ID, { description: 'The merchant, mall or group that the terms hold for.' })
  nodeId: string;

  @Field(() => Int, { description: 'Rises with each version of the same node.' })
  version: number;

  @Field(() => ContractStatus)
  status: ContractStatus;

  @Field(() => DateTimeScalar)
  effectiveFrom: Date;

  @Field(() => DecimalScalar, { description: 'What one point is worth, in money.' })
  pointUnitValue: string;

  @Field(() => DecimalScalar, { description: 'What the merchant pays for each point that its customers earn.' })
  pointPriceAtEarn: string;

  @Field(() => Int, { description: "The merchant's share of points that are spent with it, in basis points." })
  burnShareBps: number;

  @Field(() => Int, {
    description: "The merchant's share of tier discounts and of coupons funded by contract, in basis points.",
  })
  couponShareBps: number;
}
