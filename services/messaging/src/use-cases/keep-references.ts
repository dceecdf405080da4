// What messaging keeps of other contexts to write a message: languages of members, names of tiers.
import type { MemberRegistered, TierLadderPublished } from '@atrium/contracts';
import type { Delivered, Tx } from '@atrium/platform';
import { saveMembers, saveTierNames } from '../storage/reference.repository';

export const keepMembers = (tx: Tx, events: readonly Delivered<MemberRegistered>[]): Promise<void> =>
  saveMembers(
    tx,
    events.map(({ message }) => ({
      id: message.memberId,
      homeMallId: message.homeMallId || null,
      locale: message.locale,
    })),
  );

export const keepTierNames = (tx: Tx, events: readonly Delivered<TierLadderPublished>[]): Promise<void> =>
  saveTierNames(
    tx,
    events.flatMap(({ message }) =>
      message.tiers.map(({ code, names }) => ({ code, names, version: message.version })),
    ),
  );
