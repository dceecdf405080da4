import 'reflect-metadata';
import { localeOf, LOCALES, refusals, SHARED_REFUSALS } from './refusals';
import { InsufficientPointsError, NotFoundError } from './user-error';

describe('localeOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['zh', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['zh-Hans-CN;q=0.8, en;q=0.9', 'en'],
    ['en;q=0.2, zh;q=0.3', 'zh-CN'],
    ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
    ['zh, en', 'zh-CN'],
    ['en, zh', 'en'],
    ['fr, de;q=0.9, zh;q=0.1', 'zh-CN'],
    ['zh;q=0, en', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    [';;;q=,,', 'en'],
    ['ZH-cn', 'zh-CN'],
  ])('%p is %s', (header, locale) => expect(localeOf(header)).toBe(locale));
});

describe('refusals', () => {
  const refuse = refusals({
    GONE: { en: { message: 'Gone {when}.' }, 'zh-CN': { message: '已没有。', remedy: '请稍后。' } },
  });

  it('speak the language, with their values, as the class that the union knows', () => {
    const values = { available: 5n, requested: 9n };
    const refusal = refuse(InsufficientPointsError, 'INSUFFICIENT_POINTS', 'en', { ...values }, values);
    expect(refusal).toBeInstanceOf(InsufficientPointsError);
    expect(refusal).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
      available: 5n,
      message: 'Not enough points: 5 available, 9 requested.',
    });
    expect(refuse(NotFoundError, 'GONE', 'zh-CN', {})).toMatchObject({ message: '已没有。', remedy: '请稍后。' });
    expect(refuse(NotFoundError, 'GONE', 'en', {}, { when: 'today' })).toMatchObject({
      message: 'Gone today.',
      remedy: null,
    });
  });

  it('have a text in every language', () => {
    for (const texts of Object.values(SHARED_REFUSALS)) expect(Object.keys(texts).sort()).toEqual([...LOCALES].sort());
  });
});
