// The words of an explanation: one sentence for each step, in both languages.
import { type Locale } from '@atrium/platform';
import type { Step, StepCode } from '../use-cases/entries.query';

type Words = Readonly<Record<Locale, string>>;

const STEPS: Readonly<Record<StepCode, Words>> = {
  NO_PROGRAMME: { en: 'No points programme was in force.', 'zh-CN': '当时没有生效的积分方案。' },
  ELIGIBLE: { en: '{value} {currency} paid counts.', 'zh-CN': '计入实付金额 {value} {currency}。' },
  RATE: { en: '{value} points for each unit of currency.', 'zh-CN': '每 1 元货币单位累积 {value} 积分。' },
  NO_RATE: { en: 'No earn rule applies.', 'zh-CN': '没有适用的累积规则。' },
  TIER: { en: 'Tier {tier}: times {value}.', 'zh-CN': '等级 {tier}：{value} 倍。' },
  CAMPAIGN: { en: 'Campaign {campaign}: times {value}.', 'zh-CN': '活动 {campaign}：{value} 倍。' },
  MULTIPLIER: { en: 'Together: times {value}.', 'zh-CN': '合计倍数：{value}。' },
  MULTIPLIER_CAPPED: {
    en: 'Together times {uncut}, and at most times {value}.',
    'zh-CN': '合计倍数 {uncut}，上限为 {value}。',
  },
  EXACT: { en: 'Exactly {value} points.', 'zh-CN': '精确结果：{value} 积分。' },
  ROUNDED_DOWN: { en: 'Rounded down once: {value} points.', 'zh-CN': '一次性向下取整：{value} 积分。' },
  ROUNDED_HALF_UP: { en: 'Rounded once to the nearest: {value} points.', 'zh-CN': '一次性四舍五入：{value} 积分。' },
  ROUNDED_UP: { en: 'Rounded up once: {value} points.', 'zh-CN': '一次性向上取整：{value} 积分。' },
  BONUS: { en: 'Campaign {campaign} adds {value} points.', 'zh-CN': '活动 {campaign} 另加 {value} 积分。' },
  BUDGET_PARTIAL: {
    en: 'Of the {wanted} points that campaign {campaign} would have added, its budget had {value} left.',
    'zh-CN': '活动 {campaign} 本应增加 {wanted} 积分，预算仅余 {value}。',
  },
  BUDGET_EXHAUSTED: {
    en: 'The budget of campaign {campaign} is used up: its {wanted} points are not added.',
    'zh-CN': '活动 {campaign} 预算已用完，未增加 {wanted} 积分。',
  },
  CAPPED_SALE: {
    en: 'At most {value} points for one sale, instead of {uncut}.',
    'zh-CN': '单笔上限 {value} 积分，原为 {uncut}。',
  },
  CAPPED_DAY: {
    en: 'The limit of the day left {value} points, instead of {uncut}.',
    'zh-CN': '受当日上限限制，得 {value} 积分，原为 {uncut}。',
  },
  CAPPED_MERCHANT_DAY: {
    en: 'The limit of the day at this merchant left {value} points, instead of {uncut}.',
    'zh-CN': '受该商户当日上限限制，得 {value} 积分，原为 {uncut}。',
  },
  TOO_LATE: {
    en: 'Reported more than {value} days after it happened: it earns nothing.',
    'zh-CN': '上报时间超过交易后 {value} 天，不予累积。',
  },
  NEEDS_APPROVAL: {
    en: 'Reported more than {value} days after it happened: somebody must agree before it earns.',
    'zh-CN': '上报时间超过交易后 {value} 天，需审批后才能累积。',
  },
  LATE_APPROVED: { en: 'Reported late; somebody agreed that it earns.', 'zh-CN': '补报交易，已审批累积。' },
  GROWTH: { en: '{value} growth value.', 'zh-CN': '成长值 {value}。' },
  RERATED: {
    en: 'Rated again with what became known later: {value} points.',
    'zh-CN': '根据后来得知的事实重新计算：{value} 积分。',
  },
  LINE_REFUNDED: {
    en: 'Line {line}: {value} of its {points} points belong to what was refunded.',
    'zh-CN': '第 {line} 行：{points} 积分中有 {value} 属于已退部分。',
  },
  BONUS_LEFT: {
    en: 'Of a bonus of {points} points, what was not refunded still earns {value}.',
    'zh-CN': '{points} 奖励积分中，未退部分仍可得 {value}。',
  },
  FULLY_REFUNDED: { en: 'Everything was refunded: all {value} points.', 'zh-CN': '已全额退款：全部 {value} 积分。' },
  REVERSED_BEFORE: { en: '{value} points had been taken back before.', 'zh-CN': '此前已收回 {value} 积分。' },
  REVERSED: { en: '{value} points are taken back now.', 'zh-CN': '本次收回 {value} 积分。' },
  OWED: { en: '{value} points were spent already and are owed.', 'zh-CN': '其中 {value} 积分已使用，记为欠分。' },
  WAIVED: {
    en: '{value} points were spent already and are not asked for.',
    'zh-CN': '其中 {value} 积分已使用，按规则不再追回。',
  },
  PAID_IN_CASH: {
    en: '{value} points were paid in cash at the till.',
    'zh-CN': '其中 {value} 积分已在退款现金中抵扣。',
  },
  REDEEMED: { en: '{value} points paid for a part of the sale.', 'zh-CN': '使用 {value} 积分抵扣。' },
  WORTH: { en: 'Worth {value} {currency}.', 'zh-CN': '价值 {value} {currency}。' },
  RETURNED: { en: '{value} points that had paid came back.', 'zh-CN': '退回抵扣的 {value} 积分。' },
  SPENT: { en: '{value} points were spent.', 'zh-CN': '使用 {value} 积分。' },
  UNDONE: { en: '{value} spent points came back.', 'zh-CN': '退回已使用的 {value} 积分。' },
  DEBT_REPAID: { en: '{value} points repaid what was owed.', 'zh-CN': '{value} 积分用于偿还欠分。' },
  EXPIRED: { en: '{value} points expired.', 'zh-CN': '{value} 积分已过期。' },
  REINSTATED: { en: '{value} expired points are given again.', 'zh-CN': '恢复已过期的 {value} 积分。' },
  WRITTEN_OFF: { en: '{value} owed points were given up.', 'zh-CN': '免除欠分 {value}。' },
  INTERACTION: { en: '{value} points for {interaction}.', 'zh-CN': '参与 {interaction} 获得 {value} 积分。' },
  EXCHANGED: {
    en: '{value} points for {units} units of the partner.',
    'zh-CN': '{value} 积分对应合作方 {units} 单位。',
  },
  STREAK: { en: 'Day {days} in a row: {value} points more.', 'zh-CN': '连续第 {days} 天：额外 {value} 积分。' },
  ADJUSTED: { en: 'Adjusted by hand: {value} points.', 'zh-CN': '人工调整：{value} 积分。' },
  TRANSFER_SENT: { en: '{value} points were given to another member.', 'zh-CN': '{value} 积分已转赠给其他会员。' },
  TRANSFER_RECEIVED: {
    en: '{value} points came from another member; they keep their expiry.',
    'zh-CN': '收到其他会员转赠的 {value} 积分，有效期不变。',
  },
  TRANSFER_RETURNED: {
    en: '{value} points came back: the receiver could not have them.',
    'zh-CN': '对方无法接收，{value} 积分已退回。',
  },
  MERGED_AWAY: {
    en: 'This membership was merged into another one: {value} points went with it.',
    'zh-CN': '该会员已并入另一会员账户：{value} 积分随之转出。',
  },
  MERGED_IN: {
    en: 'Another membership was merged into this one: {value} points came with it and keep their expiry.',
    'zh-CN': '另一会员账户已并入：转入 {value} 积分，有效期不变。',
  },
  GIFT: { en: '{value} of the gift {gift} at {price}.', 'zh-CN': '兑换礼品 {gift} {value} 件，价格 {price}。' },
};

export function textOf(step: Step, locale: Locale): string {
  const values: Record<string, string> = { ...step.args, ...(step.value === undefined ? {} : { value: step.value }) };
  return STEPS[step.code][locale].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
