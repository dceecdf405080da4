import { type Locale, refusals } from '@atrium/platform';

export const refuse = refusals({});

type Words = Readonly<Record<Locale, string>>;

/** What a till tells before it pays back. */
export const NOTICES = {
  OWED: {
    en: '{owed} points of this sale were spent. They will be owed: the next points pay them first.',
    'zh-CN': '本单有 {owed} 积分已使用，退款后记为欠分，由后续积分优先偿还。',
  },
  DEDUCTED: {
    en: '{missing} points of this sale were spent. {deduction} are kept from the refund for them.',
    'zh-CN': '本单有 {missing} 积分已使用，将从退款中扣除 {deduction}。',
  },
  REJECTED: {
    en: 'Do not refund: {missing} points of this sale were spent.',
    'zh-CN': '不可退款：本单有 {missing} 积分已使用。',
  },
} satisfies Record<string, Words>;

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const WRONG: Readonly<Record<'AMOUNT' | 'TWICE' | 'LINE_UNKNOWN' | 'EXCEEDS', Words>> = {
  AMOUNT: { en: 'an amount is no valid amount of money', 'zh-CN': '金额无效' },
  TWICE: { en: 'a line stands there twice', 'zh-CN': '存在重复的行' },
  LINE_UNKNOWN: { en: 'the sale has no such line', 'zh-CN': '原单没有该行' },
  EXCEEDS: { en: 'more than what is left of the sale', 'zh-CN': '超过剩余可退金额' },
};
