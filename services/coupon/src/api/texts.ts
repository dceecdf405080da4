import { type Locale, type RefusalCatalogue, refusals } from '@atrium/platform';

/** What this subgraph's refusals say. */
const CATALOGUE = {
  COUPON_SOLD_OUT: {
    en: { message: 'This coupon is sold out.', remedy: 'Look for another offer.' },
    'zh-CN': { message: '该优惠券已领完。', remedy: '请查看其他优惠。' },
  },
  CLAIM_LIMIT_REACHED: {
    en: { message: 'You have claimed this coupon {limit} times, which is the limit.' },
    'zh-CN': { message: '您已领取 {limit} 张，达到领取上限。' },
  },
  NOT_ELIGIBLE: {
    en: { message: 'This coupon is not open to you now.', remedy: 'See its conditions among the offers.' },
    'zh-CN': { message: '您当前不能领取该优惠券。', remedy: '请在优惠列表中查看领取条件。' },
  },
  COUPON_NOT_USABLE: {
    en: { message: 'This coupon cannot be used here: {reason}.', remedy: 'Leave it out, or choose another.' },
    'zh-CN': { message: '该优惠券在此不可用：{reason}。', remedy: '请不使用该券或选择其他优惠券。' },
  },
  QUOTE_CHANGED: {
    en: { message: 'The price is no longer what was shown.', remedy: 'Show the new quote and ask again.' },
    'zh-CN': { message: '应付金额已发生变化。', remedy: '请展示新的报价后重新确认。' },
  },
  CHECKOUT_COMMITTED: {
    en: { message: 'This checkout has been paid.', remedy: 'Refund the purchase instead.' },
    'zh-CN': { message: '该订单已付款。', remedy: '请改为办理退款。' },
  },
} satisfies RefusalCatalogue;

export const refuse = refusals(CATALOGUE);

type Texts = Record<string, Record<Locale, string>>;

const OBSTACLES: Texts = {
  NOT_FOUND: { en: 'it is not known', 'zh-CN': '找不到该券' },
  NOT_YET_VALID: { en: 'it is not valid yet', 'zh-CN': '尚未生效' },
  EXPIRED: { en: 'it has expired', 'zh-CN': '已过期' },
  LOCKED: { en: 'another checkout uses it', 'zh-CN': '已被其他订单占用' },
  REDEEMED: { en: 'it was used', 'zh-CN': '已使用' },
  VOIDED: { en: 'it was taken back', 'zh-CN': '已作废' },
  OUT_OF_SCOPE: { en: 'it is not for this shop or these goods', 'zh-CN': '不适用于该门店或商品' },
  OTHER_CURRENCY: { en: 'it is in another currency', 'zh-CN': '币种不符' },
  THRESHOLD: { en: 'the amount is below its threshold', 'zh-CN': '未达到使用门槛' },
  NO_EFFECT: { en: 'there is nothing to take off', 'zh-CN': '没有可抵扣的金额' },
  NOT_COMBINABLE: { en: 'it does not go with another coupon', 'zh-CN': '不可与其他券叠加' },
  TOO_MANY: { en: 'too many coupons', 'zh-CN': '超过可用张数' },
};

const CUTS: Texts = {
  BALANCE: { en: 'Fewer points are used: the balance is lower.', 'zh-CN': '积分余额不足，已按余额使用。' },
  MINIMUM: { en: 'No points are used: below the minimum.', 'zh-CN': '未达到积分使用下限。' },
  STEP: { en: 'Points are used in whole steps.', 'zh-CN': '积分须按整数单位使用。' },
  CAP: { en: 'Points can pay only a part of this basket.', 'zh-CN': '积分抵扣已达本单上限。' },
  DEBT: { en: 'Points are owed from a refund and cannot be used.', 'zh-CN': '存在积分欠款，暂不可使用积分。' },
  ORDER_CAP: { en: 'A sale takes only so many points.', 'zh-CN': '已达单笔积分使用上限。' },
  DAY_CAP: { en: 'The limit of points for today is reached.', 'zh-CN': '已达当日积分使用上限。' },
  NOT_CONVERTIBLE: { en: 'Points do not pay in this currency.', 'zh-CN': '该币种不支持积分抵扣。' },
  MERCHANT: { en: 'This shop does not take points.', 'zh-CN': '该商户不参与积分抵扣。' },
  CATEGORY: { en: 'Nothing in this basket can be paid with points.', 'zh-CN': '订单中的商品不支持积分抵扣。' },
  FROZEN: { en: 'The points account is frozen.', 'zh-CN': '积分账户已冻结。' },
};

const textOf = (texts: Texts, code: string, locale: Locale): string => texts[code]?.[locale] ?? code;

export const obstacleText = (reason: string, locale: Locale): string => textOf(OBSTACLES, reason, locale);
export const cutText = (reason: string, locale: Locale): string => textOf(CUTS, reason, locale);

const LABELS: Texts = {
  TIER_DISCOUNT: { en: 'Member discount', 'zh-CN': '会员折扣' },
  COUPON: { en: 'Coupon', 'zh-CN': '优惠券' },
  POINTS: { en: 'Points', 'zh-CN': '积分抵扣' },
};

export const labelText = (kind: string, locale: Locale): string => textOf(LABELS, kind, locale);

/** A text of a template or tier in the caller's language, else in Chinese, else in any. */
export const localised = (texts: Record<string, string>, locale: Locale): string =>
  texts[locale] ?? texts['zh-CN'] ?? texts['en'] ?? Object.values(texts)[0] ?? '';
