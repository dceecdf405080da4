import { checkProfile } from './registration';

const today = '2026-03-10';

describe('a profile', () => {
  it('is trimmed and gets the default language', () => {
    expect(checkProfile({ displayName: '  王小明 ' }, today)).toEqual({
      ok: true,
      value: { displayName: '王小明', birthday: null, locale: 'zh-CN' },
    });
    expect(checkProfile({ displayName: '   ', locale: 'en', birthday: today }, today)).toEqual({
      ok: true,
      value: { displayName: null, birthday: today, locale: 'en' },
    });
  });

  it.each([
    [{ birthday: '2026-03-11' }, 'birthday'],
    [{ birthday: '1899-12-31' }, 'birthday'],
    [{ birthday: '2026-02-30' }, 'birthday'],
    [{ locale: 'fr' }, 'locale'],
    [{ displayName: 'x'.repeat(81) }, 'displayName'],
    [{ displayName: 'a\u0000b' }, 'displayName'],
  ])('%j is refused', (input, field) => {
    const result = checkProfile(input, today);
    expect(result).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT', path: [field] } });
  });
});
