import { connectionTypes, DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Block } from '../use-cases/blocks.query';

@ObjectType({
  description:
    'A closed block of ledger entries. The chain of blocks shows that no entry was changed, added or taken away later.',
})
export class PointsLedgerBlock {
  @Field(() => ID, { description: 'The mall group whose ledger it is.' })
  groupId: string;

  @Field(() => Int, { description: 'Rises from 1 without gaps.' })
  number: number;

  @Field(() => Int, { description: 'How many entries it holds.' })
  count: number;

  @Field(() => String, { description: 'Merkle root over the entries (RFC 6962, SHA-256), as hex.' })
  root: string;

  @Field(() => String, { description: 'Hash of the block before; zeros for the first one.' })
  previousHash: string;

  @Field(() => String, { description: 'Hash of this block: everything above and the instant below.' })
  hash: string;

  @Field(() => DateTimeScalar, { description: 'When it was closed.' })
  closedAt: Date;
}

export const { Connection: PointsLedgerBlockConnection } = connectionTypes(
  'PointsLedgerBlock',
  () => PointsLedgerBlock,
);
export type PointsLedgerBlockConnection = InstanceType<typeof PointsLedgerBlockConnection>;

export const toBlock = (block: Block): PointsLedgerBlock =>
  make(PointsLedgerBlock, {
    groupId: block.groupId,
    number: Number(block.number),
    count: block.count,
    root: block.root.toString('hex'),
    previousHash: block.previousHash.toString('hex'),
    hash: block.hash.toString('hex'),
    closedAt: block.closedAt,
  });
