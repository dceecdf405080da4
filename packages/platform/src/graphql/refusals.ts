import { make } from './make';
import type { UserError } from './user-error';

export const LOCALES = ['zh-CN', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

export interface RefusalText {
  message: string;
  remedy?: string;
}

/** What a service's refusals say: code -> language -> text. `{name}` stands for a value. */
export type RefusalCatalogue = Record<string, Record<Locale, RefusalText>>;

/** Refusals that every service can give. */
export const SHARED_REFUSALS = {
  IDEMPOTENCY_CONFLICT: {
    en: { message: 'This idempotency key was used for another request.', remedy: 'Use a new key for a new request.' },
    'zh-CN': { message: '该幂等键已用于另一个请求。', remedy: '新的请求请使用新的幂等键。' },
  },
  IN_PROGRESS: {
    en: { message: 'The same request is being worked on.', remedy: 'Ask again in a moment with the same key.' },
    'zh-CN': { message: '相同的请求正在处理中。', remedy: '请稍后用同一幂等键重试。' },
  },
  NOT_FOUND: {
    en: { message: 'There is nothing with this id.', remedy: 'Check the id and the mall group you are signed in to.' },
    'zh-CN': { message: '未找到对应的记录。', remedy: '请检查编号以及当前登录的商场集团。' },
  },
  INVALID_INPUT: {
    en: { message: 'The input is not valid: {reason}.', remedy: 'Correct the field that `path` names.' },
    'zh-CN': { message: '输入无效：{reason}。', remedy: '请修改 path 所指的字段。' },
  },
  INSUFFICIENT_POINTS: {
    en: { message: 'Not enough points: {available} available, {requested} requested.', remedy: 'Use fewer points.' },
    'zh-CN': { message: '积分不足：可用 {available}，需要 {requested}。', remedy: '请减少使用的积分。' },
  },
} satisfies RefusalCatalogue;

/** The best language of an Accept-Language header: the first named where several are wanted equally, English where none fits. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const q = parameters.map((p) => /^\s*q=([0-9.]+)\s*$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ tag, q }) => tag !== '' && q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { tag } of wanted) {
    if (tag.startsWith('zh')) return 'zh-CN';
    if (tag.startsWith('en')) return 'en';
  }
  return 'en';
}

/** Builds refusals of one catalogue: `refuse(CouponSoldOutError, 'COUPON_SOLD_OUT', locale, {})`. */
export function refusals<C extends RefusalCatalogue>(catalogue: C) {
  const all: RefusalCatalogue = { ...SHARED_REFUSALS, ...catalogue };
  return function refuse<T extends UserError>(
    Type: new () => T,
    code: keyof C | keyof typeof SHARED_REFUSALS,
    locale: Locale,
    fields: Omit<T, keyof UserError>,
    values: Record<string, string | bigint> = {},
  ): T {
    const text = all[code as string]?.[locale];
    if (!text) throw new Error(`no text for refusal ${String(code)}`);
    const fill = (template: string) => template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
    return make(Type, {
      ...(fields as T),
      code: code as string,
      message: fill(text.message),
      remedy: text.remedy === undefined ? null : fill(text.remedy),
    });
  };
}
