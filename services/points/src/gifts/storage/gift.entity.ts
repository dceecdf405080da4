import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A gift as staff described it; `terms` is the whole of it, the columns beside are what it is found by. */
@Entity('gift')
export class GiftRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'uuid', name: 'node_id' })
  nodeId: string;

  @Column({ type: 'uuid', array: true })
  path: string[];

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'text' })
  category: string;

  @Column({ type: 'text', array: true })
  tags: string[];

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'jsonb' })
  terms: unknown;

  @Column({ type: 'bigint', name: 'least_points' })
  leastPoints: bigint;

  @Column({ type: 'timestamptz', name: 'sale_from' })
  saleFrom: Date;

  @Column({ type: 'timestamptz', name: 'sale_until', nullable: true })
  saleUntil: Date | null;

  @Column({ type: 'text', name: 'search_text' })
  searchText: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'published_at', nullable: true })
  publishedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}

/** What is left of a gift that has an end. Without a row there is none. */
@Entity('gift_stock')
export class GiftStockRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'gift_id' })
  giftId: string;

  @Column({ type: 'bigint', name: 'stock_left' })
  stockLeft: bigint;
}

/** What was taken of a day's part of the stock. */
@Entity('gift_stock_day')
export class GiftStockDayRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'gift_id' })
  giftId: string;

  @PrimaryColumn({ type: 'date' })
  day: string;

  @Column({ type: 'int' })
  taken: number;
}

/** Who changed a gift or its stock, when and why; only ever added to. */
@Entity('gift_change')
export class GiftChangeRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'gift_id' })
  giftId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'jsonb' })
  detail: unknown;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'timestamptz', name: 'changed_at' })
  changedAt: Date;
}
