// What a message can say: typed values, written in the reader's language. No figure is a text before it is known who reads it.
import { formatMinor, localDate, localMidnight } from '@atrium/kernel';

export const LOCALES = ['zh-CN', 'en'] as const;
export type TextLocale = (typeof LOCALES)[number];

/** Which text is taken: the member's own language, then these. */
export const FALLBACK: readonly TextLocale[] = ['zh-CN', 'en'];

export type Value =
  | { kind: 'text'; text: string }
  | { kind: 'points'; points: bigint }
  | { kind: 'money'; amountMinor: bigint; currency: string }
  /** The day of an instant; in the member's own zone where none is given. */
  | { kind: 'day'; at: Date; zone: string | null }
  /** The last day of an interval that ends before this instant: 1 January 00:00 is "31 December". */
  | { kind: 'lastDay'; end: Date; zone: string | null }
  /** A name in several languages. */
  | { kind: 'names'; names: Readonly<Record<string, string>> };

export type Values = Readonly<Record<string, Value>>;

/** The value as a reader of `locale` writes it; null when there is nothing to write. */
export function formatValue(value: Value, locale: TextLocale, memberZone: string): string | null {
  switch (value.kind) {
    case 'text':
      return value.text === '' ? null : value.text;
    case 'points':
      return new Intl.NumberFormat(locale).format(value.points);
    case 'money':
      // As a decimal text: a binary number would round large amounts.
      return new Intl.NumberFormat(locale, { style: 'currency', currency: value.currency }).format(
        formatMinor(value.amountMinor, value.currency) as `${number}`,
      );
    case 'day':
      return formatDay(localDate(value.at, value.zone ?? memberZone), locale);
    case 'lastDay':
      return formatDay(localDate(new Date(value.end.getTime() - 1), value.zone ?? memberZone), locale);
    case 'names':
      return byLocale(value.names, locale);
  }
}

/** The entry of a language, or of the first fallback that is there. */
export function byLocale<T>(entries: Readonly<Record<string, T>>, locale: string): T | null {
  for (const wanted of [locale, ...FALLBACK]) {
    const entry = entries[wanted];
    if (entry !== undefined && entry !== '') return entry;
  }
  return null;
}

function formatDay(day: string, locale: TextLocale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(localMidnight(day, 'UTC'));
}
