import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: "A person in a mall group's programme. This subgraph adds the member's coupons." })
@Directive('@key(fields: "id")')
export class Member {
  @Field(() => ID)
  id: string;
}
