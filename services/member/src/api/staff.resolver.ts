import {
  type Caller,
  isRole,
  make,
  pageOf,
  permissionsOf,
  requireAnywhere,
  requireTenant,
  toConnection,
} from '@atrium/platform';
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { StaffView } from '../use-cases/staff.query';
import type { MemberContext } from './context';
import { StaffMember, StaffMemberConnection } from './staff.type';
import { toRoleGrant } from './viewer.resolver';

/** Where the caller may read staff: a service in its whole group, staff at the nodes of their roles. */
export function staffNodes(caller: Caller): string[] {
  const groupId = requireTenant(caller);
  if (caller.kind === 'SERVICE') return [groupId];
  return caller.grants.filter(({ role }) => permissionsOf(role).includes('staff:read')).map(({ nodeId }) => nodeId);
}

export const toStaffMember = (view: StaffView): StaffMember =>
  make(StaffMember, {
    id: view.id,
    displayName: view.displayName,
    invitedAt: view.invitedAt,
    grants: view.grants.flatMap(({ role, nodeId, nodeName }) =>
      isRole(role) ? [toRoleGrant(role, nodeId, nodeName)] : [],
    ),
  });

@Resolver()
export class StaffResolver {
  @Query(() => StaffMemberConnection, {
    description: 'People with a role at or below the nodes where the caller may read staff.',
  })
  async staff(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() ctx: MemberContext,
  ): Promise<StaffMemberConnection> {
    requireAnywhere(ctx.caller, 'staff:read');
    const page = pageOf(first ?? 20, after);
    const rows = await ctx.app.listStaff(requireTenant(ctx.caller), staffNodes(ctx.caller), page);
    return toConnection(rows, page, ({ invitedAt, id }) => ({ at: invitedAt, id }), toStaffMember);
  }
}
