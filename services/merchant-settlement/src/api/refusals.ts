import { InvalidInputError, type Locale, NotFoundError, type RefusalCatalogue, refusals } from '@atrium/platform';
import { REASONS, type ReasonCode } from './reasons';

const CATALOGUE = {
  STORE_NOT_FOUND: {
    en: { message: 'There is no such store, or not one that you may record sales for.', remedy: 'Check storeId.' },
    'zh-CN': { message: '门店不存在，或您无权为其登记销售。', remedy: '请检查 storeId。' },
  },
  MEMBER_NOT_FOUND: {
    en: {
      message: 'This member is not known here yet.',
      remedy: 'Retry in a moment; if it persists, check the id or record the sale without a member.',
    },
    'zh-CN': { message: '尚未找到该会员。', remedy: '请稍后重试；若仍失败，请检查会员编号或以匿名方式登记。' },
  },
  CHECKOUT_NOT_FOUND: {
    en: { message: 'This checkout is not known here yet.', remedy: 'Retry in a moment; if it persists, check the id.' },
    'zh-CN': { message: '尚未找到该结算单。', remedy: '请稍后重试；若仍失败，请检查编号。' },
  },
  PURCHASE_CONFLICT: {
    en: {
      message: 'This number was recorded before with other content.',
      remedy: 'Compare with the recorded sale; use a new number for another one.',
    },
    'zh-CN': { message: '该单号已登记，且内容不同。', remedy: '请与已登记的销售核对；新的销售请使用新的单号。' },
  },
  REFUND_EXCEEDS_PURCHASE: {
    en: { message: 'More than what is left of the sale: {left}.', remedy: 'Give back at most what is left.' },
    'zh-CN': { message: '超过可退余额：{left}。', remedy: '请在可退余额内退款。' },
  },
  SALE_UNKNOWN: {
    en: { message: 'The sale of this refund is still not known.', remedy: 'Link it to another sale, or dismiss it.' },
    'zh-CN': { message: '该退款对应的销售仍未找到。', remedy: '请关联其他销售，或驳回该退款。' },
  },
  NOT_UNMATCHED: {
    en: { message: 'Nobody has to settle this refund.', remedy: 'Look at the sale: it may be applied already.' },
    'zh-CN': { message: '该退款无需人工处理。', remedy: '请查看对应销售，可能已经处理。' },
  },
  NOT_THIS_SALE: {
    en: { message: 'The refund does not fit this sale.', remedy: 'Compare store and lines, or dismiss the refund.' },
    'zh-CN': { message: '该退款与此销售不符。', remedy: '请核对门店与明细，或驳回该退款。' },
  },
  CODE_TAKEN: {
    en: { message: 'This code belongs to something else.', remedy: 'Choose another code.' },
    'zh-CN': { message: '该编码已被占用。', remedy: '请使用其他编码。' },
  },
} satisfies RefusalCatalogue;

export const refuse = refusals(CATALOGUE);

export const invalidInput = (locale: Locale, reason: ReasonCode, path: string[]): InvalidInputError =>
  refuse(InvalidInputError, 'INVALID_INPUT', locale, { path }, { reason: REASONS[reason][locale] });

export const notFound = (locale: Locale): NotFoundError => refuse(NotFoundError, 'NOT_FOUND', locale, {});
