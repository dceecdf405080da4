import { type Locale, refusals } from '@atrium/platform';
import { ACCOUNT_FROZEN } from '../../ledger/api/account-frozen.error';
import type { ExchangeFault } from '../use-cases/exchange-points';
import type { PartnerFault } from '../use-cases/manage-partners';

export const refuse = refusals({
  ...ACCOUNT_FROZEN,
  PARTNER_NOT_EXCHANGED: {
    en: {
      message: 'Nothing is exchanged with this partner in this direction.',
      remedy: 'Publish a rate, or resume it.',
    },
    'zh-CN': { message: '当前未开通与该合作方的此方向兑换。', remedy: '请发布兑换率或恢复合作方。' },
  },
  PARTNER_EXCHANGE_CONFLICT: {
    en: {
      message: 'This number names an exchange with other content.',
      remedy: 'Use a new number for a new exchange.',
    },
    'zh-CN': { message: '该编号已用于内容不同的兑换。', remedy: '新的兑换请使用新的编号。' },
  },
  EXCHANGE_BELOW_MINIMUM: {
    en: { message: 'An exchange is of {limit} points at least.', remedy: 'Exchange more at once.' },
    'zh-CN': { message: '单次兑换至少为 {limit} 积分。', remedy: '请提高单次兑换数量。' },
  },
  EXCHANGE_LIMIT_REACHED: {
    en: { message: 'A member exchanges at most {limit} points a day.', remedy: 'Exchange the rest tomorrow.' },
    'zh-CN': { message: '每位会员每日最多兑换 {limit} 积分。', remedy: '其余部分请次日再兑换。' },
  },
  POINTS_IN_DEBT: {
    en: { message: 'The member owes points.', remedy: 'The next points pay the debt; then points can be spent again.' },
    'zh-CN': { message: '会员存在欠分。', remedy: '后续积分将先偿还欠分，之后方可使用。' },
  },
});

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<ExchangeFault | PartnerFault, Readonly<Record<Locale, string>>>> = {
  NUMBER: { en: 'a number has 1 to 100 characters', 'zh-CN': '编号须为 1 至 100 个字符' },
  UNITS: { en: 'units are above 0', 'zh-CN': '单位数须大于 0' },
  TOO_LARGE: { en: 'that is too many', 'zh-CN': '数量过大' },
  IN_THE_FUTURE: { en: 'it cannot happen in the future', 'zh-CN': '发生时间不能在将来' },
  NO_PROGRAMME: { en: 'no points programme was in force', 'zh-CN': '当时没有生效的积分方案' },
  CODE: { en: 'a code is 1 to 32 capitals, digits, - or _', 'zh-CN': '代码须为 1 至 32 位大写字母、数字、- 或 _' },
  NAME: { en: 'a name has 1 to 100 characters', 'zh-CN': '名称须为 1 至 100 个字符' },
  NO_DIRECTION: { en: 'at least one direction needs a rate', 'zh-CN': '至少一个方向须设兑换率' },
  NOT_POSITIVE: { en: 'the value must be above 0', 'zh-CN': '数值必须大于 0' },
  NEGATIVE: { en: 'the value must not be negative', 'zh-CN': '数值不能为负' },
  TAKEN: { en: 'another partner has this code', 'zh-CN': '该代码已被其他合作方使用' },
};
