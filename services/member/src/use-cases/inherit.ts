// What the survivor of a merge has from the loser: what names them, cards, whatever they had not said themselves, and of two
// consents the narrower one.
import { uuidv7 } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { publishInherited } from '../events/merge-events';
import { inherit, repointIdentifiers } from '../storage/merge.repository';
import { findCardRows, insertCards, type MemberRow } from '../storage/member.repository';
import type { MemberKeys } from './keys';
import { hearMoves, lockBoth, type Word } from './merge-members';

export async function inheritMembers(
  tx: Tx,
  keys: MemberKeys,
  merges: readonly (Word & { survivorId: string })[],
): Promise<void> {
  for (const merge of merges) {
    await inheritOne(tx, keys, merge);
    await hearMoves(tx, 'member', [merge]);
  }
}

async function inheritOne(
  tx: Tx,
  keys: MemberKeys,
  { survivorId, loserId }: Word & { survivorId: string },
): Promise<void> {
  const members = await lockBoth(tx, { survivorId, loserId });
  const [survivor, loser] = [members.get(survivorId), members.get(loserId)];
  if (!survivor || !loser) throw new Error('a merged member is there');
  const [hers, theirs] = [survivor, loser].map((row: MemberRow) =>
    keys.vault.keyOf(tx.groupId ?? '', row.id, { wrapped: row.dataKey, version: row.keyVersion }),
  );
  if (!hers || !theirs) throw new Error('a member has a key');
  // Sealed for one person, nothing can be read in another's row.
  const reseal = (field: string, sealed: Buffer) => hers.seal(field, theirs.open(field, sealed));
  const either = (field: string, own: Buffer | null, other: Buffer | null) =>
    own ?? (other === null ? null : reseal(field, other));
  await inherit(tx, survivorId, {
    marketingConsent: survivor.marketingConsent && loser.marketingConsent,
    phoneSealed: either('phone', survivor.phoneSealed, loser.phoneSealed),
    nameSealed: either('name', survivor.nameSealed, loser.nameSealed),
    birthdaySealed: either('birthday', survivor.birthdaySealed, loser.birthdaySealed),
  });
  const cards = await findCardRows(tx, [loserId]);
  await insertCards(
    tx,
    cards.map((card) => ({
      memberId: survivorId,
      id: uuidv7(tx.now),
      numberSealed: reseal('card', card.numberSealed),
      issuedAt: card.issuedAt,
      status: card.status,
    })),
  );
  await publishInherited(tx, survivorId, await repointIdentifiers(tx, { survivorId, loserId }));
}
