import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A member as far as messaging must know her: the language and the mall she belongs to. */
@Entity('member')
@Index('member_merged', ['merged_into'], { where: 'merged_into is not null' })
export class MemberEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('uuid', { nullable: true })
  home_mall_id: string | null;

  @Column('text')
  locale: string;

  /** Whose id this one has become another name of. */
  @Column('uuid', { nullable: true })
  merged_into: string | null;
}

/** The names of a tier, from the newest ladder. */
@Entity('tier_name')
export class TierNameEntity {
  @PrimaryColumn('uuid')
  group_id: string;

  @PrimaryColumn('text')
  code: string;

  @Column('jsonb')
  names: Record<string, string>;

  @Column('bigint')
  version: bigint;
}

/** A version of what is written about one kind of fact. Never changed: a new version is published. */
@Entity('message_template')
@Index('message_template_version', ['group_id', 'code', 'version'], { unique: true })
export class MessageTemplateEntity {
  @PrimaryColumn('uuid')
  group_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  code: string;

  @Column('bigint')
  version: bigint;

  @Column('timestamptz')
  effective_from: Date;

  @Column('text', { array: true })
  channels: string[];

  @Column('jsonb')
  texts: object;

  @Column('text', { array: true })
  variables: string[];

  @Column('timestamptz')
  published_at: Date;

  @Column('text')
  published_by: string;
}
