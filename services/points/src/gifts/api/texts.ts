import { type Locale, refusals, UserError } from '@atrium/platform';
import { Field, Int, ObjectType } from 'type-graphql';
import type { GiftFault } from '../domain/gift';
import { GiftOrderStatusEnum } from './gift-order.type';
import { GiftRefusalEnum, GiftStatusEnum } from './gift.type';

@ObjectType({ implements: UserError, description: 'The gift is not for this member, or not now.' })
export class GiftNotRedeemableError extends UserError {
  @Field(() => GiftRefusalEnum, { description: 'Why.' })
  reason: GiftRefusalEnum;
}

@ObjectType({ implements: UserError, description: 'The member has had as many pieces as one member may have.' })
export class GiftLimitReachedError extends UserError {
  @Field(() => Int, { description: 'Pieces for one member.' })
  limit: number;

  @Field(() => Int, { description: 'In orders that count.' })
  ordered: number;
}

@ObjectType({ implements: UserError, description: 'The gift cannot go from its state to that one.' })
export class GiftStateError extends UserError {
  @Field(() => GiftStatusEnum, { description: 'The state it is in.' })
  status: GiftStatusEnum;
}

@ObjectType({ implements: UserError, description: 'The order is in a state that does not allow this.' })
export class GiftOrderStateError extends UserError {
  @Field(() => GiftOrderStatusEnum, { description: 'The state it is in.' })
  status: GiftOrderStatusEnum;
}

@ObjectType({
  implements: UserError,
  description: 'The code is not the one the member was shown last, or was used before.',
})
export class PickUpCodeWrongError extends UserError {}

@ObjectType({ implements: UserError, description: 'The time in which the gift is taken back is over.' })
export class GiftReturnOverError extends UserError {}

export const refuse = refusals({
  GIFT_NOT_REDEEMABLE: {
    en: { message: 'This gift cannot be ordered: {reason}.' },
    'zh-CN': { message: '无法兑换该礼品：{reason}。' },
  },
  GIFT_LIMIT_REACHED: {
    en: { message: 'One member may have {limit} of this gift; {ordered} are ordered already.' },
    'zh-CN': { message: '每位会员限兑 {limit} 件，您已兑换 {ordered} 件。' },
  },
  GIFT_STATE: {
    en: {
      message: 'The gift is {status}.',
      remedy: 'Only drafts and withdrawn gifts are published, only published ones withdrawn.',
    },
    'zh-CN': { message: '礼品当前状态为 {status}。', remedy: '仅草稿或已下架的礼品可上架，仅已上架的礼品可下架。' },
  },
  GIFT_ORDER_STATE: {
    en: { message: 'The order is {status}: this is not possible any more, or not yet.' },
    'zh-CN': { message: '订单状态为 {status}，当前无法执行该操作。' },
  },
  PICK_UP_CODE_WRONG: {
    en: { message: 'The pick-up code is not right.', remedy: 'Ask the member to show the code anew.' },
    'zh-CN': { message: '提货码不正确。', remedy: '请会员重新出示提货码。' },
  },
  GIFT_RETURN_OVER: {
    en: { message: 'This gift is not taken back, or no longer.' },
    'zh-CN': { message: '该礼品不支持退货或已超过退货期限。' },
  },
  IN_DEBT: {
    en: {
      message: 'Points are owed; nothing can be spent until they are repaid.',
      remedy: 'New points repay them first.',
    },
    'zh-CN': { message: '账户存在欠分，偿还前无法使用积分。', remedy: '新获得的积分将优先抵扣欠分。' },
  },
  ACCOUNT_FROZEN: {
    en: { message: 'The account is frozen; points cannot be spent.', remedy: 'Ask the service desk.' },
    'zh-CN': { message: '账户已冻结，无法使用积分。', remedy: '请联系服务台。' },
  },
});

