import { MessageReadSchema, MessageSentSchema, MessageTemplatePublishedSchema } from '@atrium/contracts';
import { event, type Fact, type FactAddress, publish, publishAll, type Tx } from '@atrium/platform';

export interface SentFact {
  id: string;
  memberId: string;
  channel: string;
  templateCode: string;
  purchaseId: string | null;
  siteId: string | null;
}

/** Messages reached the inbox, or a provider took them. Never with their text. */
export const publishSent = (tx: Tx, messages: readonly SentFact[]): Promise<void> =>
  publishAll(
    tx,
    messages.map((message): [Fact, FactAddress] => [
      event(MessageSentSchema, {
        messageId: message.id,
        memberId: message.memberId,
        channel: message.channel,
        templateCode: message.templateCode,
        purchaseId: message.purchaseId ?? '',
      }),
      { aggregateId: message.id, ownerId: message.memberId, siteId: message.siteId, occurredAt: tx.now },
    ]),
  );

export const publishRead = (tx: Tx, memberId: string, messageId: string): Promise<void> =>
  publish(tx, event(MessageReadSchema, { messageId, memberId, readAt: tx.now.toISOString() }), {
    aggregateId: messageId,
    ownerId: memberId,
    version: 2n,
    occurredAt: tx.now,
  });

export const publishTemplatePublished = (
  tx: Tx,
  template: { id: string; code: string; version: bigint },
): Promise<void> =>
  publish(
    tx,
    event(MessageTemplatePublishedSchema, {
      templateId: template.id,
      code: template.code,
      version: template.version,
    }),
    { aggregateId: template.id, ownerId: template.id, version: template.version, occurredAt: tx.now },
  );
