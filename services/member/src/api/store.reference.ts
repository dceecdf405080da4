import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Owned by merchant-settlement; here only what a till's viewer points to. */
@ObjectType('Store')
@Directive('@key(fields: "id", resolvable: false)')
export class StoreReference {
  @Field(() => ID)
  id: string;
}
