import type { Locale } from '@atrium/platform';
import type { InvalidReason } from '../use-cases/state-purchases';

export type ReasonCode = InvalidReason | 'TOO_MANY_PURCHASES' | 'NOTE_LENGTH' | 'NO_SALE_NAMED';

/** Why an input is not valid, in the caller's language. */
export const REASONS: Record<ReasonCode, Record<Locale, string>> = {
  EMPTY: { en: 'a text is missing', 'zh-CN': '内容不能为空' },
  TOO_LONG: { en: 'a text is too long', 'zh-CN': '内容过长' },
  NOT_PLAIN_TEXT: { en: 'a text has characters that cannot be stored', 'zh-CN': '包含无法存储的字符' },
  NO_LINES: { en: 'there are no lines', 'zh-CN': '缺少明细行' },
  TOO_MANY_LINES: { en: 'there are too many lines', 'zh-CN': '明细行过多' },
  TOO_MANY_PAYMENTS: { en: 'there are too many payments', 'zh-CN': '支付方式过多' },
  TOO_MANY_PURCHASES: { en: 'at most 500 sales at once', 'zh-CN': '一次最多 500 笔' },
  LINE_TWICE: { en: 'a line number comes twice', 'zh-CN': '行号重复' },
  LINE_UNKNOWN: { en: 'the sale has no such line', 'zh-CN': '销售中没有该行' },
  NEGATIVE: { en: 'an amount is negative', 'zh-CN': '金额或数量为负' },
  NOT_A_DECIMAL: { en: 'this is no decimal number', 'zh-CN': '不是有效的小数' },
  TOO_MANY_DIGITS: { en: 'the amount has more digits than its currency', 'zh-CN': '金额小数位超出币种精度' },
  OUT_OF_RANGE: { en: 'a number is out of range', 'zh-CN': '数值超出范围' },
  UNKNOWN_CURRENCY: { en: 'the currency is not known', 'zh-CN': '未知币种' },
  OTHER_CURRENCY: { en: "the currency is not the mall's", 'zh-CN': '币种与商场不一致' },
  DISCOUNT_EXCEEDS_GROSS: { en: 'the discount exceeds the line', 'zh-CN': '折扣超过行金额' },
  IN_THE_FUTURE: { en: 'the clock is in the future', 'zh-CN': '时间在未来' },
  TOO_OLD: { en: 'the date is too far back', 'zh-CN': '时间过早' },
  MEMBER_TWICE: { en: 'give a memberId or an identifier, not both', 'zh-CN': 'memberId 与 identifier 只能二选一' },
  MEMBER_MISSING: { en: 'give a memberId or an identifier', 'zh-CN': '需要 memberId 或 identifier' },
  DOES_NOT_ADD_UP: { en: 'the sum does not add up', 'zh-CN': '金额合计不符' },
  NOT_AS_RESERVED: { en: 'the lines are not those of the reserved basket', 'zh-CN': '明细与已锁定的结算单不一致' },
  CHECKOUT_OF_ANOTHER_STORE: { en: 'the basket was reserved at another store', 'zh-CN': '结算单属于其他门店' },
  CHECKOUT_OF_ANOTHER_MEMBER: { en: 'the basket was reserved for another member', 'zh-CN': '结算单属于其他会员' },
  CHECKOUT_USED: { en: 'the basket was paid by another sale', 'zh-CN': '结算单已被其他销售使用' },
  DEDUCTION_EXCEEDS_CASH: {
    en: 'more is kept than the refund gives back in cash',
    'zh-CN': '扣除金额超过应退现金',
  },
  REFUND_DISMISSED: { en: 'a person has dismissed this refund', 'zh-CN': '该退款已由人工驳回' },
  NOTE_LENGTH: { en: 'a note has 3 to 500 characters', 'zh-CN': '备注须为 3 至 500 个字符' },
  NO_SALE_NAMED: { en: 'name the sale by its source and number', 'zh-CN': '请提供销售的来源系统与单号' },
  NUMBER_USED: { en: 'the number is used for something else', 'zh-CN': '单号已用于其他记录' },
  RECORDED_ELSEWHERE: {
    en: 'sales of this store and their refunds are recorded at another address: a mall with a recording of its own at its site, the others at the hub',
    'zh-CN': '该门店的销售与退款在其他地址登记：设有独立登记的商场在本商场，其余在中心',
  },
  BAD_CODE: {
    en: 'a code has letters, digits, "-" and "_", at most 40',
    'zh-CN': '编码只能含字母、数字、"-"、"_"，最多 40 位',
  },
  NAME_OF_A_SITE: {
    en: 'a mall with a recording of its own has this code on this hub',
    'zh-CN': '该编码已被本中心下设有独立登记的商场使用',
  },
  BAD_TIME_ZONE: { en: 'the time zone is not known', 'zh-CN': '未知时区' },
  BAD_DAY_CUT: { en: 'the day cut is no time of day', 'zh-CN': '营业日切换时间无效' },
  BAD_SHARE: { en: 'a share is between 0 and 10000 basis points', 'zh-CN': '分摊比例须为 0 至 10000 基点' },
  NOT_ONE_OF_TWO: { en: 'give a merchantId or a mallId, one of the two', 'zh-CN': 'merchantId 与 mallId 必须二选一' },
};
