import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A person who works in the group; her id follows from the name that the identity provider knows her by. */
@Entity('staff')
@Index('staff_invited', ['group_id', 'invited_at', 'id'])
export class StaffEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('bytea')
  subject_sealed: Buffer;

  @Column('bytea')
  name_sealed: Buffer;

  @Column('bytea')
  data_key: Buffer;

  @Column('integer')
  key_version: number;

  @Column('timestamptz')
  invited_at: Date;

  @Column('text')
  invited_by: string;
}

/** A role at a node. A revoked grant stays as history. */
@Entity('staff_grant')
@Index('staff_grant_once', ['staff_id', 'role', 'node_id'], { unique: true, where: 'revoked_at is null' })
export class StaffGrantEntity {
  @PrimaryColumn('uuid')
  staff_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('text')
  role: string;

  @Column('uuid')
  node_id: string;

  @Column('timestamptz')
  granted_at: Date;

  @Column('text')
  granted_by: string;

  @Column('timestamptz', { nullable: true })
  revoked_at: Date | null;

  @Column('text', { nullable: true })
  revoked_by: string | null;
}
