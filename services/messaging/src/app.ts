import { REQUESTS } from '@atrium/contracts';
import {
  ask,
  type Page,
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
import { onMembersMerged } from './consumers/on-members-merged';
import { onMemberRegistered } from './consumers/on-member-registered';
import { onOrgNodeRecorded } from './consumers/on-org-node-recorded';
import { onPurchasePointsPosted } from './consumers/on-purchase-points-posted';
import { onPurchaseRefunded } from './consumers/on-purchase-refunded';
import { onTierChanged } from './consumers/on-tier-changed';
import { onTierLadderPublished } from './consumers/on-tier-ladder-published';
import { sendSmsJob } from './jobs/send-sms';
import { MessageEntity, SmsSinkEntity } from './storage/message.entity';
import { Messaging1763769900000 } from './storage/migrations/1763769900000-messaging';
import { MergedMembers1763920000022 } from './storage/migrations/1763920000022-merged-members';
import { MemberEntity, MessageTemplateEntity, TierNameEntity } from './storage/reference.entity';
import { markMessageRead } from './use-cases/mark-message-read';
import {
  readInbox,
  readKnownMembers,
  readMessage,
  readOfPurchases,
  readTemplate,
  readTemplates,
  readUnread,
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
    readTemplate: (groupId: string, id: string) => db.inTransaction(groupId, (tx) => readTemplate(tx, id)),
    readTemplates: (groupId: string) => db.inTransaction(groupId, (tx) => readTemplates(tx)),
    readInbox: (groupId: string, memberId: string, page: Page, unreadOnly: boolean) =>
      db.inTransaction(groupId, (tx) => readInbox(tx, memberId, page, unreadOnly)),
    readMessage: (groupId: string, memberId: string, id: string) =>
      db.inTransaction(groupId, (tx) => readMessage(tx, memberId, id)),
    readUnread: (groupId: string, memberIds: readonly string[]) =>
      db.inTransaction(groupId, (tx) => readUnread(tx, memberIds)),
    readKnownMembers: (groupId: string, ids: readonly string[]) =>
      db.inTransaction(groupId, (tx) => readKnownMembers(tx, ids)),
    readOfPurchases: (groupId: string, purchaseIds: readonly string[], memberId: string | null) =>
      db.inTransaction(groupId, (tx) => readOfPurchases(tx, purchaseIds, memberId)),
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
  migrations: [PlatformTables1763769600000, Messaging1763769900000, MergedMembers1763920000022],
  createApp,
  buildSubgraph: buildMessagingSubgraph,
  createContext: (request, app) => createMessagingContext(request, app),
  consumers: () => [
    onOrgNodeRecorded,
    onMemberRegistered,
    onMembersMerged,
    onTierLadderPublished,
    onTierChanged,
    onPurchasePointsPosted,
    onPurchaseRefunded,
    onCouponIssued,
  ],
  jobs: (app) => [sendSmsJob(app.sendQueuedSms)],
  waitsBy: 'messaging',
  responders: () => [],
};
