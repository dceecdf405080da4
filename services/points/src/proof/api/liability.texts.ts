// Names of the rows of a liability view.
import type { Locale } from '@atrium/platform';

type Words = Readonly<Record<Locale, string>>;

const TOTAL: Words = { en: 'Total', 'zh-CN': '合计' };
const GROUP: Words = { en: 'The group', 'zh-CN': '集团' };
const FUNDER: Words = { en: 'Funder {key}', 'zh-CN': '承担方 {key}' };
const AGE: Words = { en: '{key} months since earning', 'zh-CN': '获得后 {key} 个月' };
const EXPIRY: Words = { en: 'Expires in {key}', 'zh-CN': '{key} 到期' };
const NEVER: Words = { en: 'Does not expire', 'zh-CN': '不过期' };

export function liabilityLabel(
  by: 'FUNDER' | 'AGE' | 'EXPIRY' | 'TOTAL',
  key: string,
  groupId: string,
  locale: Locale,
): string {
  const fill = (words: Words, value = key) => words[locale].replace('{key}', value);
  switch (by) {
    case 'TOTAL':
      return fill(TOTAL);
    case 'FUNDER':
      return key === groupId ? fill(GROUP) : fill(FUNDER);
    case 'AGE':
      return fill(AGE);
    case 'EXPIRY':
      return key === 'infinity' ? fill(NEVER) : fill(EXPIRY, key.slice(0, 7));
  }
}
