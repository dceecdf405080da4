import { blindIndex, normaliseIdentifier } from './blind-index';

describe('blind index', () => {
  it('writes a phone number one way', () => {
    for (const text of ['13800138000', '+86 138 0013 8000', ' 138-0013-8000 ']) {
      expect(normaliseIdentifier('PHONE', text)).toBe('+8613800138000');
    }
    expect(normaliseIdentifier('PHONE', '+852 9123 4567')).toBe('+85291234567');
    expect(normaliseIdentifier('PHONE', 'hello')).toBeNull();
  });

  it('writes a card in capitals and leaves a code alone', () => {
    expect(normaliseIdentifier('CARD', ' ab12 ')).toBe('AB12');
    expect(normaliseIdentifier('DYNAMIC_CODE', ' 0042 ')).toBe('0042');
    expect(normaliseIdentifier('CARD', '  ')).toBeNull();
  });

  it('depends on key, tenant, type and value, and on nothing else', () => {
    const index = blindIndex('key', 'g', 'CARD', 'a1');
    expect(index).toMatch(/^[0-9a-f]{64}$/);
    expect(blindIndex('key', 'g', 'CARD', 'A1 ')).toBe(index);
    for (const other of [
      blindIndex('other', 'g', 'CARD', 'a1'),
      blindIndex('key', 'h', 'CARD', 'a1'),
      blindIndex('key', 'g', 'DYNAMIC_CODE', 'A1'),
      blindIndex('key', 'g', 'CARD', 'a2'),
    ]) {
      expect(other).not.toBe(index);
    }
  });
});
