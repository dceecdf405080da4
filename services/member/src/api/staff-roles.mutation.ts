import {
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotEligibleError,
  NotFoundError,
  requireAnywhere,
  requireTenant,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { StaffResult } from '../use-cases/staff-roles';
import type { MemberContext } from './context';
import { refuse, requireKey, sharedRefusal } from './refusals';
import { staffNodes, toStaffMember } from './staff.resolver';
import { StaffMember } from './staff.type';

@InputType({ description: 'A person who begins to work in the group, with her first role.' })
export class InviteStaffInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => String, { description: "The subject of the person's tokens, as the identity provider knows her." })
  subject: string;

  @Field(() => String)
  displayName: string;

  @Field(() => String)
  role: string;

  @Field(() => ID, { description: 'The node of group > mall > merchant > store at and below which the role holds.' })
  nodeId: string;
}

@InputType({ description: 'A role of a person at a node.' })
export class StaffRoleInput {
  @Field(() => ID)
  idempotencyKey: string;

  @Field(() => ID)
  staffId: string;

  @Field(() => String)
  role: string;

  @Field(() => ID)
  nodeId: string;
}

@ObjectType()
export class StaffRolesSuccess {
  @Field(() => StaffMember)
  staff: StaffMember;
}

const StaffRolesResult = createUnionType({
  name: 'StaffRolesResult',
  types: () =>
    [
      StaffRolesSuccess,
      NotEligibleError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

@Resolver()
export class StaffRolesMutation {
  @Mutation(() => StaffRolesResult, { description: 'Invites a person and gives her a role at a node.' })
  async inviteStaff(
    @Arg('input', () => InviteStaffInput) input: InviteStaffInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof StaffRolesResult> {
    requireAnywhere(ctx.caller, 'staff:manage');
    requireKey(input.idempotencyKey);
    return answer(ctx, await ctx.app.inviteStaff(ctx.caller, input));
  }

  @Mutation(() => StaffRolesResult, { description: 'Gives a role at or below a node that the caller manages.' })
  async grantRole(
    @Arg('input', () => StaffRoleInput) input: StaffRoleInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof StaffRolesResult> {
    requireAnywhere(ctx.caller, 'staff:manage');
    requireKey(input.idempotencyKey);
    return answer(ctx, await ctx.app.grantRole(ctx.caller, input));
  }

  @Mutation(() => StaffRolesResult, { description: 'Takes a role back. Safe to repeat.' })
  async revokeRole(
    @Arg('input', () => StaffRoleInput) input: StaffRoleInput,
    @Ctx() ctx: MemberContext,
  ): Promise<typeof StaffRolesResult> {
    requireAnywhere(ctx.caller, 'staff:manage');
    requireKey(input.idempotencyKey);
    return answer(ctx, await ctx.app.revokeRole(ctx.caller, input));
  }
}

async function answer(ctx: MemberContext, result: StaffResult): Promise<typeof StaffRolesResult> {
  if (result.ok) {
    const staff = await ctx.app.findStaff(requireTenant(ctx.caller), staffNodes(ctx.caller), result.value.staffId);
    if (!staff) throw new Error('a person with a new role is not there');
    return make(StaffRolesSuccess, { staff: toStaffMember(staff) });
  }
  switch (result.error.code) {
    case 'OWN_ROLE':
    case 'ROLE_NOT_YOURS_TO_GIVE':
    case 'ROLE_NOT_AT_THIS_NODE':
      return refuse(NotEligibleError, result.error.code, ctx.locale, {});
    case 'INVALID_INPUT':
    case 'NOT_FOUND':
    case 'IDEMPOTENCY_CONFLICT':
    case 'IN_PROGRESS':
      return sharedRefusal(result.error, ctx.locale);
  }
}
