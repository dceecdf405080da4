import { type Locale, refusals } from '@atrium/platform';
import type { TransferFault } from '../use-cases/transfer-points';

export const refuse = refusals({
  TRANSFERS_OFF: {
    en: { message: 'Points cannot be given to other members in this programme.' },
    'zh-CN': { message: '当前积分方案不支持积分转赠。' },
  },
  TRANSFER_LIMIT: {
    en: { message: 'This is more than may be given; {left} points are possible.', remedy: 'Give fewer, or tomorrow.' },
    'zh-CN': { message: '超出转赠限额，当前最多可转赠 {left} 积分。', remedy: '请减少数量或明日再试。' },
  },
  ACCOUNT_FROZEN: {
    en: { message: 'The account is frozen; points cannot be given away.', remedy: 'Ask the service desk.' },
    'zh-CN': { message: '账户已冻结，无法转赠积分。', remedy: '请联系服务台。' },
  },
  IN_DEBT: {
    en: { message: 'Points are owed; none can be given away.', remedy: 'New points repay them first.' },
    'zh-CN': { message: '账户存在欠分，无法转赠积分。', remedy: '新获得的积分将优先抵扣欠分。' },
  },
});

/** As they stand after "The input is not valid: ". */
export const FAULTS: Readonly<Record<TransferFault, Readonly<Record<Locale, string>>>> = {
  NOT_POSITIVE: { en: 'the points must be above 0', 'zh-CN': '积分数量须大于 0' },
  ONESELF: { en: 'nobody gives points to themselves', 'zh-CN': '不能转赠给自己' },
  MESSAGE: { en: 'a message has at most 200 characters', 'zh-CN': '留言最长 200 个字符' },
};
