import { REQUESTS } from '@atrium/contracts';
import {
  ask,
  type Keyset,
  PlatformTables1763769600000,
  type ServiceDefinition,
  type ServiceDependencies,
} from '@atrium/platform';
import { createMessagingContext, type MessagingContext } from './api/context';
import { buildMessagingSubgraph } from './api/subgraph';
import { httpSmsProvider } from './channels/http-sms-provider';
import type { SmsProvider } from './channels/sms-provider';
import { smsSink } from './channels/sms-sink';
import type { MessagingConfig } from './config';
import { onCouponIssued } from './consumers/on-coupon-issued';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onOrgNodeRecorded } from './consumers/on-org-node-recorded';
import { onPurchasePointsPosted } from './consumers/on-purchase-points-posted';
import { onPurchaseRefunded } from './consumers/on-purchase-refunded';
import { onTierChanged } from './consumers/on-tier-changed';
import { onTierLadderPublished } from './consumers/on-tier-ladder-published';
import { sendSmsJob } from './jobs/send-sms';
import { MessageEntity, SmsSinkEntity } from './storage/message.entity';
import { Messaging1763769900000 } from './storage/migrations/1763769900000-messaging';
import { MemberEntity, MessageTemplateEntity, TierNameEntity } from './storage/reference.entity';
import { markMessageRead } from './use-cases/mark-message-read';
import {
  countUnread,
  findMembers,
  findMessage,
  findTemplate,
  listInbox,
  listOfPurchases,
  listTemplates,
} from './use-cases/message.query';
import { publishMessageTemplate, type PublishTemplate } from './use-cases/publish-template';
import { sendQueuedSms, type SmsDependencies } from './use-cases/send-sms';

const CONTACT_TIMEOUT_MS = 2_000;

/** What the messaging service can do, each verb in its own transaction. */
export type MessagingApp = ReturnType<typeof createApp>;

function createApp({ db, bus, config, log }: ServiceDependencies<MessagingConfig>) {
  const sms: SmsDependencies = {
    db,
    provider: providerOf(config) ?? smsSink(db),
    contact: async (groupId, memberId) => {
      const reply = await ask(bus.connection, REQUESTS.resolveContact, groupId, { memberId }, CONTACT_TIMEOUT_MS);
      return reply.found ? { phone: reply.phone, locale: reply.locale } : null;
    },
    chance: Math.random,
    log,
  };
  return {
    publishMessageTemplate: (groupId: string, command: PublishTemplate) =>
      db.inTransaction(groupId, (tx) => publishMessageTemplate(tx, command)),
    markMessageRead: (groupId: string, command: Parameters<typeof markMessageRead>[1]) =>
      db.inTransaction(groupId, (tx) => markMessageRead(tx, command)),
    findTemplate: (groupId: string, id: string) => db.inTransaction(groupId, (tx) => findTemplate(tx, id)),
    listTemplates: (groupId: string) => db.inTransaction(groupId, (tx) => listTemplates(tx)),
    listInbox: (
      groupId: string,
      memberId: string,
      options: { unreadOnly: boolean; after: Keyset | null; limit: number },
    ) => db.inTransaction(groupId, (tx) => listInbox(tx, memberId, options)),
    findMessage: (groupId: string, memberId: string, id: string) =>
      db.inTransaction(groupId, (tx) => findMessage(tx, memberId, id)),
    countUnread: (groupId: string, memberIds: readonly string[]) =>
      db.inTransaction(groupId, (tx) => countUnread(tx, memberIds)),
    findMembers: (groupId: string, ids: readonly string[]) => db.inTransaction(groupId, (tx) => findMembers(tx, ids)),
    listOfPurchases: (groupId: string, purchaseIds: readonly string[], memberId: string | null) =>
      db.inTransaction(groupId, (tx) => listOfPurchases(tx, purchaseIds, memberId)),
    sendQueuedSms: () => sendQueuedSms(sms),
  };
}

function providerOf(config: MessagingConfig): SmsProvider | null {
  if (config.SMS_PROVIDER_URL === 'sink:') return null;
  return httpSmsProvider({
    url: config.SMS_PROVIDER_URL,
    token: config.SMS_PROVIDER_TOKEN ?? '',
    timeoutMs: config.SMS_TIMEOUT_MS,
  });
}

export const messagingService: ServiceDefinition<MessagingConfig, MessagingApp, MessagingContext> = {
  name: 'messaging',
  entities: [MemberEntity, TierNameEntity, MessageTemplateEntity, MessageEntity, SmsSinkEntity],
  migrations: [PlatformTables1763769600000, Messaging1763769900000],
  createApp,
  buildSubgraph: buildMessagingSubgraph,
  createContext: (request, app) => createMessagingContext(request, app),
  consumers: () => [
    onOrgNodeRecorded,
    onMemberRegistered,
    onTierLadderPublished,
    onTierChanged,
    onPurchasePointsPosted,
    onPurchaseRefunded,
    onCouponIssued,
  ],
  jobs: (app) => [sendSmsJob(app.sendQueuedSms)],
  responders: () => [],
};
