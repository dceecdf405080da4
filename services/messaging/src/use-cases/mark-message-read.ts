// A member has read a message of hers. Reading twice is reading once.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { publishRead } from '../events/messaging-events';
import { findMessage, markRead } from '../storage/message.repository';

export function markMessageRead(
  tx: Tx,
  command: { actor: string; idempotencyKey: string; memberId: string; messageId: string },
): Promise<Result<{ messageId: string }, { code: 'NOT_FOUND' } | IdempotencyRefusal>> {
  const { actor, idempotencyKey, ...input } = command;
  return idempotent<{ messageId: string }, { code: 'NOT_FOUND' } | IdempotencyRefusal>(
    tx,
    { key: idempotencyKey, operation: 'markMessageRead', actor, input },
    async () => {
      const { memberId, messageId } = command;
      const message = isUuid(messageId) ? await findMessage(tx, memberId, messageId) : null;
      if (message?.channel !== 'INBOX') return err({ code: 'NOT_FOUND' });
      if (await markRead(tx, memberId, messageId)) await publishRead(tx, memberId, messageId);
      return ok({ messageId });
    },
  );
}
