import { type Locale, refusals } from '@atrium/platform';
import type { RuleFault } from '../use-cases/publish-rule';

export const refuse = refusals({});

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<RuleFault, Readonly<Record<Locale, string>>>> = {
  CODE: { en: 'a code is 1 to 64 letters, digits, - or _', 'zh-CN': '代码须为 1 至 64 位字母、数字、- 或 _' },
  INTERVAL: { en: 'the end must come after the beginning', 'zh-CN': '结束时间必须晚于开始时间' },
  NEGATIVE: { en: 'the value must not be negative', 'zh-CN': '数值不能为负' },
  NOT_POSITIVE: { en: 'the value must be above 0', 'zh-CN': '数值必须大于 0' },
  PERCENT: { en: 'a percentage is 0 to 100', 'zh-CN': '百分比须在 0 到 100 之间' },
  MULTIPLIER: { en: 'a multiplier is at least 1', 'zh-CN': '倍数至少为 1' },
  CONVERSION: {
    en: 'each currency has one conversion, of points above 0 into money above 0',
    'zh-CN': '每种货币只能有一个兑换比例，积分与金额都须大于 0',
  },
  MONTHS: { en: 'this expiry needs 1 to 600 months', 'zh-CN': '该有效期须为 1 至 600 个月' },
  EMPTY: { en: 'the text must not be empty', 'zh-CN': '文本不能为空' },
};
