import type { Tx } from '@atrium/platform';

export interface MemberRow {
  id: string;
  homeMallId: string | null;
  locale: string;
  status: string;
  mergedInto: string | null;
  joinedAt: Date;
  marketingConsent: boolean;
  phoneSealed: Buffer | null;
  nameSealed: Buffer | null;
  birthdaySealed: Buffer | null;
  dataKey: Buffer;
  keyVersion: number;
}

export interface CardRow {
  memberId: string;
  id: string;
  numberSealed: Buffer;
  issuedAt: Date;
  status: string;
}

export async function insertMembers(tx: Tx, members: readonly Omit<MemberRow, 'mergedInto'>[]): Promise<void> {
  await tx.prepared(
    'member.insert',
    `insert into member (group_id, id, site_id, locale, status, joined_at, registered_at, marketing_consent, phone_sealed,
       name_sealed, birthday_sealed, data_key, key_version)
     select $1, m.id, m.site_id, m.locale, m.status, m.joined_at, $2, m.consent, m.phone, m.name, m.birthday, m.data_key, m.key_version
     from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::boolean[], $9::bytea[], $10::bytea[],
       $11::bytea[], $12::bytea[], $13::integer[])
       as m(id, site_id, locale, status, joined_at, consent, phone, name, birthday, data_key, key_version)`,
    [
      tx.groupId,
      tx.now,
      members.map((m) => m.id),
      members.map((m) => m.homeMallId),
      members.map((m) => m.locale),
      members.map((m) => m.status),
      members.map((m) => m.joinedAt),
      members.map((m) => m.marketingConsent),
      members.map((m) => m.phoneSealed),
      members.map((m) => m.nameSealed),
      members.map((m) => m.birthdaySealed),
      members.map((m) => m.dataKey),
      members.map((m) => m.keyVersion),
    ],
  );
}

export async function insertCards(tx: Tx, cards: readonly CardRow[]): Promise<void> {
  await tx.prepared(
    'member.card.insert',
    `insert into member_card (group_id, member_id, id, number_sealed, issued_at, status)
     select $1, c.member_id, c.id, c.number_sealed, c.issued_at, c.status
     from unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::timestamptz[], $6::text[])
       as c(member_id, id, number_sealed, issued_at, status)`,
    [
      tx.groupId,
      cards.map((c) => c.memberId),
      cards.map((c) => c.id),
      cards.map((c) => c.numberSealed),
      cards.map((c) => c.issuedAt),
      cards.map((c) => c.status),
    ],
  );
}

const COLUMNS = `id, site_id as "homeMallId", locale, status, merged_into as "mergedInto", joined_at as "joinedAt", marketing_consent as "marketingConsent",
  phone_sealed as "phoneSealed", name_sealed as "nameSealed", birthday_sealed as "birthdaySealed", data_key as "dataKey",
  key_version as "keyVersion"`;

export function findMemberRows(tx: Tx, ids: readonly string[]): Promise<MemberRow[]> {
  return tx.prepared('member.find', `select ${COLUMNS} from member where group_id = $1 and id = any($2)`, [
    tx.groupId,
    ids,
  ]);
}

/** The member's row, locked: whoever shows codes of one member takes turns. */
export async function lockMemberRow(tx: Tx, id: string): Promise<MemberRow | null> {
  const rows = await tx.prepared<MemberRow>(
    'member.lock',
    `select ${COLUMNS} from member where group_id = $1 and id = $2 for update`,
    [tx.groupId, id],
  );
  return rows[0] ?? null;
}

export function findCardRows(tx: Tx, memberIds: readonly string[]): Promise<(CardRow & WrappedKeyColumns)[]> {
  return tx.prepared(
    'member.card.find',
    `select c.member_id as "memberId", c.id, c.number_sealed as "numberSealed", c.issued_at as "issuedAt", c.status,
       m.data_key as "dataKey", m.key_version as "keyVersion"
     from member_card c join member m on m.id = c.member_id
     where m.group_id = $1 and c.group_id = $1 and c.member_id = any($2) order by c.member_id, c.issued_at, c.id`,
    [tx.groupId, memberIds],
  );
}

export interface WrappedKeyColumns {
  dataKey: Buffer;
  keyVersion: number;
}
