// The points mall: gifts, their stock, and what members order of them.
import type { Caller, Page } from '@atrium/platform';
import type { Feature, Transactions } from '../feature';
import { GiftOrderMutations } from './api/gift-orders.mutation';
import { GiftOrderResolver, MemberGiftOrdersResolver } from './api/gift-orders.resolver';
import { GiftFacetsResolver, GiftResolver } from './api/gifts.resolver';
import { ManageGiftMutations } from './api/manage-gift.mutation';
import { OrderGiftMutation } from './api/order-gift.mutation';
import { expireGiftOrdersJob } from './jobs/expire-gift-orders';
import { GiftChangeRow, GiftRow, GiftStockDayRow, GiftStockRow } from './storage/gift.entity';
import { GiftOrderDirectoryRow, GiftOrderRow } from './storage/order.entity';
import * as advance from './use-cases/advance-order';
import { changeGiftStatus, changeGiftStock } from './use-cases/change-gift';
import * as read from './use-cases/gifts.query';
import { type OrderGift, orderGift, unlessSoldOut } from './use-cases/order-gift';
import * as orders from './use-cases/orders.query';
import { type SaveGift, saveGift } from './use-cases/save-gift';
import { cancelGiftOrder, expireOrder, returnGift, type UnpaidOrder, unpaidOrders } from './use-cases/undo-order';

type Input<F> = F extends (tx: never, input: infer I) => unknown ? I : never;

const verbs = ({ asked, tenant, system }: Transactions) => ({
  nodePath: (caller: Caller, nodeId: string) => asked(caller, (tx) => orders.nodePath(tx, nodeId)),
  gift: (caller: Caller, id: string) => asked(caller, async (tx) => (await read.giftsById(tx, [id])).get(id) ?? null),
  giftsById: (caller: Caller, ids: readonly string[]) => asked(caller, (tx) => read.giftsById(tx, ids)),
  gifts: (caller: Caller, search: read.GiftSearch, page: Parameters<typeof read.gifts>[2]) =>
    asked(caller, (tx) => read.gifts(tx, search, page)),
  giftFacets: (caller: Caller, search: read.GiftSearch) => asked(caller, (tx) => read.giftFacets(tx, search)),
  giftChanges: (caller: Caller, id: string, limit: number) => asked(caller, (tx) => read.giftChanges(tx, id, limit)),
  unredeemable: (caller: Caller, memberId: string, gifts: readonly read.Gift[]) =>
    asked(caller, (tx) => read.unredeemable(tx, memberId, gifts)),
  saveGift: (caller: Caller, command: SaveGift) => asked(caller, (tx) => saveGift(tx, command)),
  changeGiftStatus: (caller: Caller, command: Input<typeof changeGiftStatus>) =>
    asked(caller, (tx) => changeGiftStatus(tx, command)),
  changeGiftStock: (caller: Caller, command: Input<typeof changeGiftStock>) =>
    asked(caller, (tx) => changeGiftStock(tx, command)),

  giftOrder: (caller: Caller, id: string) => asked(caller, (tx) => orders.giftOrder(tx, id)),
  giftOrdersOf: (caller: Caller, memberId: string, page: Page) =>
    asked(caller, (tx) => orders.giftOrdersOf(tx, memberId, page)),
  giftOrdersAt: (caller: Caller, nodeId: string, statuses: readonly orders.OrderStatus[], page: Page) =>
    asked(caller, (tx) => orders.giftOrdersAt(tx, nodeId, statuses, page)),
  orderGift: (caller: Caller, command: OrderGift) => unlessSoldOut(asked(caller, (tx) => orderGift(tx, command))),
  confirmGiftPayment: (caller: Caller, command: Input<typeof advance.confirmGiftPayment>) =>
    asked(caller, (tx) => advance.confirmGiftPayment(tx, command)),
  readyGiftOrder: (caller: Caller, command: advance.OrderCommand) =>
    asked(caller, (tx) => advance.readyGiftOrder(tx, command)),
  shipGiftOrder: (caller: Caller, command: Input<typeof advance.shipGiftOrder>) =>
    asked(caller, (tx) => advance.shipGiftOrder(tx, command)),
  fulfilGiftOrder: (caller: Caller, command: Input<typeof advance.fulfilGiftOrder>) =>
    asked(caller, (tx) => advance.fulfilGiftOrder(tx, command)),
  showGiftCode: (caller: Caller, command: Input<typeof advance.showGiftCode>) =>
    asked(caller, (tx) => advance.showGiftCode(tx, command)),
  cancelGiftOrder: (caller: Caller, command: Input<typeof cancelGiftOrder>) =>
    asked(caller, (tx) => cancelGiftOrder(tx, command)),
  returnGift: (caller: Caller, command: advance.OrderCommand) => asked(caller, (tx) => returnGift(tx, command)),
  unpaidOrders: (limit: number) => system((tx) => unpaidOrders(tx, limit)),
  expireOrder: (order: UnpaidOrder) => tenant(order.groupId, (tx) => expireOrder(tx, order)),
});

export const gifts: Feature<ReturnType<typeof verbs>> = {
  entities: [GiftRow, GiftStockRow, GiftStockDayRow, GiftChangeRow, GiftOrderRow, GiftOrderDirectoryRow],
  verbs,
  resolvers: [
    GiftResolver,
    GiftFacetsResolver,
    ManageGiftMutations,
    OrderGiftMutation,
    GiftOrderResolver,
    MemberGiftOrdersResolver,
    GiftOrderMutations,
  ],
  jobs: (app) => [expireGiftOrdersJob(app)],
};
