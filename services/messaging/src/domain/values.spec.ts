import { byLocale, formatValue } from './values';

const zone = 'Asia/Shanghai';

describe('values in a message', () => {
  it.each([
    [{ kind: 'points', points: 1234567n } as const, '1,234,567', '1,234,567'],
    [
      { kind: 'money', amountMinor: 123456789012345678n, currency: 'CNY' } as const,
      '¥1,234,567,890,123,456.78',
      'CN¥1,234,567,890,123,456.78',
    ],
    [{ kind: 'money', amountMinor: 500n, currency: 'JPY' } as const, 'JP¥500', '¥500'],
    [{ kind: 'day', at: new Date('2026-03-10T20:00:00Z'), zone: null } as const, '2026年3月11日', 'March 11, 2026'],
    [
      { kind: 'day', at: new Date('2026-03-10T20:00:00Z'), zone: 'America/New_York' } as const,
      '2026年3月10日',
      'March 10, 2026',
    ],
    [
      { kind: 'lastDay', end: new Date('2026-12-31T16:00:00Z'), zone: null } as const,
      '2026年12月31日',
      'December 31, 2026',
    ],
    [{ kind: 'names', names: { en: 'Gold', 'zh-CN': '金卡' } } as const, '金卡', 'Gold'],
    [{ kind: 'names', names: { en: 'Gold' } } as const, 'Gold', 'Gold'],
    [{ kind: 'names', names: {} } as const, null, null],
    [{ kind: 'text', text: '' } as const, null, null],
  ])('%j', (value, chinese, english) => {
    expect(formatValue(value, 'zh-CN', zone)).toBe(chinese);
    expect(formatValue(value, 'en', zone)).toBe(english);
  });

  it('falls back to Chinese, then English', () => {
    expect(byLocale({ en: 'a', 'zh-CN': 'b' }, 'fr')).toBe('b');
    expect(byLocale({ en: 'a' }, 'zh-CN')).toBe('a');
    expect(byLocale({ fr: 'a' }, 'en')).toBeNull();
  });
});
