import { checkTemplate, render } from './template';

const text = { locale: 'en', title: 'Points', body: 'You earned {points} points.' };
const input = { code: 'POINTS_EARNED', channels: ['SMS', 'INBOX'], texts: [text] };

describe('templates', () => {
  it('knows its variables', () => {
    expect(checkTemplate(input)).toMatchObject({
      ok: true,
      value: { code: 'POINTS_EARNED', channels: ['INBOX', 'SMS'], variables: ['points'] },
    });
  });

  it.each([
    [{ ...input, code: 'X' }, ['code']],
    [{ ...input, code: 'toString' }, ['code']],
    [{ ...input, channels: [] }, ['channels']],
    [{ ...input, channels: ['EMAIL'] }, ['channels']],
    [{ ...input, channels: ['SMS', 'SMS'] }, ['channels']],
    [{ ...input, texts: [] }, ['texts']],
    [{ ...input, texts: [text, text] }, ['texts', '1', 'locale']],
    [{ ...input, texts: [{ ...text, locale: 'fr' }] }, ['texts', '0', 'locale']],
    [{ ...input, texts: [{ ...text, title: ' ' }] }, ['texts', '0', 'title']],
    [{ ...input, texts: [{ ...text, body: '{phone}' }] }, ['texts', '0', 'body']],
    [{ ...input, texts: [{ ...text, body: '{points' }] }, ['texts', '0', 'body']],
    [{ ...input, texts: [{ ...text, body: '{}' }] }, ['texts', '0', 'body']],
  ])('refuses %j', (bad, path) => {
    expect(checkTemplate(bad)).toMatchObject({ ok: false, error: { path } });
  });

  it('is filled, or blocked by a missing value', () => {
    const template = { locale: 'en' as const, title: '{tier}!', body: 'Now {tier}, {points} points' };
    const values = { tier: { kind: 'text', text: 'Gold' }, points: { kind: 'points', points: 1200n } } as const;
    expect(render(template, values, 'UTC')).toEqual({
      ok: true,
      value: { title: 'Gold!', body: 'Now Gold, 1,200 points' },
    });
    expect(render(template, { tier: values.tier }, 'UTC')).toEqual({ ok: false, error: { missing: 'points' } });
    const braces = { ...values, tier: { kind: 'text', text: '{points}' } } as const;
    expect(render(template, braces, 'UTC')).toMatchObject({ ok: true, value: { title: '{points}!' } });
  });
});
