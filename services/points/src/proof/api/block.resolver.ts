import { isUuid } from '@atrium/kernel';
import { type Caller, type Connection, make, pageOf, PageInfo, PublicError } from '@atrium/platform';
import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsLedgerBlock, PointsLedgerBlockConnection, toBlock } from './block.type';

const GROUP = "The mall group; needed by whoever is not signed in, others see their own group's.";

@Resolver(() => PointsLedgerBlock)
export class PointsLedgerBlockResolver {
  @Query(() => PointsLedgerBlockConnection, {
    description: 'The closed blocks of a ledger, oldest first: public, so that anybody can keep and compare them.',
  })
  async pointsLedgerBlocks(
    @Arg('groupId', () => ID, { nullable: true, description: GROUP }) groupId: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsLedgerBlock>> {
    const page = pageOf(first ?? 20);
    const group = ledgerOf(caller, groupId);
    const rows = group === null ? [] : await app.blocks(group, numberOf(after ?? null), page.limit);
    const edges = rows.slice(0, page.first).map((row) => ({ cursor: cursorOf(row.number), node: toBlock(row) }));
    return {
      edges,
      pageInfo: make(PageInfo, {
        hasNextPage: rows.length > page.first,
        hasPreviousPage: (after ?? null) !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      }),
    };
  }

  @Query(() => PointsLedgerBlock, { nullable: true, description: 'One closed block of a ledger, for anybody.' })
  async pointsLedgerBlock(
    @Arg('number', () => Int) number: number,
    @Arg('groupId', () => ID, { nullable: true, description: GROUP }) groupId: string | null | undefined,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<PointsLedgerBlock | null> {
    const group = ledgerOf(caller, groupId);
    const found = group === null ? null : await app.block(group, BigInt(number));
    return found && toBlock(found);
  }
}

/** Whose ledger is asked about. A token's tenant stands above every argument. */
export function ledgerOf(caller: Caller, asked: string | null | undefined): string | null {
  if (caller.groupId !== null) return (asked ?? caller.groupId) === caller.groupId ? caller.groupId : null;
  return isUuid(asked ?? '') ? (asked ?? null) : null;
}

const cursorOf = (number: bigint): string => Buffer.from(`block|${number}`).toString('base64url');

function numberOf(cursor: string | null): bigint {
  if (cursor === null) return 0n;
  const [, digits] = /^block\|(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined) throw new PublicError('BAD_REQUEST', '`after` must be a cursor that an earlier page gave.');
  return BigInt(digits);
}
