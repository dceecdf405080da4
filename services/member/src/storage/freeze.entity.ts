import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A freeze or a release; only ever added to. The words are sealed with the member's own key. */
@Entity('member_freeze')
export class MemberFreezeEntity {
  @PrimaryColumn('uuid')
  member_id: string;

  @PrimaryColumn('bigint')
  version: bigint;

  @Column('uuid')
  group_id: string;

  @Column('boolean')
  frozen: boolean;

  @Column('text')
  reason_code: string;

  @Column('bytea')
  reason_sealed: Buffer;

  @Column('text')
  actor: string;

  @Column('timestamptz')
  acted_at: Date;
}
