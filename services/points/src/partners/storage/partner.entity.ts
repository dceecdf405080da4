import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Another loyalty programme whose points become ours, or ours its. */
@Entity('partner')
export class PartnerRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;
}

/** A version of the exchange with a partner. */
@Entity('partner_rate')
export class PartnerRateRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'partner_id' })
  partnerId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom: Date;

  @Column({ type: 'char', length: 3 })
  currency: string;

  @Column({ type: 'jsonb', nullable: true })
  issue: unknown;

  @Column({ type: 'jsonb', nullable: true })
  burn: unknown;

  @Column({ type: 'bigint', name: 'min_points' })
  minPoints: bigint;

  @Column({ type: 'bigint', name: 'max_points_per_day', nullable: true })
  maxPointsPerDay: bigint | null;

  @Column({ type: 'text', name: 'published_by' })
  publishedBy: string;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt: Date;
}

/** Units that became points, or points that became units. */
@Entity('partner_exchange')
export class PartnerExchangeRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'partner_id' })
  partnerId: string;

  @Column({ type: 'text', name: 'external_id' })
  externalId: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'bigint' })
  units: bigint;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint', name: 'price_minor' })
  priceMinor: bigint;

  @Column({ type: 'char', length: 3 })
  currency: string;

  @Column({ type: 'uuid', name: 'rate_id' })
  rateId: string;

  @Column({ type: 'date', name: 'business_date' })
  businessDate: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;

  @Column({ type: 'timestamptz', name: 'reversed_at', nullable: true })
  reversedAt: Date | null;
}

/** Whose an exchange is, by the number that the partner gave it. */
@Entity('partner_exchange_directory')
export class PartnerExchangeDirectoryRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'partner_id' })
  partnerId: string;

  @PrimaryColumn({ type: 'text', name: 'external_id' })
  externalId: string;

  @Column({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @Column({ type: 'uuid', name: 'exchange_id' })
  exchangeId: string;
}
