import { isUuid } from '@atrium/kernel';
import { type Connection, type Locale, make, pageOf, requireAnywhere, toConnection } from '@atrium/platform';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { PointsEntry, toEntry } from '../../ledger/api/points-account.type';
import type { ApprovalRefusal } from '../use-cases/approvals';
import {
  PointsApproval,
  PointsApprovalConnection,
  PointsApprovalEffect,
  PointsApprovalStatus,
  toApproval,
} from './approval.type';
import { approvalRefusal } from './decide-approval.mutation';

const UNKNOWN = { availableBefore: null, availableAfter: null, debtBefore: null, debtAfter: null };

@Resolver(() => PointsApproval)
export class PointsApprovalResolver {
  @Query(() => PointsApprovalConnection, { description: 'What waits, or waited, for a second person; newest first.' })
  async pointsApprovals(
    @Arg('status', () => PointsApprovalStatus, { nullable: true }) status: PointsApprovalStatus | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsApproval>> {
    requireAnywhere(caller, 'desk:read');
    const page = pageOf(first ?? 20, after);
    const rows = await app.approvals(caller, status ?? null, page);
    return toConnection(rows, page, ({ requestedAt, id }) => ({ at: requestedAt, id }), toApproval);
  }

  @Query(() => PointsApproval, { nullable: true, description: 'One of them.' })
  async pointsApproval(
    @Arg('id', () => ID) id: string,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<PointsApproval | null> {
    requireAnywhere(caller, 'desk:read');
    const found = isUuid(id) ? await app.approval(caller, id) : null;
    return found && toApproval(found);
  }

  @FieldResolver(() => PointsApprovalEffect, {
    nullable: true,
    description: 'What approving would do at this moment, or why it would be refused. Null when it is over.',
  })
  async effect(
    @Root() approval: PointsApproval,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsApprovalEffect | null> {
    if (approval.status !== PointsApprovalStatus.PENDING) return null;
    const effect = await app.approvalEffect(caller, approval.id);
    if (!effect.ok) return refused(effect.error, locale);
    return make(PointsApprovalEffect, { ...UNKNOWN, refusal: null, refusalCode: null, ...effect.value });
  }

  @FieldResolver(() => PointsEntry, { nullable: true, description: 'The line of the ledger that it became.' })
  async entry(
    @Root() { member, entryId }: PointsApproval,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<PointsEntry | null> {
    if (member === null || entryId === null) return null;
    const found = await app.entry(caller, member.id, entryId);
    return found && toEntry(found, locale);
  }
}

function refused(error: ApprovalRefusal, locale: Locale): PointsApprovalEffect {
  const { code, message } = approvalRefusal(error, locale);
  return make(PointsApprovalEffect, { ...UNKNOWN, refusal: message, refusalCode: code });
}
