// What a registration must look like. Pure: the identifiers' own form is checked where they are hashed.
import { err, isLocalDate, ok, type Result } from '@atrium/kernel';

export const MEMBER_LOCALES = ['zh-CN', 'en'] as const;
export const DEFAULT_LOCALE = 'zh-CN';
const EARLIEST_BIRTHDAY = '1900-01-01';
const NAME_MAX = 80;

export interface Profile {
  displayName: string | null;
  birthday: string | null;
  locale: string;
}

export interface InvalidInput {
  code: 'INVALID_INPUT';
  path: string[];
  reason: string;
}

export const invalid = (path: string[], reason: string): InvalidInput => ({ code: 'INVALID_INPUT', path, reason });

/** Checks the free parts of a profile; `today` is the calendar day at the home mall. */
export function checkProfile(
  input: { displayName?: string | null; birthday?: string | null; locale?: string | null },
  today: string,
): Result<Profile, InvalidInput> {
  const displayName = input.displayName?.trim() || null;
  if (displayName !== null && ([...displayName].length > NAME_MAX || /\p{Cc}/u.test(displayName))) {
    return err(invalid(['displayName'], `a name has at most ${NAME_MAX} characters and no control characters`));
  }
  const birthday = input.birthday ?? null;
  if (birthday !== null && (!isLocalDate(birthday) || birthday < EARLIEST_BIRTHDAY || birthday > today)) {
    return err(invalid(['birthday'], 'a birthday is a day from 1900 to today'));
  }
  const locale = input.locale ?? DEFAULT_LOCALE;
  if (!(MEMBER_LOCALES as readonly string[]).includes(locale)) {
    return err(invalid(['locale'], `the locale must be one of ${MEMBER_LOCALES.join(', ')}`));
  }
  return ok({ displayName, birthday, locale });
}
