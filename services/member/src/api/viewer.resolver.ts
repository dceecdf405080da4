import { make, permissionsOf, type Role } from '@atrium/platform';
import { Ctx, Query, Resolver } from 'type-graphql';
import type { MemberContext } from './context';
import { loadMember } from './member.resolver';
import { StoreReference } from './store.reference';
import { RoleGrant, Viewer, ViewerKind } from './viewer.type';

export const toRoleGrant = (role: Role, nodeId: string, nodeName: string | undefined): RoleGrant =>
  make(RoleGrant, { role, nodeId, nodeName: nodeName ?? nodeId, permissions: [...permissionsOf(role)] });

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, {
    description: 'Who is asking, whoever it is: what a client needs to draw its menu.',
  })
  async viewer(@Ctx() ctx: MemberContext): Promise<Viewer> {
    const { caller } = ctx;
    const member = await loadMember(ctx, caller.kind === 'MEMBER' ? caller.memberId : null);
    return make(Viewer, {
      kind: ViewerKind[caller.kind],
      displayName: member?.displayName ?? caller.name,
      member,
      store: caller.storeId === null ? null : make(StoreReference, { id: caller.storeId }),
      grants: await Promise.all(
        caller.grants.map(async ({ role, nodeId }) =>
          toRoleGrant(role, nodeId, (await ctx.load.node.load(nodeId))?.name),
        ),
      ),
    });
  }
}
