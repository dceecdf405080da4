import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Owned by merchant-settlement; here only what a member's home mall points to. */
@ObjectType('Mall')
@Directive('@key(fields: "id", resolvable: false)')
export class MallReference {
  @Field(() => ID)
  id: string;
}
