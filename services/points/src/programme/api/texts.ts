import { InvalidInputError, type Locale, NotFoundError, refusals, type UserError } from '@atrium/platform';
import type { Fault, FaultCode } from '../domain/faults';

export const refuse = refusals({
  POINTS_RULE_STATE: {
    en: {
      message: 'This is not possible for a version that is {status}.',
      remedy: 'DRAFT is approved, APPROVED is activated, ACTIVE is retired; DRAFT and APPROVED can be discarded.',
    },
    'zh-CN': {
      message: '状态为 {status} 的版本不能进行此操作。',
      remedy: 'DRAFT 可批准，APPROVED 可启用，ACTIVE 可停用；DRAFT 与 APPROVED 可作废。',
    },
  },
  POINTS_RULE_OUTDATED: {
    en: {
      message: 'Version {version} of this rule came into force after this one was written.',
      remedy: 'Discard this version and draft it again.',
    },
    'zh-CN': { message: '该规则的第 {version} 版已在此版本之后生效。', remedy: '请作废此版本并重新起草。' },
  },
  INVALID_POINTS_RULES: {
    en: { message: '{count} faults in the rules; the first: {reason}.', remedy: 'Correct what `faults` names.' },
    'zh-CN': { message: '规则中有 {count} 处错误，第一处：{reason}。', remedy: '请修改 faults 所指之处。' },
  },
  OWN_DRAFT: {
    en: { message: 'Nobody approves what they have drafted.', remedy: 'Ask a second person.' },
    'zh-CN': { message: '不能批准自己起草的规则。', remedy: '请由另一位人员批准。' },
  },
});

type Reason = FaultCode | 'PAST' | 'LATER' | 'ONE_OF' | 'CURRENCY' | 'UNKNOWN_TIER';

/** Why an input was refused, as it stands after "The input is not valid: ". */
const FAULTS: Readonly<Record<Reason, Readonly<Record<Locale, string>>>> = {
  REQUIRED: { en: 'this is needed here', 'zh-CN': '此处必填' },
  NOT_HERE: { en: 'this does not belong to what was chosen', 'zh-CN': '所选类型不应包含此项' },
  ONE_KIND: {
    en: 'a rule has exactly one of programme, earn, campaign and interaction',
    'zh-CN': '一条规则须且仅须包含 programme、earn、campaign、interaction 之一',
  },
  CODE: { en: 'a code is 1 to 64 letters, digits, - or _', 'zh-CN': '代码须为 1 至 64 位字母、数字、- 或 _' },
  INTERVAL: { en: 'the end must come after the beginning', 'zh-CN': '结束时间必须晚于开始时间' },
  RANGE: { en: 'the value must be {min} to {max}', 'zh-CN': '数值须在 {min} 到 {max} 之间' },
  NEGATIVE: { en: 'the value must not be negative', 'zh-CN': '数值不能为负' },
  NOT_POSITIVE: { en: 'the value must be above 0', 'zh-CN': '数值必须大于 0' },
  PERCENT: { en: 'a percentage is 0 to 100', 'zh-CN': '百分比须在 0 到 100 之间' },
  MULTIPLIER: { en: 'a multiplier is at least 1', 'zh-CN': '倍数至少为 1' },
  MONEY: {
    en: 'the amount must be above 0, with the digits that its currency has',
    'zh-CN': '金额须大于 0，且小数位数须符合币种',
  },
  TWICE: { en: 'the same stands here twice', 'zh-CN': '此项重复' },
  ASCENDING: { en: 'steps must rise', 'zh-CN': '阶梯必须递增' },
  PUBLIC_KEY: { en: 'a public key is 32 bytes as base64url', 'zh-CN': '公钥须为 32 字节的 base64url 文本' },
  DATE: { en: 'a day is YYYY-MM-DD', 'zh-CN': '日期格式须为 YYYY-MM-DD' },
  TEXT: { en: 'a text is 1 to {max} characters', 'zh-CN': '文本须为 1 至 {max} 个字符' },
  LOCALE: { en: 'a locale is zh-CN or en', 'zh-CN': '语言须为 zh-CN 或 en' },
  UNKNOWN_MERCHANT: { en: 'there is no such merchant', 'zh-CN': '没有该商户' },
  UNKNOWN_STORE: { en: 'there is no such store', 'zh-CN': '没有该门店' },
  STORE_OF_ANOTHER: { en: 'the store belongs to another merchant', 'zh-CN': '该门店属于另一商户' },
  ONE_OF: { en: 'exactly one of sale and purchaseId is given', 'zh-CN': '须且仅须提供 sale 与 purchaseId 之一' },
  CURRENCY: { en: "the currency is not the store's", 'zh-CN': '币种与门店不符' },
  UNKNOWN_TIER: { en: 'there was no such tier at that time', 'zh-CN': '当时没有该等级' },
  PAST: {
    en: 'what was in force stays so: the end must not lie in the past',
    'zh-CN': '已生效的时间不能更改：结束时间不能早于现在',
  },
  LATER: { en: 'the version ends earlier already', 'zh-CN': '该版本已更早结束' },
};

export const faultText = (reason: Reason, locale: Locale, args: Fault['args'] = {}): string =>
  FAULTS[reason][locale].replace(/\{(\w+)\}/g, (_, name: string) => args[name] ?? '');

/** The first of the faults; what is not there is told as such. */
export function refuseFaults(faults: readonly Fault[], locale: Locale): UserError {
  const [first] = faults;
  if (!first) throw new Error('no fault to refuse for');
  if (first.reason === 'UNKNOWN_MERCHANT' || first.reason === 'UNKNOWN_STORE') {
    return refuse(NotFoundError, 'NOT_FOUND', locale, {});
  }
  return refuseInput(first.path, first.reason, locale, first.args);
}

export const refuseInput = (path: readonly string[], reason: Reason, locale: Locale, args?: Fault['args']) =>
  refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: [...path] }, { reason: faultText(reason, locale, args) });
