import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A sale. This subgraph adds the checkout that was paid and the coupons that came of it.' })
@Directive('@key(fields: "id")')
export class Purchase {
  @Field(() => ID)
  id: string;
}
