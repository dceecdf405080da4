import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Points spent on something other than a recorded sale, and what came back of them. */
@Entity('redemption')
export class RedemptionRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'uuid', name: 'merchant_id', nullable: true })
  merchantId: string | null;

  @Column({ type: 'uuid', name: 'store_id', nullable: true })
  storeId: string | null;

  @Column({ type: 'text', name: 'source_kind' })
  sourceKind: string;

  @Column({ type: 'text', name: 'source_id' })
  sourceId: string;

  @Column({ type: 'bigint' })
  points: bigint;

  @Column({ type: 'bigint' })
  returned: bigint;

  @Column({ type: 'char', length: 3, nullable: true })
  currency: string | null;

  @Column({ type: 'bigint', name: 'value_minor' })
  valueMinor: bigint;

  @Column({ type: 'bigint', name: 'returned_value_minor' })
  returnedValueMinor: bigint;

  @Column({ type: 'jsonb' })
  lots: unknown;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;
}
