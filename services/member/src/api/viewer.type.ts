import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Member } from './member.type';
import { StoreReference } from './store.reference';

export enum ViewerKind {
  ANONYMOUS = 'ANONYMOUS',
  MEMBER = 'MEMBER',
  STAFF = 'STAFF',
  TILL = 'TILL',
  SERVICE = 'SERVICE',
}
registerEnumType(ViewerKind, { name: 'ViewerKind', description: 'What kind of caller is asking.' });

@ObjectType({
  description:
    'A role at a node of group > mall > merchant > store. `permissions` are the stable names that guards use.',
})
export class RoleGrant {
  @Field(() => String)
  role: string;

  @Field(() => ID)
  nodeId: string;

  @Field(() => String, { description: "The node's name; its id while the node is not known here yet." })
  nodeName: string;

  @Field(() => [String])
  permissions: string[];
}

@ObjectType({ description: 'Who is asking: what a client needs to draw its menu.' })
export class Viewer {
  @Field(() => ViewerKind)
  kind: ViewerKind;

  @Field(() => String, { nullable: true })
  displayName: string | null;

  @Field(() => Member, { nullable: true, description: 'The signed-in member.' })
  member: Member | null;

  @Field(() => StoreReference, { nullable: true, description: "The till's own store." })
  store: StoreReference | null;

  @Field(() => [RoleGrant], { description: 'Roles of staff; empty for everybody else.' })
  grants: RoleGrant[];
}
