import { make } from '@atrium/platform';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type ProofView, toProofFile } from '../use-cases/proofs.query';
import { PointsLedgerBlock, toBlock } from './block.type';

@ObjectType({
  description:
    'Shows that an entry is in a published block without showing any other entry. `file` has all of it for the verifier ' +
    '(npm run verify:ledger -- --proof FILE), which needs nothing from us but the published hash.',
})
export class PointsEntryProof {
  @Field(() => PointsLedgerBlock, { description: 'The block that holds the entry.' })
  block: PointsLedgerBlock;

  @Field(() => Int, { description: "The entry's place in the block, from 0." })
  index: number;

  @Field(() => String, { description: 'Hash of the entry and its nonce, as hex.' })
  leafHash: string;

  @Field(() => String, { description: 'The salt that keeps the hash from being guessed, as hex.' })
  nonce: string;

  @Field(() => [String], { description: 'The neighbours that lead from the leaf to the root, from the bottom up.' })
  path: string[];

  @Field(() => Boolean, { description: 'Whether the entry, as it is stored now, is still what was sealed.' })
  intact: boolean;

  @Field(() => String, { description: 'The whole proof as a JSON file.' })
  file: string;
}

export enum PointsProofOutcome {
  VALID = 'VALID',
  MALFORMED = 'MALFORMED',
  PATH = 'PATH',
  BLOCK_HASH = 'BLOCK_HASH',
  NOT_PUBLISHED = 'NOT_PUBLISHED',
}
registerEnumType(PointsProofOutcome, { name: 'PointsProofOutcome', description: 'What the look at a proof came to.' });

@ObjectType({ description: 'Whether a proof holds, and if not, where it breaks.' })
export class PointsProofVerdict {
  @Field(() => Boolean, { description: 'True for VALID only.' })
  valid: boolean;

  @Field(() => PointsProofOutcome, { description: 'Where it breaks.' })
  outcome: PointsProofOutcome;

  @Field(() => String, { description: "In the caller's language." })
  text: string;

  @Field(() => PointsLedgerBlock, { nullable: true, description: 'The published block; null when there is none.' })
  block: PointsLedgerBlock | null;
}

export const toProof = (proof: ProofView): PointsEntryProof =>
  make(PointsEntryProof, {
    block: toBlock(proof.block),
    index: proof.index,
    leafHash: proof.hash.toString('hex'),
    nonce: proof.nonce.toString('hex'),
    path: proof.path.map((hash) => hash.toString('hex')),
    intact: proof.intact,
    file: toProofFile(proof),
  });
