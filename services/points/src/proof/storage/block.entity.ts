import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An entry that is in no block yet: written with the entry, taken away with the block. */
@Entity('entry_unblocked')
export class EntryUnblockedRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'entry_id' })
  entryId: string;

  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;
}

/** An entry's place in the blocks, and the salt that keeps its hash from being guessed. */
@Entity('entry_leaf')
export class EntryLeafRow {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @PrimaryColumn({ type: 'uuid', name: 'entry_id' })
  entryId: string;

  @Column({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @Column({ type: 'bigint', name: 'block_number' })
  blockNumber: bigint;

  @Column({ type: 'integer', name: 'leaf_index' })
  leafIndex: number;

  @Column({ type: 'smallint' })
  version: number;

  @Column({ type: 'bytea' })
  nonce: Buffer;

  @Column({ type: 'bytea' })
  hash: Buffer;
}

/** A block of entries, closed for ever; it names the block before it. */
@Entity('ledger_block')
export class LedgerBlockRow {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'bigint' })
  number: bigint;

  @Column({ type: 'integer' })
  count: number;

  @Column({ type: 'bytea' })
  root: Buffer;

  @Column({ type: 'bytea', name: 'previous_hash' })
  previousHash: Buffer;

  @Column({ type: 'bytea' })
  hash: Buffer;

  @Column({ type: 'timestamptz', name: 'closed_at' })
  closedAt: Date;
}
