// Message templates: which facts can be told of, with which variables, and how a text is filled. A missing value blocks the
// message; it is never sent with a hole in it.
import { err, ok, type Result } from '@atrium/kernel';
import { formatValue, LOCALES, type TextLocale, type Values } from './values';

/** The facts that messages tell of, and the variables that their texts may use. */
export const VARIABLES = {
  POINTS_EARNED: ['points', 'available', 'mall', 'date'],
  POINTS_REVERSED: ['points', 'available', 'mall', 'date'],
  TIER_UPGRADED: ['tier', 'previousTier', 'date', 'validUntil'],
  TIER_CHANGED: ['tier', 'previousTier', 'date', 'validUntil'],
  COUPON_ISSUED: ['coupon', 'validFrom', 'validUntil'],
  PURCHASE_REFUNDED: ['amount', 'points', 'mall', 'date'],
} as const;

export type TemplateCode = keyof typeof VARIABLES;
export const CHANNELS = ['INBOX', 'SMS'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface TemplateText {
  locale: TextLocale;
  title: string;
  body: string;
}

export interface TemplateDraft {
  code: TemplateCode;
  channels: Channel[];
  texts: TemplateText[];
  /** The variables that the texts use. */
  variables: string[];
}

export interface InvalidInput {
  code: 'INVALID_INPUT';
  path: string[];
  reason: string;
}

const TITLE_MAX = 100;
const BODY_MAX = 1000;
const PLACEHOLDER = /\{([A-Za-z]*)\}/g;

const invalid = (path: string[], reason: string) => err<InvalidInput>({ code: 'INVALID_INPUT', path, reason });

export const isTemplateCode = (code: string): code is TemplateCode => Object.hasOwn(VARIABLES, code);

/** Checks a template as it was sent in. */
export function checkTemplate(input: {
  code: string;
  channels: readonly string[];
  texts: readonly { locale: string; title: string; body: string }[];
}): Result<TemplateDraft, InvalidInput> {
  const { code } = input;
  if (!isTemplateCode(code)) return invalid(['code'], `a code is one of ${Object.keys(VARIABLES).join(', ')}`);
  const channels = CHANNELS.filter((channel) => input.channels.includes(channel));
  if (channels.length === 0 || channels.length !== input.channels.length) {
    return invalid(['channels'], `one or more different of ${CHANNELS.join(', ')}`);
  }
  const known: readonly string[] = VARIABLES[code];
  const used = new Set<string>();
  const texts: TemplateText[] = [];
  for (const [i, { locale, title, body }] of input.texts.entries()) {
    const at = (field: string) => ['texts', String(i), field];
    const found = LOCALES.find((one) => one === locale);
    if (!found || texts.some((text) => text.locale === found)) {
      return invalid(at('locale'), `each of ${LOCALES.join(', ')} at most once`);
    }
    if (title.trim() === '' || title.length > TITLE_MAX) return invalid(at('title'), `1 to ${TITLE_MAX} characters`);
    if (body.trim() === '' || body.length > BODY_MAX) return invalid(at('body'), `1 to ${BODY_MAX} characters`);
    for (const [field, text] of Object.entries({ title, body })) {
      const names = placeholdersOf(text);
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined || /[{}]/.test(text.replace(PLACEHOLDER, ''))) {
        return invalid(at(field), `braces hold one of ${known.join(', ')}`);
      }
      for (const name of names) used.add(name);
    }
    texts.push({ locale: found, title, body });
  }
  if (texts.length === 0) return invalid(['texts'], 'at least one text');
  return ok({ code, channels: [...channels], texts, variables: known.filter((name) => used.has(name)) });
}

export const placeholdersOf = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

/** Fills a text; names the first variable that has no value. */
export function render(
  text: Pick<TemplateText, 'title' | 'body' | 'locale'>,
  values: Values,
  memberZone: string,
): Result<{ title: string; body: string }, { missing: string }> {
  const written = new Map<string, string>();
  for (const name of placeholdersOf(text.title + text.body)) {
    const value = values[name];
    const formatted = value === undefined ? null : formatValue(value, text.locale, memberZone);
    if (formatted === null) return err({ missing: name });
    written.set(name, formatted);
  }
  const fill = (template: string) => template.replace(PLACEHOLDER, (_, name: string) => written.get(name) ?? '');
  return ok({ title: fill(text.title), body: fill(text.body) });
}
