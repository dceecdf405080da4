import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A merge of two members, kept with the one who becomes another name of the survivor. */
@Entity('member_merge')
@Check('member_merge_status', `status in ('PREPARING', 'MOVING', 'DONE', 'ABANDONED')`)
@Index('member_merge_id', ['group_id', 'id'])
@Index('member_merge_survivor', ['survivor_id'], { where: `status in ('PREPARING', 'MOVING')` })
export class MemberMergeEntity {
  /** The loser. */
  @PrimaryColumn('uuid')
  member_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('uuid')
  survivor_id: string;

  @Column('text')
  status: string;

  /** Why it was abandoned. */
  @Column('text', { nullable: true })
  refusal: string | null;

  /** Contexts that nothing stands in the way in. */
  @Column('text', { array: true })
  prepared: string[];

  /** Contexts in which it is done. */
  @Column('text', { array: true })
  moved: string[];

  @Column('text')
  requested_by: string;

  @Column('timestamptz')
  requested_at: Date;

  @Column('timestamptz', { nullable: true })
  merged_at: Date | null;

  @Column('timestamptz', { nullable: true })
  ended_at: Date | null;
}
