import {
  can,
  canAnywhere,
  type Connection,
  isSelf,
  pageOf,
  PublicError,
  requirePermission,
  requireTenant,
  toConnection,
} from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { Member } from '../../ledger/api/member.reference';
import { ORDER_STATUSES } from '../domain/order';
import type { Order } from '../use-cases/orders.query';
import { GiftOrder, GiftOrderConnection, GiftOrderStatusEnum, toGiftOrder } from './gift-order.type';
import { Gift, toGift } from './gift.type';

const placeOf = ({ placedAt, id }: Order) => ({ at: placedAt, id });

@Resolver(() => Member)
export class MemberGiftOrdersResolver {
  @FieldResolver(() => GiftOrderConnection, { description: 'Orders in the points mall, newest first.' })
  async giftOrders(
    @Root() member: Member,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<GiftOrder>> {
    if (!isSelf(caller, member.id) && !canAnywhere(caller, 'points:read')) {
      throw new PublicError('FORBIDDEN', 'This needs the permission points:read here.');
    }
    const page = pageOf(first ?? 20, after);
    return toConnection(await app.giftOrdersOf(caller, member.id, page), page, placeOf, toGiftOrder);
  }
}

@Resolver(() => GiftOrder)
export class GiftOrderResolver {
  @Query(() => GiftOrder, {
    nullable: true,
    description: "One order: the member's own, or one that the caller looks after.",
  })
  async giftOrder(@Arg('id', () => ID) id: string, @Ctx() { app, caller }: PointsContext): Promise<GiftOrder | null> {
    requireTenant(caller);
    const order = await app.giftOrder(caller, id);
    if (!order) return null;
    const may = isSelf(caller, order.memberId) || can(caller, 'gift:read', order.path);
    return may ? toGiftOrder(order) : null;
  }

  @Query(() => GiftOrderConnection, {
    description: 'Orders that are looked after at a node or below it, those that have waited longest first.',
  })
  async giftOrders(
    @Arg('nodeId', () => ID, { description: 'The group, a mall, a merchant or a store.' }) nodeId: string,
    @Arg('statuses', () => [GiftOrderStatusEnum], { nullable: true, description: 'Absent: all.' })
    statuses: GiftOrderStatusEnum[] | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<GiftOrder>> {
    requireTenant(caller);
    const page = pageOf(first ?? 20, after);
    const path = await app.nodePath(caller, nodeId);
    if (!path) return toConnection([], page, placeOf, toGiftOrder);
    requirePermission(caller, 'gift:read', path);
    const orders = await app.giftOrdersAt(caller, nodeId, statuses ?? ORDER_STATUSES, page);
    return toConnection(orders, page, placeOf, toGiftOrder);
  }

  @FieldResolver(() => Gift, { description: 'As it is described now.' })
  async gift(@Root() order: GiftOrder, @Ctx() { load, locale }: PointsContext): Promise<Gift> {
    const gift = await load.gift.load(order.giftId);
    if (!gift) throw new Error('the gift of an order is there');
    return toGift(gift, locale);
  }
}
