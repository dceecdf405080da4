import { createHmac } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** What a blind index is made of; the names are part of the hash and stay. */
export type BlindIndexType = 'CARD' | 'PHONE' | 'DYNAMIC_CODE';

/** A number without a country code is read as one of this country. */
const DEFAULT_REGION = 'CN';
const MAX_LENGTH = 64;

/**
 * The one way in which an identifier is written before it is hashed or kept: a phone number in E.164, a card in capitals
 * without surrounding spaces, a code as it is. Null when the text can be no such identifier.
 */
export function normaliseIdentifier(type: BlindIndexType, value: string): string | null {
  const text = value.trim();
  if (text === '' || text.length > MAX_LENGTH) return null;
  switch (type) {
    case 'CARD':
      return text.toUpperCase();
    case 'DYNAMIC_CODE':
      return text;
    case 'PHONE': {
      const phone = parsePhoneNumberFromString(text, DEFAULT_REGION);
      return phone?.isPossible() ? phone.number : null;
    }
  }
}

/**
 * The keyed hash by which an identifier is looked up without being stored: the same in every service that has the key,
 * different for each tenant and type. Null when the value is no identifier of this type.
 */
export function blindIndex(key: string, groupId: string, type: BlindIndexType, value: string): string | null {
  const normalised = normaliseIdentifier(type, value);
  if (normalised === null) return null;
  return createHmac('sha256', key).update(`${groupId}|${type}|${normalised}`, 'utf8').digest('hex');
}
