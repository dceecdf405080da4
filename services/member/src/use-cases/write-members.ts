// Writes members whose identifiers are claimed: rows, cards and facts, in a fixed number of statements.
import { uuidv7 } from '@atrium/kernel';
import { type OrgNode, type Tx } from '@atrium/platform';
import { publishRegistrations } from '../events/member-events';
import type { Claim } from '../storage/identifier.repository';
import { insertCards, insertMembers } from '../storage/member.repository';
import type { MemberKeys } from './keys';

export interface MemberDraft {
  id: string;
  phone: string | null;
  displayName: string | null;
  birthday: string | null;
  locale: string;
  joinedAt: Date;
  marketingConsent: boolean;
  cardNumber: string;
  claims: readonly Claim[];
}

export async function writeMembers(
  tx: Tx,
  keys: MemberKeys,
  home: OrgNode | null,
  drafts: readonly MemberDraft[],
): Promise<void> {
  if (drafts.length === 0 || tx.groupId === null) return;
  const groupId = tx.groupId;
  const sealed = drafts.map((draft) => {
    const key = keys.vault.newKey(groupId, draft.id);
    const seal = (field: string, text: string | null) => (text === null ? null : key.seal(field, text));
    return { draft, key, seal };
  });
  await insertMembers(
    tx,
    sealed.map(({ draft, key, seal }) => ({
      id: draft.id,
      homeMallId: home?.id ?? null,
      locale: draft.locale,
      status: 'ACTIVE',
      joinedAt: draft.joinedAt,
      marketingConsent: draft.marketingConsent,
      phoneSealed: seal('phone', draft.phone),
      nameSealed: seal('name', draft.displayName),
      birthdaySealed: seal('birthday', draft.birthday),
      dataKey: key.stored.wrapped,
      keyVersion: key.stored.version,
    })),
  );
  await insertCards(
    tx,
    sealed.map(({ draft, key }) => ({
      memberId: draft.id,
      id: uuidv7(tx.now),
      numberSealed: key.seal('card', draft.cardNumber),
      issuedAt: tx.now,
      status: 'ACTIVE',
    })),
  );
  await publishRegistrations(
    tx,
    drafts.map((draft) => ({
      id: draft.id,
      homeMallId: home?.id ?? null,
      site: home?.code ?? null,
      locale: draft.locale,
      joinedAt: draft.joinedAt,
      marketingConsent: draft.marketingConsent,
      identifiers: draft.claims.map(({ type, blindIndex }) => ({ type, blindIndex })),
    })),
  );
}
