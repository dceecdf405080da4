// Who can be named on a sale, as the member context tells.
import { IdentifierType, type MemberIdentifierAdded, type MemberRegistered } from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import type { Delivered, Tx } from '@atrium/platform';
import { insertMembers, saveIdentifiers } from '../storage/directory.repository';

export const hearMembers = (tx: Tx, events: readonly Delivered<MemberRegistered>[]): Promise<void> =>
  insertMembers(
    tx,
    events.map(({ message, occurredAt }) => ({
      id: message.memberId,
      joinedAt: parseInstant(message.joinedAt) ?? occurredAt,
    })),
  );

export const hearIdentifiers = (tx: Tx, events: readonly Delivered<MemberIdentifierAdded>[]): Promise<void> =>
  saveIdentifiers(
    tx,
    events.map(({ message, occurredAt }) => ({
      blindIndex: message.blindIndex,
      type: IdentifierType[message.type] ?? 'UNSPECIFIED',
      memberId: message.memberId,
      validFrom: occurredAt,
      validUntil: parseInstant(message.validUntil),
    })),
  );
