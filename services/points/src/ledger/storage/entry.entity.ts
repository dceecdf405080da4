import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One immutable line of the ledger. */
@Entity('entry')
export class EntryRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'bigint' })
  amount: bigint;

  @Column({ type: 'bigint', name: 'debt_delta' })
  debtDelta: bigint;

  @Column({ type: 'bigint', name: 'available_after' })
  availableAfter: bigint;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;

  @Column({ type: 'uuid', name: 'refund_id', nullable: true })
  refundId: string | null;

  @Column({ type: 'text', name: 'source_kind', nullable: true })
  sourceKind: string | null;

  @Column({ type: 'uuid', name: 'source_id', nullable: true })
  sourceId: string | null;

  @Column({ type: 'jsonb' })
  explanation: unknown;

  @Column({ type: 'text', nullable: true })
  actor: string | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;
}

/** Which lots an entry took from, or gave back to. */
@Entity('entry_lot')
export class EntryLotRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'entry_id' })
  entryId: string;

  @PrimaryColumn({ type: 'uuid', name: 'lot_id' })
  lotId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'bigint' })
  amount: bigint;
}

/** One immutable line of growth value. */
@Entity('growth_entry')
export class GrowthEntryRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'site_id', nullable: true })
  siteId: string | null;

  @Column({ type: 'bigint' })
  amount: bigint;

  @Column({ type: 'bigint', name: 'growth_after' })
  growthAfter: bigint;

  @Column({ type: 'timestamptz', name: 'occurred_at' })
  occurredAt: Date;

  @Column({ type: 'timestamptz', name: 'posted_at' })
  postedAt: Date;

  @Column({ type: 'uuid', name: 'purchase_id', nullable: true })
  purchaseId: string | null;

  @Column({ type: 'text', name: 'source_kind', nullable: true })
  sourceKind: string | null;

  @Column({ type: 'uuid', name: 'source_id', nullable: true })
  sourceId: string | null;

  @Column({ type: 'uuid', name: 'refund_id', nullable: true })
  refundId: string | null;
}
