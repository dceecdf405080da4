import * as fc from 'fast-check';
import {
  addMoney,
  compareMoney,
  formatMinor,
  isCurrencyCode,
  minorDigits,
  money,
  parseMoney,
  subtractMoney,
} from './money';
import { INT64_MAX, INT64_MIN } from './points';

const int64 = fc.bigInt(INT64_MIN, INT64_MAX);
const currency = fc.constantFrom('CNY', 'USD', 'EUR', 'JPY', 'KRW', 'KWD', 'HKD');

describe('currencies', () => {
  it.each(['CNY', 'USD', 'EUR', 'JPY', 'KWD', 'HKD', 'MOP', 'TWD'])('%s is one', (code) => {
    expect(isCurrencyCode(code)).toBe(true);
  });

  it.each(['', 'cny', 'CN', 'CNYY', 'ABC', '分'])('%j is none', (code) => {
    expect(isCurrencyCode(code)).toBe(false);
    expect(() => minorDigits(code)).toThrow(RangeError);
    expect(() => money(1n, code)).toThrow(RangeError);
  });

  it.each([
    ['CNY', 2],
    ['USD', 2],
    ['EUR', 2],
    ['HUF', 2],
    ['IDR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['VND', 0],
    ['KWD', 3],
    ['TND', 3],
  ])('%s has %i minor digits', (code, digits) => expect(minorDigits(code)).toBe(digits));
});

describe('arithmetic', () => {
  it('adds, subtracts and compares one currency', () => {
    expect(addMoney(money(150n, 'CNY'), money(50n, 'CNY'))).toEqual({ amountMinor: 200n, currency: 'CNY' });
    expect(subtractMoney(money(150n, 'CNY'), money(200n, 'CNY'))).toEqual({ amountMinor: -50n, currency: 'CNY' });
    expect(compareMoney(money(1n, 'CNY'), money(2n, 'CNY'))).toBe(-1);
    expect(compareMoney(money(2n, 'CNY'), money(2n, 'CNY'))).toBe(0);
    expect(compareMoney(money(3n, 'CNY'), money(2n, 'CNY'))).toBe(1);
  });

  it.each([addMoney, subtractMoney, compareMoney])('%p refuses to mix currencies', (operation) => {
    expect(() => operation(money(1n, 'CNY'), money(1n, 'JPY'))).toThrow('cannot mix CNY and JPY');
  });

  it('stays in int64', () => {
    expect(() => money(INT64_MAX + 1n, 'CNY')).toThrow(RangeError);
    expect(() => addMoney(money(INT64_MAX, 'CNY'), money(1n, 'CNY'))).toThrow(RangeError);
    expect(() => subtractMoney(money(INT64_MIN, 'CNY'), money(1n, 'CNY'))).toThrow(RangeError);
  });
});

describe('parseMoney', () => {
  it.each([
    ['123.45', 'CNY', 12345n],
    ['0.5', 'CNY', 50n],
    ['7', 'CNY', 700n],
    ['-0.05', 'CNY', -5n],
    ['-0.00', 'CNY', 0n],
    ['12.3000', 'CNY', 1230n],
    ['1200', 'JPY', 1200n],
    ['1200.00', 'JPY', 1200n],
    ['1.234', 'KWD', 1234n],
    ['92233720368547758.07', 'CNY', INT64_MAX],
    ['-92233720368547758.08', 'CNY', INT64_MIN],
  ])('%s %s is %s', (text, code, amountMinor) => {
    expect(parseMoney(text, code)).toEqual({ ok: true, value: { amountMinor, currency: code } });
  });

  it.each([
    ['', 'CNY', 'NOT_A_DECIMAL'],
    [' 1', 'CNY', 'NOT_A_DECIMAL'],
    ['+1', 'CNY', 'NOT_A_DECIMAL'],
    ['1.', 'CNY', 'NOT_A_DECIMAL'],
    ['.5', 'CNY', 'NOT_A_DECIMAL'],
    ['01', 'CNY', 'NOT_A_DECIMAL'],
    ['1e2', 'CNY', 'NOT_A_DECIMAL'],
    ['1,000', 'CNY', 'NOT_A_DECIMAL'],
    ['NaN', 'CNY', 'NOT_A_DECIMAL'],
    ['1.00\n', 'CNY', 'NOT_A_DECIMAL'],
    ['1.001', 'CNY', 'TOO_MANY_DIGITS'],
    ['1.5', 'JPY', 'TOO_MANY_DIGITS'],
    ['92233720368547758.08', 'CNY', 'OUT_OF_RANGE'],
    ['9'.repeat(1_000_000), 'CNY', 'OUT_OF_RANGE'],
    ['1.00', 'ABC', 'UNKNOWN_CURRENCY'],
  ])('%.20j %s is %s', (text, code, error) => {
    expect(parseMoney(text, code)).toEqual({ ok: false, error });
  });
});

describe('formatMinor', () => {
  it.each([
    [12345n, 'CNY', '123.45'],
    [5n, 'CNY', '0.05'],
    [-5n, 'CNY', '-0.05'],
    [0n, 'CNY', '0.00'],
    [12345n, 'JPY', '12345'],
    [-1n, 'JPY', '-1'],
    [1234n, 'KWD', '1.234'],
  ])('%s %s is %s', (amount, code, text) => expect(formatMinor(amount, code)).toBe(text));

  it('is the inverse of parseMoney', () => {
    fc.assert(
      fc.property(int64, currency, (amountMinor, code) => {
        expect(parseMoney(formatMinor(amountMinor, code), code)).toEqual({
          ok: true,
          value: { amountMinor, currency: code },
        });
      }),
    );
  });
});
