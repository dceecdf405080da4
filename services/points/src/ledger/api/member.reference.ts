import { canAnywhere, isSelf, make, PublicError } from '@atrium/platform';
import { isUuid } from '@atrium/kernel';
import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsAccount } from './points-account.type';

@ObjectType('Member', { description: "A person in a mall group's programme. Each subgraph adds its own part." })
@Directive('@key(fields: "id")')
export class Member {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;
}

@Resolver(() => Member)
export class MemberResolver {
  @Query(() => Member, { nullable: true, description: 'The signed-in member. Null for tills, staff and services.' })
  @Directive('@shareable')
  me(@Ctx() { caller }: PointsContext): Member | null {
    return caller.kind === 'MEMBER' && caller.memberId !== null ? make(Member, { id: caller.memberId }) : null;
  }

  @FieldResolver(() => PointsAccount, { description: 'Balances and ledger.' })
  async points(@Root() member: Member, @Ctx() { caller, load }: PointsContext): Promise<PointsAccount> {
    if (!isSelf(caller, member.id) && !canAnywhere(caller, 'points:read')) {
      throw new PublicError('FORBIDDEN', 'This needs the permission points:read here.');
    }
    return make(PointsAccount, await load.account.load(member.id));
  }
}

/** Members see themselves; others see the tenant's members, and then only what each field allows. */
export async function resolveMember({ id }: { id: string }, { caller, load }: PointsContext): Promise<Member | null> {
  if (!isUuid(id)) return null;
  if (isSelf(caller, id)) return make(Member, { id });
  if (caller.kind === 'MEMBER' || caller.kind === 'ANONYMOUS') return null;
  return (await load.member.load(id)) ? make(Member, { id }) : null;
}
