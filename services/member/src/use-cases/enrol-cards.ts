// Members known by their card alone, many at once: what an import of old sales begins with. One card, one member.
import { err, ok, type Result, uuidv7 } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, normaliseIdentifier, type Tx } from '@atrium/platform';
import { isCardNumber } from '../domain/card-number';
import { checkProfile, type InvalidInput, invalid } from '../domain/registration';
import { claimIdentifiers, findByIdentifiers } from '../storage/identifier.repository';
import { findHomeMall } from './home-mall';
import type { MemberKeys } from './keys';
import { type MemberDraft, writeMembers } from './write-members';

export const MAX_CARDS = 500;

export interface EnrolCards {
  actor: string;
  idempotencyKey: string;
  homeMallId?: string | null;
  cards: readonly string[];
  locale?: string | null;
  joinedAt?: Date | null;
}

/** In the order of the request's cards. Without the numbers: answers are kept, and a number is personal. */
export type Enrolled = { memberId: string; created: boolean }[];

export function enrolCards(
  tx: Tx,
  keys: MemberKeys,
  command: EnrolCards,
): Promise<Result<Enrolled, InvalidInput | IdempotencyRefusal>> {
  const { actor, idempotencyKey, ...input } = command;
  return idempotent<Enrolled, InvalidInput | IdempotencyRefusal>(
    tx,
    { key: idempotencyKey, operation: 'enrolCards', actor, input: keys.fingerprint(input) },
    () => enrol(tx, keys, command),
  );
}

async function enrol(tx: Tx, keys: MemberKeys, command: EnrolCards): Promise<Result<Enrolled, InvalidInput>> {
  const groupId = tx.groupId ?? '';
  if (command.cards.length === 0 || command.cards.length > MAX_CARDS) {
    return err(invalid(['cards'], `1 to ${MAX_CARDS} cards at once`));
  }
  const joinedAt = command.joinedAt ?? tx.now;
  if (joinedAt > tx.now) return err(invalid(['joinedAt'], 'nobody has joined in the future'));
  const home = await findHomeMall(tx, command.homeMallId);
  if (!home.ok) return home;
  const profile = checkProfile({ locale: command.locale ?? null }, '');
  if (!profile.ok) return profile;

  const indexes: string[] = [];
  const drafts = new Map<string, MemberDraft>();
  for (const [i, card] of command.cards.entries()) {
    const number = normaliseIdentifier('CARD', card);
    if (number === null || !isCardNumber(number)) {
      return err(invalid(['cards', String(i)], 'a card number has 1 to 40 letters, digits and hyphens'));
    }
    const blindIndex = keys.indexOf(groupId, 'CARD', number) ?? '';
    indexes.push(blindIndex);
    if (drafts.has(blindIndex)) continue;
    const id = uuidv7(tx.now);
    drafts.set(blindIndex, {
      id,
      phone: null,
      ...profile.value,
      joinedAt,
      marketingConsent: false,
      cardNumber: number,
      claims: [{ type: 'CARD', blindIndex, memberId: id }],
    });
  }
  const claimed = await claimIdentifiers(
    tx,
    [...drafts.values()].flatMap(({ claims }) => claims),
  );
  const created = new Map(claimed.map(({ blindIndex, memberId }) => [blindIndex, memberId]));
  await writeMembers(
    tx,
    keys,
    home.value,
    [...drafts].filter(([blindIndex]) => created.has(blindIndex)).map(([, draft]) => draft),
  );
  // After the claim: what another registration took meanwhile is committed and can be seen.
  const known = await findByIdentifiers(
    tx,
    'CARD',
    indexes.filter((index) => !created.has(index)),
  );
  const first = new Set<string>();
  return ok(
    indexes.map((index) => {
      const memberId = created.get(index) ?? known.get(index);
      if (memberId === undefined) throw new Error('a claimed card has no member');
      const isNew = created.has(index) && !first.has(index);
      first.add(index);
      return { memberId, created: isNew };
    }),
  );
}
