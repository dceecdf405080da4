import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One message to one member on one channel, with the state of its delivery. */
@Entity('message')
@Check('message_channel', `channel in ('INBOX', 'SMS')`)
@Check('message_status', `status in ('QUEUED', 'SENT', 'DELIVERED', 'OPENED', 'FAILED', 'SUPPRESSED', 'UNKNOWN')`)
@Index('message_once', ['member_id', 'template_code', 'business_key', 'channel'], { unique: true })
@Index('message_inbox', ['member_id', 'created_at', 'id'], { where: `channel = 'INBOX' and status <> 'SUPPRESSED'` })
@Index('message_unread', ['member_id'], {
  where: `channel = 'INBOX' and status <> 'SUPPRESSED' and read_at is null`,
})
@Index('message_purchase', ['group_id', 'purchase_id'], { where: 'purchase_id is not null' })
@Index('message_queue', ['next_try_at'], { where: `status = 'QUEUED'` })
export class MessageEntity {
  @PrimaryColumn('uuid')
  member_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('uuid', { nullable: true })
  site_id: string | null;

  @Column('text')
  channel: string;

  @Column('uuid')
  template_id: string;

  @Column('text')
  template_code: string;

  @Column('text')
  business_key: string;

  @Column('uuid', { nullable: true })
  purchase_id: string | null;

  @Column('text')
  locale: string;

  @Column('text')
  title: string;

  @Column('text')
  body: string;

  @Column('text')
  status: string;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('timestamptz')
  occurred_at: Date;

  @Column('timestamptz')
  created_at: Date;

  @Column('timestamptz', { nullable: true })
  read_at: Date | null;

  @Column('timestamptz', { nullable: true })
  sent_at: Date | null;

  @Column('integer')
  attempts: number;

  @Column('timestamptz', { nullable: true })
  next_try_at: Date | null;

  @Column('timestamptz', { nullable: true })
  claimed_until: Date | null;
}

/** What the local sink would have sent. */
@Entity('sms_sink')
export class SmsSinkEntity {
  @PrimaryColumn('uuid')
  member_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('text')
  business_key: string;

  @Column('text')
  phone_masked: string;

  @Column('text')
  body: string;

  @Column('timestamptz')
  sent_at: Date;
}
