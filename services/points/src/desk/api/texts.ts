import { type Locale, refusals } from '@atrium/platform';

export const refuse = refusals({
  APPROVAL_REQUIRED: {
    en: { message: 'An adjustment of this size needs a second person.', remedy: 'Ask somebody who may approve it.' },
    'zh-CN': { message: '该调整超过限额，需要第二人审批。', remedy: '请有审批权限的同事处理。' },
  },
});

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<
  Record<'ZERO' | 'REASON_LENGTH' | 'NO_PROGRAMME' | 'TOO_LARGE', Readonly<Record<Locale, string>>>
> = {
  ZERO: { en: 'the amount must not be 0', 'zh-CN': '数量不能为 0' },
  REASON_LENGTH: { en: 'a reason has 3 to 500 characters', 'zh-CN': '原因须为 3 至 500 个字符' },
  NO_PROGRAMME: { en: 'no points programme is in force', 'zh-CN': '当前没有生效的积分方案' },
  TOO_LARGE: { en: 'the amount is too large', 'zh-CN': '数量过大' },
};
