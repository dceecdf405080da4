// What a member is told when her tier changes. Joining and corrections of the past are not news.
import type { TierChanged } from '@atrium/contracts';
import { type Delivered, MissingDependency, type Tx } from '@atrium/platform';
import type { Values } from '../domain/values';
import { findTierNames } from '../storage/reference.repository';
import { type News, writeMessages } from './write-messages';

const NO_NEWS: ReadonlySet<string> = new Set(['JOINED', 'CORRECTION']);

export async function tellOfTiers(tx: Tx, events: readonly Delivered<TierChanged>[]): Promise<void> {
  const told = events.filter(({ message: m }) => !NO_NEWS.has(m.cause) && m.toRank !== m.fromRank);
  if (told.length === 0) return;
  const names = await findTierNames(
    tx,
    told.flatMap(({ message }) => [message.toCode, message.fromCode]).filter((code) => code !== ''),
  );
  const nameOf = (code: string) => {
    const found = names.get(code);
    if (!found) throw new MissingDependency('the tier ladder has not arrived yet');
    return { kind: 'names', names: found } as const;
  };
  await writeMessages(
    tx,
    told.map(({ message, siteId }): News => {
      const effectiveAt = new Date(message.effectiveAt);
      const values: Values = {
        tier: nameOf(message.toCode),
        ...(message.fromCode === '' ? {} : { previousTier: nameOf(message.fromCode) }),
        date: { kind: 'day', at: effectiveAt, zone: null },
        ...(message.validUntil === ''
          ? {}
          : { validUntil: { kind: 'lastDay', end: new Date(message.validUntil), zone: null } }),
      };
      return {
        memberId: message.memberId,
        code: message.toRank > message.fromRank ? 'TIER_UPGRADED' : 'TIER_CHANGED',
        // A late sale can re-date a change under a new id: the same tier by the same sale is told once.
        businessKey: message.purchaseId === '' ? message.changeId : `${message.toCode}:${message.purchaseId}`,
        purchaseId: message.purchaseId || null,
        siteId,
        occurredAt: effectiveAt,
        values,
      };
    }),
  );
}
