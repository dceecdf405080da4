import { type Locale, refusals } from '@atrium/platform';
import type { InteractionFault } from '../use-cases/record-interaction';

export const refuse = refusals({
  INTERACTION_LIMIT_REACHED: {
    en: { message: 'This earns points no more than {limit} times.', remedy: 'Come back tomorrow, or try another one.' },
    'zh-CN': { message: '该互动最多可获积分 {limit} 次。', remedy: '请明天再来，或参与其他互动。' },
  },
  REFERENCE_ALREADY_USED: {
    en: { message: 'This has earned points before.', remedy: 'Each share, answer or visit counts once.' },
    'zh-CN': { message: '该凭证已获得过积分。', remedy: '每次分享、答卷或到访只计一次。' },
  },
  NOT_ELIGIBLE: {
    en: { message: 'This is not for the member to state.', remedy: 'The service that saw it states it.' },
    'zh-CN': { message: '该互动不能由会员自行申报。', remedy: '应由相应的服务上报。' },
  },
});

/** Why an input was refused, as it stands after "The input is not valid: ". */
export const FAULTS: Readonly<Record<InteractionFault, Readonly<Record<Locale, string>>>> = {
  REFERENCE: {
    en: 'this interaction needs a reference of 1 to 200 characters',
    'zh-CN': '该互动需要 1 至 200 个字符的凭证编号',
  },
  SIGNATURE: { en: 'the signature does not fit the reference', 'zh-CN': '签名与凭证不符' },
  IN_THE_FUTURE: { en: 'it cannot happen in the future', 'zh-CN': '发生时间不能在将来' },
  TOO_OLD: { en: 'it happened more than 7 days ago', 'zh-CN': '发生时间已超过 7 天' },
  NO_PROGRAMME: { en: 'no points programme was in force', 'zh-CN': '当时没有生效的积分方案' },
};
