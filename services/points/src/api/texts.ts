import { type Locale, refusals } from '@atrium/platform';
import type { Step, StepCode } from '../use-cases/entries.query';
import type { RuleFault } from '../use-cases/publish-rule';

export const refuse = refusals({
  APPROVAL_REQUIRED: {
    en: { message: 'An adjustment of this size needs a second person.', remedy: 'Ask somebody who may approve it.' },
    'zh-CN': { message: '该调整超过限额，需要第二人审批。', remedy: '请有审批权限的同事处理。' },
  },
});

type Words = Readonly<Record<Locale, string>>;

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<RuleFault | 'ZERO' | 'REASON_LENGTH' | 'NO_PROGRAMME' | 'TOO_LARGE', Words>> = {
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
  ZERO: { en: 'the amount must not be 0', 'zh-CN': '数量不能为 0' },
  REASON_LENGTH: { en: 'a reason has 3 to 500 characters', 'zh-CN': '原因须为 3 至 500 个字符' },
  NO_PROGRAMME: { en: 'no points programme is in force', 'zh-CN': '当前没有生效的积分方案' },
  TOO_LARGE: { en: 'the amount is too large', 'zh-CN': '数量过大' },
};

const STEPS: Readonly<Record<StepCode, Words>> = {
  NO_PROGRAMME: { en: 'No points programme was in force.', 'zh-CN': '当时没有生效的积分方案。' },
  ELIGIBLE: { en: '{value} {currency} paid counts.', 'zh-CN': '计入实付金额 {value} {currency}。' },
  RATE: { en: '{value} points for each unit of currency.', 'zh-CN': '每 1 元货币单位累积 {value} 积分。' },
  NO_RATE: { en: 'No earn rule applies.', 'zh-CN': '没有适用的累积规则。' },
  TIER: { en: 'Tier {tier}: times {value}.', 'zh-CN': '等级 {tier}：{value} 倍。' },
  CAMPAIGN: { en: 'Campaign {campaign}: times {value}.', 'zh-CN': '活动 {campaign}：{value} 倍。' },
  MULTIPLIER: { en: 'Together: times {value}.', 'zh-CN': '合计倍数：{value}。' },
  EXACT: { en: 'Exactly {value} points.', 'zh-CN': '精确结果：{value} 积分。' },
  ROUNDED_DOWN: { en: 'Rounded down once: {value} points.', 'zh-CN': '一次性向下取整：{value} 积分。' },
  GROWTH: { en: '{value} growth value.', 'zh-CN': '成长值 {value}。' },
  RERATED: {
    en: 'Rated again with the tier of that time: {value} points.',
    'zh-CN': '按交易当时的等级重新计算：{value} 积分。',
  },
  LINE_REFUNDED: {
    en: 'Line {line}: {value} of its {points} points belong to what was refunded.',
    'zh-CN': '第 {line} 行：{points} 积分中有 {value} 属于已退部分。',
  },
  FULLY_REFUNDED: { en: 'Everything was refunded: all {value} points.', 'zh-CN': '已全额退款：全部 {value} 积分。' },
  REVERSED_BEFORE: { en: '{value} points had been taken back before.', 'zh-CN': '此前已收回 {value} 积分。' },
  REVERSED: { en: '{value} points are taken back now.', 'zh-CN': '本次收回 {value} 积分。' },
  OWED: { en: '{value} points were spent already and are owed.', 'zh-CN': '其中 {value} 积分已使用，记为欠分。' },
  REDEEMED: { en: '{value} points paid for a part of the sale.', 'zh-CN': '使用 {value} 积分抵扣。' },
  WORTH: { en: 'Worth {value} {currency}.', 'zh-CN': '价值 {value} {currency}。' },
  RETURNED: { en: '{value} points that had paid came back.', 'zh-CN': '退回抵扣的 {value} 积分。' },
  DEBT_REPAID: { en: '{value} points repaid what was owed.', 'zh-CN': '{value} 积分用于偿还欠分。' },
  EXPIRED: { en: '{value} points expired.', 'zh-CN': '{value} 积分已过期。' },
  ADJUSTED: { en: 'Adjusted by hand: {value} points.', 'zh-CN': '人工调整：{value} 积分。' },
};

export function textOf(step: Step, locale: Locale): string {
  const values: Record<string, string> = { ...step.args, ...(step.value === undefined ? {} : { value: step.value }) };
  return STEPS[step.code][locale].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
