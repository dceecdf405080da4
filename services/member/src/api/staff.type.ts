import { connectionTypes, DateTimeScalar } from '@atrium/platform';
import { Field, ID, ObjectType } from 'type-graphql';
import { RoleGrant } from './viewer.type';

@ObjectType({ description: 'A person who works in the mall group.' })
export class StaffMember {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  displayName: string;

  @Field(() => DateTimeScalar)
  invitedAt: Date;

  @Field(() => [RoleGrant], { description: 'Roles at or below the nodes where the caller may read staff.' })
  grants: RoleGrant[];
}

const types = connectionTypes('StaffMember', () => StaffMember);
export const StaffMemberConnection = types.Connection;
export type StaffMemberConnection = InstanceType<typeof types.Connection>;
