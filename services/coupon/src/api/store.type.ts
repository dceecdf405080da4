import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A shop of a merchant in a mall.' })
@Directive('@key(fields: "id", resolvable: false)')
export class Store {
  @Field(() => ID)
  id: string;
}
