// The words of a statement, and the programme's rules as a member reads them.
import { formatMinor } from '@atrium/kernel';
import type { Locale } from '@atrium/platform';
import type { ExpiryTerms, PeriodFault, ProgrammeTerms } from '../use-cases/statement.query';

type Words = Readonly<Record<Locale, string>>;

export const WORDS = {
  title: { en: 'Points statement', 'zh-CN': '积分对账单' },
  member: { en: 'Member {id}', 'zh-CN': '会员 {id}' },
  period: { en: '{from} to {to} ({zone})', 'zh-CN': '{from} 至 {to}（{zone}）' },
  made: { en: 'Made on {at}', 'zh-CN': '生成时间 {at}' },
  opening: { en: 'Opening balance', 'zh-CN': '期初余额' },
  closing: { en: 'Closing balance', 'zh-CN': '期末余额' },
  owed: { en: 'of which owed: {points}', 'zh-CN': '欠分 {points}' },
  date: { en: 'Date', 'zh-CN': '日期' },
  what: { en: 'What happened', 'zh-CN': '事项' },
  points: { en: 'Points', 'zh-CN': '积分' },
  balance: { en: 'Balance', 'zh-CN': '余额' },
  nothing: { en: 'Nothing happened in this period.', 'zh-CN': '本期没有变动。' },
  expiring: { en: 'Expiring within 90 days', 'zh-CN': '90 天内到期' },
  expires: { en: '{points} points on {date}', 'zh-CN': '{date} 到期 {points} 积分' },
  none: { en: 'None.', 'zh-CN': '无。' },
  rules: { en: 'The rules in words', 'zh-CN': '规则说明' },
  page: { en: 'Page {page} of {pages}', 'zh-CN': '第 {page} 页，共 {pages} 页' },
} as const satisfies Record<string, Words>;

export const say = (key: keyof typeof WORDS, locale: Locale, values: Record<string, string> = {}): string =>
  fill(WORDS[key], locale, values);

const fill = (words: Words, locale: Locale, values: Record<string, string> = {}): string =>
  words[locale].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

const KINDS: Readonly<Record<string, Words>> = {
  EARN: { en: 'Earned', 'zh-CN': '累积' },
  EARN_REVERSAL: { en: 'Taken back after a refund', 'zh-CN': '退货收回' },
  REDEEM: { en: 'Used as payment', 'zh-CN': '抵扣使用' },
  REDEEM_REVERSAL: { en: 'Returned after a refund', 'zh-CN': '退回抵扣' },
  EXPIRE: { en: 'Expired', 'zh-CN': '过期' },
  ADJUST: { en: 'Adjusted by our staff', 'zh-CN': '人工调整' },
  TRANSFER: { en: 'Transferred', 'zh-CN': '转赠' },
  REINSTATE: { en: 'Given again', 'zh-CN': '恢复' },
  DEBT_REPAYMENT: { en: 'Repaid what was owed', 'zh-CN': '偿还欠分' },
  WRITE_OFF: { en: 'What was owed was written off', 'zh-CN': '欠分核销' },
};

export const kindText = (kind: string, locale: Locale): string => KINDS[kind]?.[locale] ?? kind;

export const PERIOD_FAULTS: Readonly<Record<PeriodFault, Words>> = {
  ORDER: { en: 'the period ends before it begins', 'zh-CN': '结束日期早于开始日期' },
  LENGTH: { en: 'a statement covers at most 13 months', 'zh-CN': '对账单最长为 13 个月' },
};

const UNITS: Readonly<Record<string, Words>> = {
  DAY: { en: 'days', 'zh-CN': '天' },
  WEEK: { en: 'weeks', 'zh-CN': '周' },
  MONTH: { en: 'months', 'zh-CN': '个月' },
  QUARTER: { en: 'quarters', 'zh-CN': '个季度' },
  YEAR: { en: 'years', 'zh-CN': '年' },
};
const PERIODS: Readonly<Record<string, Words>> = {
  MONTH: { en: 'month', 'zh-CN': '月' },
  QUARTER: { en: 'quarter', 'zh-CN': '季度' },
  YEAR: { en: 'calendar year', 'zh-CN': '自然年' },
};

function expiryText(expiry: ExpiryTerms, locale: Locale): string {
  switch (expiry.mode) {
    case 'NEVER':
      return fill({ en: 'Points do not expire.', 'zh-CN': '积分不过期。' }, locale);
    case 'AFTER':
      return fill(
        {
          en: 'Points live for {count} {unit} after they were earned.',
          'zh-CN': '积分自获得起 {count} {unit}内有效。',
        },
        locale,
        { count: String(expiry.count), unit: UNITS[expiry.unit]?.[locale] ?? expiry.unit },
      );
    case 'END_OF_PERIOD':
      return fill(
        {
          en: 'Points live until the end of the {period} in which they were earned, and {count} more.',
          'zh-CN': '积分有效期至获得当{period}结束后再加 {count} 个{period}。',
        },
        locale,
        { period: PERIODS[expiry.period]?.[locale] ?? expiry.period, count: String(expiry.count) },
      );
    case 'FIXED_DATE':
      return fill({ en: 'Points live until {date}.', 'zh-CN': '积分有效期至 {date}。' }, locale, { date: expiry.date });
    case 'SLIDING':
      return fill(
        {
          en: 'All points live as long as the account is used at least once in {count} months.',
          'zh-CN': '账户在 {count} 个月内有一次活动，全部积分持续有效。',
        },
        locale,
        { count: String(expiry.months) },
      );
  }
}

export function rulesInWords(terms: ProgrammeTerms | null, locale: Locale): string[] {
  if (!terms) return [say('none', locale)];
  const { conversions, minPoints, stepPoints, maxPercentOfEligible } = terms.spending;
  const worth = conversions.map(({ points, valueMinor, currency }) =>
    fill(
      {
        en: '{points} points are worth {value} {currency} as payment.',
        'zh-CN': '{points} 积分可抵 {value} {currency}。',
      },
      locale,
      {
        points: points.toString(),
        value: formatMinor(valueMinor, currency),
        currency,
      },
    ),
  );
  const limits = fill(
    {
      en: 'Points are taken from {min} on, in steps of {step}, for at most {percent} % of what is left to pay.',
      'zh-CN': '每次至少使用 {min} 积分，以 {step} 积分为单位，最多抵扣应付金额的 {percent}%。',
    },
    locale,
    { min: minPoints.toString(), step: stepPoints.toString(), percent: maxPercentOfEligible },
  );
  const balance = fill(
    {
      en: 'The balance counts points that can be spent, that are set aside and that are still pending.',
      'zh-CN': '余额包括可用、冻结中和待生效的积分。',
    },
    locale,
  );
  return [balance, expiryText(terms.expiry, locale), ...worth, ...(worth.length > 0 ? [limits] : [])];
}
