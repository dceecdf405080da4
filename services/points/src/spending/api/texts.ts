import { type Locale, refusals } from '@atrium/platform';
import type { OrderFault } from '../use-cases/order-commands';

export const refuse = refusals({
  IN_DEBT: {
    en: { message: 'Points are owed from a refund.', remedy: 'The next points pay it; then points can be used again.' },
    'zh-CN': {
      message: '存在退款产生的欠分，暂不可使用积分。',
      remedy: '后续获得的积分会先偿还欠分，还清后即可使用。',
    },
  },
  ACCOUNT_FROZEN: {
    en: { message: 'The points account is frozen.', remedy: 'Ask customer service.' },
    'zh-CN': { message: '积分账户已冻结。', remedy: '请联系客服。' },
  },
  POINTS_NOT_ALLOWED: {
    en: { message: '{reason} {allowed} points are possible.', remedy: 'Use so many points, or pay without.' },
    'zh-CN': { message: '{reason}最多可用 {allowed} 积分。', remedy: '请按可用数量使用积分，或不使用积分支付。' },
  },
  POINTS_ALREADY_HELD: {
    en: { message: 'Points are held for this order already.', remedy: 'Capture or release the open hold.' },
    'zh-CN': { message: '该订单已冻结积分。', remedy: '请先扣减或释放已冻结的积分。' },
  },
  POINTS_ALREADY_REDEEMED: {
    en: { message: 'This order was paid with points before.', remedy: 'Check the order number.' },
    'zh-CN': { message: '该订单已使用积分支付。', remedy: '请核对订单号。' },
  },
  EXCEEDS_HOLD: {
    en: { message: 'Only {held} points are held.', remedy: 'Capture at most what is held.' },
    'zh-CN': { message: '仅冻结了 {held} 积分。', remedy: '扣减数量不得超过冻结数量。' },
  },
  HOLD_CLOSED: {
    en: { message: 'The hold has ended: {status}.', remedy: 'Look at what became of it.' },
    'zh-CN': { message: '积分冻结已结束：{status}。', remedy: '请查看其处理结果。' },
  },
  ALREADY_EXTENDED: {
    en: { message: 'The hold was extended before.', remedy: 'Capture it in time, or release it and begin again.' },
    'zh-CN': { message: '该冻结已延长过一次。', remedy: '请及时扣减，或释放后重新冻结。' },
  },
  HOLD_EXPIRED: {
    en: {
      message: 'The hold has expired and only {available} of {requested} points are free.',
      remedy: 'Undo the payment with points at the till.',
    },
    'zh-CN': {
      message: '积分冻结已过期，需要 {requested} 积分，仅剩 {available} 可用。',
      remedy: '请在收银端撤销积分支付。',
    },
  },
  EXCEEDS_REDEMPTION: {
    en: { message: 'Only {left} points can still be given back.', remedy: 'Give back at most so many.' },
    'zh-CN': { message: '最多还可退回 {left} 积分。', remedy: '退回数量不得超过该数。' },
  },
});

type Words = Readonly<Record<Locale, string>>;

/** Why fewer points are used than were asked for: a sentence of its own. */
export const CUTS: Readonly<Record<string, Words>> = {
  FROZEN: { en: 'The points account is frozen.', 'zh-CN': '积分账户已冻结。' },
  DEBT: { en: 'Points are owed from a refund.', 'zh-CN': '存在欠分，暂不可使用积分。' },
  NOT_CONVERTIBLE: { en: 'Points do not pay in this currency.', 'zh-CN': '该币种不支持积分抵扣。' },
  MERCHANT: { en: 'This merchant does not take points.', 'zh-CN': '该商户不参与积分抵扣。' },
  CATEGORY: { en: 'Nothing in this order can be paid with points.', 'zh-CN': '订单中的商品不支持积分抵扣。' },
  BALANCE: { en: 'The balance is lower.', 'zh-CN': '积分余额不足。' },
  CAP: { en: 'Points pay only a part of an order.', 'zh-CN': '积分抵扣已达本单可抵金额上限。' },
  ORDER_CAP: { en: 'An order takes only so many points.', 'zh-CN': '已达单笔积分使用上限。' },
  DAY_CAP: { en: 'The limit of this day is reached.', 'zh-CN': '已达当日积分使用上限。' },
  STEP: { en: 'Points are used in whole steps.', 'zh-CN': '积分须按整数单位使用。' },
  MINIMUM: { en: 'Below the minimum.', 'zh-CN': '未达到积分使用下限。' },
};

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<OrderFault, Words>> = {
  ORDER: { en: 'an order number has 1 to 64 characters', 'zh-CN': '订单号须为 1 至 64 个字符' },
  PLACE: { en: 'points cannot be spent there for such an order', 'zh-CN': '该节点不能使用此类订单的积分' },
  POINTS_OR_VALUE: { en: 'points or a value, one of the two', 'zh-CN': '积分数量与金额须二选一' },
  NOT_POSITIVE: { en: 'it must be more than 0', 'zh-CN': '必须大于 0' },
  LINES: { en: 'there must be 1 to 500 lines', 'zh-CN': '须有 1 至 500 行' },
  CURRENCY: { en: 'all amounts must be in one known currency', 'zh-CN': '所有金额须为同一有效币种' },
  NEGATIVE: { en: 'an amount must not be negative', 'zh-CN': '金额不能为负' },
  TOO_LARGE: { en: 'the sum is too large', 'zh-CN': '合计过大' },
  VALUE_NEEDS_LINES: { en: 'a value needs the lines that it pays', 'zh-CN': '按金额使用积分须提供明细' },
};