/** As they stand after "This gift cannot be ordered: ". */
export const REASONS: Readonly<Record<GiftRefusalEnum, Readonly<Record<Locale, string>>>> = {
  NOT_ON_SALE: { en: 'it is not on offer now', 'zh-CN': '当前未上架' },
  TIER: { en: 'it is for other tiers', 'zh-CN': '仅限指定会员等级' },
  LIMIT_REACHED: { en: 'you have had as many as one member may have', 'zh-CN': '已达到每位会员的兑换上限' },
  SOLD_OUT: { en: 'it is sold out', 'zh-CN': '已兑完' },
  SOLD_OUT_TODAY: { en: "today's pieces are gone", 'zh-CN': '今日已兑完' },
  ACCOUNT_FROZEN: { en: 'the account is frozen', 'zh-CN': '账户已冻结' },
  IN_DEBT: { en: 'points are owed', 'zh-CN': '账户存在欠分' },
  INSUFFICIENT_POINTS: { en: 'there are not enough points', 'zh-CN': '积分不足' },
  NO_PROGRAMME: { en: 'no points programme is in force', 'zh-CN': '当前没有生效的积分方案' },
  NOT_A_MEMBER: { en: 'gifts are for members', 'zh-CN': '仅限会员兑换' },
};

type Fault =
  | GiftFault
  | 'REASON_LENGTH'
  | 'QUANTITY'
  | 'DELIVERY'
  | 'STORE'
  | 'ADDRESS'
  | 'REFERENCE'
  | 'AMOUNT'
  | 'PRICE_ID'
  | 'MONEY';

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<Fault, Readonly<Record<Locale, string>>>> = {
  CODE: {
    en: 'a code has letters, digits, - and _, at most 64',
    'zh-CN': '编码只能包含字母、数字、- 和 _，最长 64 位',
  },
  TEXTS: {
    en: 'a gift has a name in zh-CN or en, once for each language',
    'zh-CN': '请为每种语言（zh-CN 或 en）各填写一次名称',
  },
  IMAGE: {
    en: 'an image has an https address and a text for who cannot see it',
    'zh-CN': '图片须为 https 地址并附替代文字',
  },
  CATEGORY: { en: 'a category has 1 to 64 characters', 'zh-CN': '分类须为 1 至 64 个字符' },
  TAGS: { en: 'a tag has 1 to 64 characters', 'zh-CN': '标签须为 1 至 64 个字符' },
  PRICES: { en: 'a gift has at least one price, and no price twice', 'zh-CN': '至少需要一个价格，且价格不能重复' },
  PRICE: { en: 'a price has points, and no negative amount', 'zh-CN': '价格须包含积分，金额不能为负' },
  CURRENCY: { en: 'the cash part is in the currency of who provides the gift', 'zh-CN': '现金部分须使用提供方的币种' },
  DELIVERIES: { en: 'at least one way of delivery, each once', 'zh-CN': '至少选择一种交付方式，且不能重复' },
  NOT_POSITIVE: { en: 'the number must be between 1 and 1000000', 'zh-CN': '数量须在 1 至 1000000 之间' },
  INTERVAL: { en: 'the end must be after the begin', 'zh-CN': '结束时间须晚于开始时间' },
  RETURN_DAYS: { en: 'the days must be between 0 and 365', 'zh-CN': '天数须在 0 至 365 之间' },
  TOO_MANY: { en: 'there are too many', 'zh-CN': '数量过多' },
  NODE: { en: 'who provides a gift does not change', 'zh-CN': '礼品的提供方不可更改' },
  STOCK: { en: 'the stock would not be a number from 0 to a thousand million', 'zh-CN': '库存超出允许范围' },
  REASON_LENGTH: { en: 'a reason has 3 to 500 characters', 'zh-CN': '原因须为 3 至 500 个字符' },
  QUANTITY: { en: 'between 1 and 99 pieces', 'zh-CN': '数量须在 1 至 99 之间' },
  DELIVERY: { en: 'this gift is not delivered that way', 'zh-CN': '该礼品不支持此交付方式' },
  STORE: {
    en: 'a pick-up names a store of who provides the gift; other deliveries name none',
    'zh-CN': '自提须选择提供方的门店，其他方式不填门店',
  },
  ADDRESS: {
    en: 'a shipment names an address by its reference; other deliveries name none',
    'zh-CN': '邮寄须填写地址引用，其他方式不填',
  },
  REFERENCE: {
    en: 'a reference has letters, digits and . : / _ -, at most 100',
    'zh-CN': '引用只能包含字母、数字及 . : / _ -，最长 100 位',
  },
  AMOUNT: { en: 'the amount is not what is to be paid', 'zh-CN': '金额与应付金额不符' },
  PRICE_ID: { en: 'the gift has no such price, or no longer', 'zh-CN': '该礼品没有此价格或价格已变更' },
  MONEY: { en: 'not an amount of this currency', 'zh-CN': '金额格式不正确' },
};
