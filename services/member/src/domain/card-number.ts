// Card numbers: what is accepted from outside, and the numbers that the programme issues itself.

const ACCEPTED = /^[A-Z0-9][A-Z0-9-]{0,39}$/;
/** Own numbers have 16 digits: this prefix, 14 digits, and the check digit. */
const PREFIX = '8';
export const RANDOM_DIGITS = 14;

/** Whether a number, already in capitals, can be a card. Old cards of a mall may be short. */
export function isCardNumber(text: string): boolean {
  return ACCEPTED.test(text);
}

/** The digit that makes `digits` followed by it pass the Luhn check. */
export function luhnDigit(digits: string): string {
  const sum = luhnSum(digits + '0');
  return String((10 - (sum % 10)) % 10);
}

export function passesLuhn(digits: string): boolean {
  return /^\d+$/.test(digits) && luhnSum(digits) % 10 === 0;
}

/** A card number of our own from random digits. */
export function cardNumberFrom(randomDigits: string): string {
  if (randomDigits.length !== RANDOM_DIGITS || !/^\d+$/.test(randomDigits))
    throw new RangeError('14 digits are needed');
  const body = PREFIX + randomDigits;
  return body + luhnDigit(body);
}

function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}
