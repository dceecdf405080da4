import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member as this context needs to know them. */
@Entity('member')
export class MemberRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'uuid', name: 'home_mall_id', nullable: true })
  homeMallId: string | null;

  @Column({ type: 'timestamptz', name: 'joined_at' })
  joinedAt: Date;

  /** Asked of the member context when a campaign needs it; null: not asked, or not said. */
  @Column({ type: 'smallint', name: 'birth_month', nullable: true })
  birthMonth: number | null;

  @Column({ type: 'smallint', name: 'birth_day', nullable: true })
  birthDay: number | null;
}

/** Cached balances of a member; the lots and entries say the same. */
@Entity('account')
export class AccountRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'bigint' })
  pending: bigint;

  @Column({ type: 'bigint' })
  available: bigint;

  @Column({ type: 'bigint' })
  held: bigint;

  @Column({ type: 'bigint' })
  debt: bigint;

  @Column({ type: 'bigint' })
  growth: bigint;

  @Column({ type: 'boolean' })
  frozen: boolean;

  @Column({ type: 'bigint', name: 'freeze_version' })
  freezeVersion: bigint;

  /** While it is decided whether the account is merged into another. */
  @Column({ type: 'uuid', name: 'merge_id', nullable: true })
  mergeId: string | null;

  /** Whose account this one leads to. */
  @Column({ type: 'uuid', name: 'merged_into', nullable: true })
  mergedInto: string | null;

  @Column({ type: 'timestamptz', name: 'last_activity_at', nullable: true })
  lastActivityAt: Date | null;

  @Column({ type: 'bigint' })
  version: bigint;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
