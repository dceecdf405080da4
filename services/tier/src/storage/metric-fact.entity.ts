import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A fact that moves a member's metrics: a sale (`fact_id` is the sale's own id) or one refund of it. Spend and growth come
 * from two events; whichever is first makes the row.
 */
@Entity({ name: 'metric_fact' })
export class MetricFactRow {
  @PrimaryColumn({ name: 'member_id', type: 'uuid' })
  memberId: string;

  @PrimaryColumn({ name: 'purchase_id', type: 'uuid' })
  purchaseId: string;

  @PrimaryColumn({ name: 'fact_id', type: 'uuid' })
  factId: string;

  @Column({ name: 'group_id', type: 'uuid' })
  groupId: string;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt: Date;

  @Column({ type: 'text' })
  currency: string;

  /** Money taken by the sale, or given back by the refund; null while that event has not arrived. */
  @Column({ name: 'spend_minor', type: 'bigint', nullable: true })
  spendMinor: bigint | null;

  /** Sale: total earned. Refund: 0. */
  @Column({ name: 'growth_earned', type: 'bigint' })
  growthEarned: bigint;

  /** Sale: total taken back so far. Refund: what it took back when it was posted. */
  @Column({ name: 'growth_reversed', type: 'bigint' })
  growthReversed: bigint;

  /** Of the newest posting that is in this row; 0 for none. */
  @Column({ name: 'growth_version', type: 'bigint' })
  growthVersion: bigint;
}
