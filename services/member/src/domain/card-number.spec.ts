import { cardNumberFrom, isCardNumber, luhnDigit, passesLuhn } from './card-number';

describe('card numbers', () => {
  it.each([
    ['7992739871', '3'],
    ['411111111111111', '1'],
    ['0', '0'],
  ])('the check digit of %s is %s', (digits, check) => {
    expect(luhnDigit(digits)).toBe(check);
    expect(passesLuhn(digits + check)).toBe(true);
  });

  it('a wrong or swapped digit does not pass', () => {
    expect(passesLuhn('79927398710')).toBe(false);
    expect(passesLuhn('79927389713')).toBe(false);
    expect(passesLuhn('')).toBe(false);
  });

  it('issues 16 digits that pass', () => {
    const number = cardNumberFrom('12345678901234');
    expect(number).toMatch(/^8\d{15}$/);
    expect(passesLuhn(number)).toBe(true);
    expect(() => cardNumberFrom('123')).toThrow(RangeError);
  });

  it('takes old short cards and refuses what is no card', () => {
    expect(['1', '936', 'VIP-0001'].every(isCardNumber)).toBe(true);
    expect(['', '-1', 'a b', 'ÄÖ', 'X'.repeat(41)].some(isCardNumber)).toBe(false);
  });
});
