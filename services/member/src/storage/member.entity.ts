import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A member; what names or describes the person is sealed with the row's own key. */
@Entity('member')
@Check('member_merged_leads', `(status = 'MERGED') = (merged_into is not null)`)
@Check('member_status', `status in ('PENDING', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED', 'MERGED')`)
export class MemberEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('uuid', { nullable: true })
  site_id: string | null;

  @Column('text')
  locale: string;

  @Column('text')
  status: string;

  /** Whose id this one has become another name of. */
  @Column('uuid', { nullable: true })
  merged_into: string | null;

  @Column('timestamptz')
  joined_at: Date;

  @Column('timestamptz')
  registered_at: Date;

  @Column('boolean')
  marketing_consent: boolean;

  @Column('bytea', { nullable: true })
  phone_sealed: Buffer | null;

  @Column('bytea', { nullable: true })
  name_sealed: Buffer | null;

  @Column('bytea', { nullable: true })
  birthday_sealed: Buffer | null;

  @Column('bytea')
  data_key: Buffer;

  @Column('integer')
  key_version: number;
}
