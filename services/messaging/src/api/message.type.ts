import { connectionTypes, DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { MessageView } from '../use-cases/message.query';

export enum MessageChannel {
  INBOX = 'INBOX',
  SMS = 'SMS',
  EMAIL = 'EMAIL',
  PUSH = 'PUSH',
  WECHAT_MINI_PROGRAM = 'WECHAT_MINI_PROGRAM',
  WECHAT_OFFICIAL_ACCOUNT = 'WECHAT_OFFICIAL_ACCOUNT',
  WECOM = 'WECOM',
  WEBHOOK = 'WEBHOOK',
}
registerEnumType(MessageChannel, { name: 'MessageChannel', description: 'The way on which a message travels.' });

export enum MessageStatus {
  QUEUED = 'QUEUED',
  DEFERRED = 'DEFERRED',
  SENT = 'SENT',
  DELIVERED = 'DELIVERED',
  OPENED = 'OPENED',
  FAILED = 'FAILED',
  SUPPRESSED = 'SUPPRESSED',
  EXPIRED = 'EXPIRED',
  UNKNOWN = 'UNKNOWN',
  AWAITING_STAFF = 'AWAITING_STAFF',
}
registerEnumType(MessageStatus, {
  name: 'MessageStatus',
  description: 'How far a message came. UNKNOWN: it may have been sent, so it is not sent again.',
});

@ObjectType({ description: 'One message to one member on one channel.' })
export class Message {
  @Field(() => ID)
  id: string;

  @Field(() => MessageChannel)
  channel: MessageChannel;

  @Field(() => String, { description: 'What it tells of: POINTS_EARNED, TIER_UPGRADED, …' })
  templateCode: string;

  @Field(() => String)
  title: string;

  @Field(() => String)
  body: string;

  @Field(() => MessageStatus)
  status: MessageStatus;

  @Field(() => String, { nullable: true, description: 'Why it was not sent, or not yet: a stable code.' })
  reason: string | null;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  readAt: Date | null;
}

export const toMessage = (row: MessageView): Message =>
  make(Message, {
    id: row.id,
    channel: MessageChannel[row.channel as keyof typeof MessageChannel],
    templateCode: row.templateCode,
    title: row.title,
    body: row.body,
    status: MessageStatus[row.status as keyof typeof MessageStatus],
    reason: row.reason,
    createdAt: row.createdAt,
    readAt: row.readAt,
  });

const types = connectionTypes('Message', () => Message);
export const MessageConnection = types.Connection;
export type MessageConnection = InstanceType<typeof types.Connection>;
