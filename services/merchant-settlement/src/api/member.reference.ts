import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType('Member', { description: "A person in a mall group's programme." })
@Directive('@key(fields: "id")')
export class MemberStub {
  @Field(() => ID)
  id: string;
}
