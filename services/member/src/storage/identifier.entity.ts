import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A card in a member's hands; its number is sealed with the member's key. */
@Entity('member_card')
@Check('member_card_status', `status in ('ACTIVE', 'LOST', 'REPLACED')`)
export class MemberCardEntity {
  @PrimaryColumn('uuid')
  member_id: string;

  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  group_id: string;

  @Column('bytea')
  number_sealed: Buffer;

  @Column('timestamptz')
  issued_at: Date;

  @Column('text')
  status: string;
}

/** Directory: the keyed hash of a card or phone number -> its member. */
@Entity('identifier')
@Index('identifier_member', ['member_id'])
@Check('identifier_type', `type in ('CARD', 'PHONE')`)
export class IdentifierEntity {
  @PrimaryColumn('uuid')
  group_id: string;

  @PrimaryColumn('text')
  type: string;

  @PrimaryColumn('text')
  blind_index: string;

  @Column('uuid')
  member_id: string;

  @Column('timestamptz')
  added_at: Date;
}

/** Directory: the keyed hash of a code on a member's screen. The code itself is never stored. */
@Entity('member_code')
@Index('member_code_member', ['member_id', 'valid_until'])
@Index('member_code_end', ['valid_until'])
export class MemberCodeEntity {
  @PrimaryColumn('uuid')
  group_id: string;

  @PrimaryColumn('text')
  code_index: string;

  @Column('uuid')
  member_id: string;

  @Column('timestamptz')
  shown_at: Date;

  @Column('timestamptz')
  valid_until: Date;

  @Column('timestamptz', { nullable: true })
  used_at: Date | null;
}

/** How often a caller tried a code in a minute. */
@Entity('code_attempt')
@Index('code_attempt_minute', ['minute'])
export class CodeAttemptEntity {
  @PrimaryColumn('uuid')
  group_id: string;

  @PrimaryColumn('text')
  caller_id: string;

  @PrimaryColumn('timestamptz')
  minute: Date;

  @Column('integer')
  attempts: number;
}
