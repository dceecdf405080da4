// A person joins with a phone number. One number, one member, however many try at once.
import { randomInt } from 'node:crypto';
import { err, localDate, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, normaliseIdentifier, type Tx } from '@atrium/platform';
import { cardNumberFrom, isCardNumber, RANDOM_DIGITS } from '../domain/card-number';
import { checkProfile, type InvalidInput, invalid } from '../domain/registration';
import { type Claim, claimIdentifiers, releaseIdentifiers } from '../storage/identifier.repository';
import { findHomeMall } from './home-mall';
import type { MemberKeys } from './keys';
import { writeMembers } from './write-members';

export interface RegisterMember {
  actor: string;
  idempotencyKey: string;
  phone: string;
  displayName?: string | null;
  birthday?: string | null;
  locale?: string | null;
  homeMallId?: string | null;
  cardNumber?: string | null;
  marketingConsent: boolean;
}

export type RegisterRefusal = InvalidInput | { code: 'MEMBER_ALREADY_EXISTS' } | IdempotencyRefusal;

const CARD_TRIES = 5;

export function registerMember(
  tx: Tx,
  keys: MemberKeys,
  command: RegisterMember,
): Promise<Result<{ memberId: string }, RegisterRefusal>> {
  const { actor, idempotencyKey, ...input } = command;
  return idempotent<{ memberId: string }, RegisterRefusal>(
    tx,
    { key: idempotencyKey, operation: 'registerMember', actor, input: keys.fingerprint(input) },
    () => register(tx, keys, command),
  );
}

async function register(
  tx: Tx,
  keys: MemberKeys,
  command: RegisterMember,
): Promise<Result<{ memberId: string }, RegisterRefusal>> {
  const groupId = tx.groupId ?? '';
  const home = await findHomeMall(tx, command.homeMallId);
  if (!home.ok) return home;
  const zone = (home.value ?? (await findOrgNode(tx, groupId)))?.timeZone ?? 'UTC';
  const profile = checkProfile(command, localDate(tx.now, zone));
  if (!profile.ok) return profile;
  const phone = normaliseIdentifier('PHONE', command.phone);
  const phoneIndex = keys.indexOf(groupId, 'PHONE', command.phone);
  if (phone === null || phoneIndex === null) return err(invalid(['phone'], 'this is no phone number'));
  const givenCard = command.cardNumber ? normaliseIdentifier('CARD', command.cardNumber) : undefined;
  if (givenCard === null || (givenCard !== undefined && !isCardNumber(givenCard))) {
    return err(invalid(['cardNumber'], 'a card number has 1 to 40 letters, digits and hyphens'));
  }

  const memberId = uuidv7(tx.now);
  const claimOf = (type: Claim['type'], blindIndex: string): Claim => ({ type, blindIndex, memberId });
  const cardClaim = (number: string) => claimOf('CARD', keys.indexOf(groupId, 'CARD', number) ?? '');
  const wanted = [claimOf('PHONE', phoneIndex), ...(givenCard === undefined ? [] : [cardClaim(givenCard)])];
  const claimed = await claimIdentifiers(tx, wanted);
  if (claimed.length < wanted.length) {
    await releaseIdentifiers(tx, memberId, claimed);
    return err({ code: 'MEMBER_ALREADY_EXISTS' });
  }
  let cardNumber = givenCard;
  for (let tries = 0; cardNumber === undefined && tries < CARD_TRIES; tries++) {
    const number = cardNumberFrom(randomDigits());
    const taken = await claimIdentifiers(tx, [cardClaim(number)]);
    if (taken.length === 1) {
      claimed.push(...taken);
      cardNumber = number;
    }
  }
  if (cardNumber === undefined) throw new Error('no free card number was found');

  await writeMembers(tx, keys, home.value, [
    {
      id: memberId,
      phone,
      ...profile.value,
      joinedAt: tx.now,
      marketingConsent: command.marketingConsent,
      cardNumber,
      claims: claimed,
    },
  ]);
  return ok({ memberId });
}

const randomDigits = (): string => Array.from({ length: RANDOM_DIGITS }, () => randomInt(10)).join('');
