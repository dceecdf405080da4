// Members as they are read: opened here, cut to what the caller may see by the door that asked.
import { maskPhone, type Tx } from '@atrium/platform';
import { findCardRows, findMemberRows, type MemberRow } from '../storage/member.repository';
import type { PersonalKey } from '../storage/personal-data';
import type { MemberKeys } from './keys';

export type MemberStatusName = 'PENDING' | 'ACTIVE' | 'FROZEN' | 'CLOSING' | 'CLOSED' | 'MERGED';

/** `phoneMasked` is all that is ever shown of the number; name and birthday are clear. */
export interface MemberView {
  id: string;
  homeMallId: string | null;
  locale: string;
  status: MemberStatusName;
  mergedInto: string | null;
  joinedAt: Date;
  displayName: string | null;
  birthday: string | null;
  phoneMasked: string | null;
}

export interface CardView {
  memberId: string;
  number: string;
  issuedAt: Date;
  status: 'ACTIVE' | 'LOST' | 'REPLACED';
}

export async function findMembers(tx: Tx, keys: MemberKeys, ids: readonly string[]): Promise<Map<string, MemberView>> {
  const rows = await findMemberRows(tx, ids);
  return new Map(rows.map((row) => [row.id, view(row, keyOf(tx, keys, row))]));
}

export async function findCards(tx: Tx, keys: MemberKeys, memberIds: readonly string[]): Promise<CardView[]> {
  const rows = await findCardRows(tx, memberIds);
  return rows.map((row) => ({
    memberId: row.memberId,
    number: keys.vault
      .keyOf(tx.groupId ?? '', row.memberId, { wrapped: row.dataKey, version: row.keyVersion })
      .open('card', row.numberSealed),
    issuedAt: row.issuedAt,
    status: row.status as CardView['status'],
  }));
}

/** Where a message to a member goes. The only way out for a clear phone number. */
export async function resolveContact(
  tx: Tx,
  keys: MemberKeys,
  memberId: string,
): Promise<{ phone: string; locale: string } | null> {
  const [row] = await findMemberRows(tx, [memberId]);
  if (!row) return null;
  if (row.mergedInto !== null) return resolveContact(tx, keys, row.mergedInto);
  return { phone: row.phoneSealed ? keyOf(tx, keys, row).open('phone', row.phoneSealed) : '', locale: row.locale };
}

/** Month and day of those who have said when they were born. The year does not leave this context. */
export async function resolveBirthdays(
  tx: Tx,
  keys: MemberKeys,
  memberIds: readonly string[],
): Promise<{ memberId: string; month: number; day: number }[]> {
  const rows = await findMemberRows(tx, memberIds);
  return rows.flatMap((row) => {
    if (!row.birthdaySealed) return [];
    const [, month, day] = keyOf(tx, keys, row).open('birthday', row.birthdaySealed).split('-').map(Number);
    return month && day ? [{ memberId: row.id, month, day }] : [];
  });
}

function view(row: MemberRow, key: PersonalKey): MemberView {
  const open = (field: string, sealed: Buffer | null) => (sealed ? key.open(field, sealed) : null);
  const phone = open('phone', row.phoneSealed);
  return {
    id: row.id,
    homeMallId: row.homeMallId,
    locale: row.locale,
    status: row.status as MemberStatusName,
    mergedInto: row.mergedInto,
    joinedAt: row.joinedAt,
    displayName: open('name', row.nameSealed),
    birthday: open('birthday', row.birthdaySealed),
    phoneMasked: phone === null ? null : maskPhone(phone),
  };
}

const keyOf = (tx: Tx, keys: MemberKeys, row: MemberRow): PersonalKey =>
  keys.vault.keyOf(tx.groupId ?? '', row.id, { wrapped: row.dataKey, version: row.keyVersion });
