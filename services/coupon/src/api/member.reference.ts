import { type Connection, isSelf, make, pageOf, PublicError, toConnection } from '@atrium/platform';
import { Arg, Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { seesCouponsOf } from '../use-cases/coupons.query';
import type { CouponContext } from './context';
import { CouponConnection, CouponObject, CouponStatusEnum, toCoupon } from './coupon.type';
import { Member } from './member.type';

/** Null for an id of another mall group: nothing is said about it. */
export async function resolveMember({ id }: Member, { caller, load }: CouponContext): Promise<Member | null> {
  if (caller.groupId === null) return null;
  return isSelf(caller, id) || (await load.memberKnown.load(id)) ? make(Member, { id }) : null;
}

@Resolver(() => Member)
export class MemberResolver {
  @Directive('@shareable')
  @Query(() => Member, { nullable: true, description: 'The signed-in member. Null for tills, staff and services.' })
  me(@Ctx() { caller }: CouponContext): Member | null {
    return caller.kind === 'MEMBER' && caller.memberId !== null ? make(Member, { id: caller.memberId }) : null;
  }

  @FieldResolver(() => CouponConnection, { description: 'Newest first.' })
  async coupons(
    @Root() member: Member,
    @Arg('status', () => CouponStatusEnum, { nullable: true }) status: CouponStatusEnum | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { caller, load }: CouponContext,
  ): Promise<Connection<CouponObject>> {
    if (!seesCouponsOf(caller, member.id)) throw new PublicError('FORBIDDEN', 'This needs the permission coupon:read.');
    const page = pageOf(first ?? 20, after);
    const coupons = await load.couponsOf(member.id, status ?? null, page);
    const now = load.now();
    return toConnection(
      coupons,
      page,
      ({ issuedAt: at, id }) => ({ at, id }),
      (coupon) => toCoupon(coupon, now),
    );
  }
}
