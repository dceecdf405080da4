import { isUuid } from '@atrium/kernel';
import { make, PublicError } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsEntry, toEntry } from '../../ledger/api/points-account.type';
import { checkProofFile } from '../use-cases/proofs.query';
import { requireReader } from './access';
import { ledgerOf } from './block.resolver';
import { toBlock } from './block.type';
import { PointsEntryExplained, toExplained } from './explained.type';
import { PointsEntryProof, PointsProofOutcome, PointsProofVerdict, toProof } from './proof.type';
import { VERDICTS } from './proof.texts';

const FILE_MAX = 200_000;

@Resolver(() => PointsEntry)
export class PointsEntryResolver {
  @Query(() => PointsEntry, { nullable: true, description: "One line of a member's ledger." })
  async pointsEntry(
    @Arg('memberId', () => ID) memberId: string,
    @Arg('id', () => ID) id: string,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsEntry | null> {
    requireReader(caller, memberId);
    if (!isUuid(memberId) || !isUuid(id)) return null;
    const found = await app.entry(caller, memberId, id);
    return found && toEntry(found, locale);
  }

  @FieldResolver(() => PointsEntryProof, {
    nullable: true,
    description: 'That the entry is in a published block. Null until the next block is closed, some seconds later.',
  })
  async proof(
    @Root() { memberId, id }: PointsEntry,
    @Ctx() { caller, load }: PointsContext,
  ): Promise<PointsEntryProof | null> {
    requireReader(caller, memberId);
    const found = await load.proof.load({ memberId, entryId: id });
    return found && toProof(found);
  }

  @FieldResolver(() => PointsEntryExplained, {
    description: 'Its inputs, the rule versions, the credits it touched, and the arithmetic in words and in one line.',
  })
  async explained(
    @Root() { memberId, id }: PointsEntry,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsEntryExplained> {
    requireReader(caller, memberId);
    return toExplained(await app.explained(caller, { memberId, entryId: id }), locale);
  }

  @Query(() => PointsProofVerdict, {
    description:
      'Checks the file of a proof and whether its block was published here. The verifier program does the same without us.',
  })
  async verifyPointsProof(
    @Arg('proof', () => String, { description: 'The text of `PointsEntryProof.file`.' }) proof: string,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsProofVerdict> {
    if (proof.length > FILE_MAX) throw new PublicError('BAD_REQUEST', `A proof has at most ${FILE_MAX} characters.`);
    const claim = checkProofFile(proof);
    if (typeof claim === 'string') return verdict(PointsProofOutcome[claim]);
    const group = ledgerOf(caller, claim.groupId);
    const block = group === null ? null : await app.block(group, claim.number);
    if (block?.hash.toString('hex') !== claim.hash) return verdict(PointsProofOutcome.NOT_PUBLISHED);
    return { ...verdict(PointsProofOutcome.VALID, claim.number), block: toBlock(block) };

    function verdict(outcome: PointsProofOutcome, number = 0n): PointsProofVerdict {
      const text = VERDICTS[outcome][locale].replace('{number}', number.toString());
      return make(PointsProofVerdict, { valid: outcome === PointsProofOutcome.VALID, outcome, text, block: null });
    }
  }
}
