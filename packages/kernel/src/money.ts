// Money is a whole number of minor units with its currency; two currencies never meet in one sum.
import { assertInt64, isInt64 } from './points';
import { err, ok, type Result } from './result';

/** An amount in the minor units of its currency (fen, cents; yen for JPY). May be negative. */
export interface Money {
  readonly amountMinor: bigint;
  /** ISO 4217 code, upper case. */
  readonly currency: string;
}

/** Why {@link parseMoney} refused a text. */
export type MoneyParseError = 'NOT_A_DECIMAL' | 'TOO_MANY_DIGITS' | 'OUT_OF_RANGE' | 'UNKNOWN_CURRENCY';

const DEFAULT_MINOR_DIGITS = 2;

// ISO 4217, not the display digits of Intl: those follow custom (0 for COP or HUF) and change with the ICU version.
const MINOR_DIGITS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3] as const),
  ...'CLF UYW'.split(' ').map((c) => [c, 4] as const),
]);

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;
/** int64 has 19 digits; a longer whole part is refused before it is converted. */
const INT64_DIGITS = 19;

/** Whether `text` is the ISO 4217 code of a currency, in upper case. */
export function isCurrencyCode(text: string): boolean {
  return CURRENCIES.has(text);
}

/**
 * How many decimal digits the minor unit of a currency has: CNY 2, JPY 0, KWD 3.
 * @throws RangeError for an unknown currency.
 */
export function minorDigits(currency: string): number {
  if (!isCurrencyCode(currency)) throw new RangeError(`unknown currency ${JSON.stringify(currency)}`);
  return MINOR_DIGITS.get(currency) ?? DEFAULT_MINOR_DIGITS;
}

/**
 * Money of `amountMinor` minor units.
 * @throws RangeError for an unknown currency or an amount outside int64.
 */
export function money(amountMinor: bigint, currency: string): Money {
  if (!isCurrencyCode(currency)) throw new RangeError(`unknown currency ${JSON.stringify(currency)}`);
  return { amountMinor: assertInt64(amountMinor), currency };
}

/**
 * `a + b`.
 * @throws RangeError when the currencies differ or the sum leaves int64.
 */
export function addMoney(a: Money, b: Money): Money {
  assertSameCurrency(a, b);
  return money(a.amountMinor + b.amountMinor, a.currency);
}

/**
 * `a - b`.
 * @throws RangeError when the currencies differ or the difference leaves int64.
 */
export function subtractMoney(a: Money, b: Money): Money {
  assertSameCurrency(a, b);
  return money(a.amountMinor - b.amountMinor, a.currency);
}

/**
 * -1 when `a` is less than `b`, 0 when equal, 1 when more.
 * @throws RangeError when the currencies differ.
 */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  assertSameCurrency(a, b);
  if (a.amountMinor === b.amountMinor) return 0;
  return a.amountMinor < b.amountMinor ? -1 : 1;
}

/**
 * Reads a plain decimal in major units ("123.45", "-0.5", "7"). Never rounds: digits beyond the minor unit are refused
 * unless they are zeros, which many tills send ("12.3000"). No spaces, separators, exponents, `+` or leading zeros.
 */
export function parseMoney(decimalText: string, currency: string): Result<Money, MoneyParseError> {
  if (!isCurrencyCode(currency)) return err('UNKNOWN_CURRENCY');
  const match = DECIMAL.exec(decimalText);
  if (!match) return err('NOT_A_DECIMAL');
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = minorDigits(currency);
  if (/[1-9]/.test(fraction.slice(digits))) return err('TOO_MANY_DIGITS');
  if (whole.length > INT64_DIGITS) return err('OUT_OF_RANGE');
  const unsigned = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  const amountMinor = sign === '-' ? -unsigned : unsigned;
  return isInt64(amountMinor) ? ok({ amountMinor, currency }) : err('OUT_OF_RANGE');
}

/**
 * The decimal text of an amount in major units, with all digits of the minor unit: 12345 CNY is "123.45", JPY "12345".
 * The inverse of {@link parseMoney}.
 * @throws RangeError for an unknown currency.
 */
export function formatMinor(amountMinor: bigint, currency: string): string {
  const digits = minorDigits(currency);
  const sign = amountMinor < 0n ? '-' : '';
  const text = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function assertSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`cannot mix ${a.currency} and ${b.currency}`);
}
