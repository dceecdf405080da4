import { isUuid } from '@atrium/kernel';
import {
  type Connection,
  IdempotencyConflictError,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  pageOf,
  requireAnywhere,
  requirePermission,
  toConnection,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import {
  AssignPointsExceptionInput,
  PointsException,
  PointsExceptionConnection,
  PointsExceptionError,
  PointsExceptionKind,
  PointsExceptionResolution,
  PointsExceptionStatus,
  PointsExceptionSuccess,
  ReopenPointsExceptionInput,
  ResolvePointsExceptionInput,
  toException,
} from './exception.type';
import { FAULTS, refuse } from './texts';

const PointsExceptionResult = createUnionType({
  name: 'PointsExceptionResult',
  description: 'The exception as it is now, or why nothing changed.',
  types: () =>
    [
      PointsExceptionSuccess,
      PointsExceptionError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

type Answered = { ok: true; value: { id: string } } | { ok: false; error: { code: string; verb?: string } };

@Resolver(() => PointsException)
export class PointsExceptionResolver {
  @Query(() => PointsExceptionConnection, { description: 'What only a person can settle; newest first.' })
  async pointsExceptions(
    @Arg('kind', () => PointsExceptionKind, { nullable: true }) kind: PointsExceptionKind | null,
    @Arg('status', () => PointsExceptionStatus, { nullable: true }) status: PointsExceptionStatus | null,
    @Arg('assignee', () => String, { nullable: true }) assignee: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<Connection<PointsException>> {
    requireAnywhere(caller, 'desk:read');
    const page = pageOf(first ?? 20, after);
    const filter = { kind: kind ?? null, status: status ?? null, assignee: assignee ?? null };
    const rows = await app.exceptions(caller, filter, page);
    return toConnection(rows, page, ({ openedAt, id }) => ({ at: openedAt, id }), toException);
  }

  @Query(() => PointsException, { nullable: true, description: 'One of them.' })
  async pointsException(
    @Arg('id', () => ID) id: string,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<PointsException | null> {
    requireAnywhere(caller, 'desk:read');
    const found = isUuid(id) ? await app.exception(caller, id) : null;
    return found && toException(found);
  }

  @Mutation(() => PointsExceptionResult, { description: 'Somebody takes it, gives it to somebody, or gives it back.' })
  async assignPointsException(
    @Arg('input', () => AssignPointsExceptionInput) input: AssignPointsExceptionInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof PointsExceptionResult> {
    const { assignee = null } = input;
    return work(context, input, (command) =>
      context.app.assignException(context.caller, { ...command, assignee: assignee ?? null }),
    );
  }

  @Mutation(() => PointsExceptionResult, {
    description:
      'Staff settle a refund that points could not apply, or a sale that was reported too late: apply it, or dismiss it with a reason. That a late sale earns is for whoever may approve.',
  })
  async resolvePointsException(
    @Arg('input', () => ResolvePointsExceptionInput) input: ResolvePointsExceptionInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof PointsExceptionResult> {
    const { resolution, note } = input;
    if (resolution === PointsExceptionResolution.APPLY) await mayApply(context, input.exceptionId);
    return work(context, input, (command) =>
      context.app.resolveException(context.caller, { ...command, resolution, note }),
    );
  }

  @Mutation(() => PointsExceptionResult, { description: 'What was dismissed is open again.' })
  async reopenPointsException(
    @Arg('input', () => ReopenPointsExceptionInput) input: ReopenPointsExceptionInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof PointsExceptionResult> {
    const { note } = input;
    return work(context, input, (command) => context.app.reopenException(context.caller, { ...command, note }));
  }
}

/** A late sale gives points that the rules alone would not. */
async function mayApply({ app, caller }: PointsContext, id: string): Promise<void> {
  requireAnywhere(caller, 'desk:resolve');
  const found = isUuid(id) ? await app.exception(caller, id) : null;
  if (found?.kind !== 'LATE_SALE') return;
  requirePermission(caller, 'points:approve', [caller.groupId ?? '', found.mallId ?? ''].filter(Boolean));
}

async function work(
  { app, caller, locale }: PointsContext,
  { idempotencyKey: key, exceptionId: id }: { idempotencyKey: string; exceptionId: string },
  verb: (command: { key: string; actor: string; id: string }) => Promise<Answered>,
): Promise<typeof PointsExceptionResult> {
  requireAnywhere(caller, 'desk:resolve');
  if (!isUuid(id)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
  const result = await verb({ key, actor: caller.id, id });
  if (result.ok) {
    const found = await app.exception(caller, id);
    if (!found) throw new Error('an exception that was worked on is there');
    return make(PointsExceptionSuccess, { exception: toException(found) });
  }
  const { code, verb: elsewhere = '' } = result.error;
  switch (code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'NOTE_LENGTH':
      return refuse(
        InvalidInputError,
        'INVALID_INPUT',
        locale,
        { path: ['note'] },
        { reason: FAULTS.NOTE_LENGTH[locale] },
      );
    case 'ASSIGNEE_LENGTH': {
      const reason = FAULTS.ASSIGNEE_LENGTH[locale];
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path: ['assignee'] }, { reason });
    }
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
    case 'SETTLED_ELSEWHERE':
      return refuse(PointsExceptionError, 'SETTLED_ELSEWHERE', locale, {}, { verb: elsewhere });
    case 'ALREADY_RESOLVED':
    case 'STILL_MISSING':
    case 'STILL_WAITING':
    case 'NOT_DISMISSED':
    case 'NOT_POSSIBLE':
      return refuse(PointsExceptionError, code, locale, {});
    default:
      throw new Error(`no text for ${code}`);
  }
}
