import { isUuid } from '@atrium/kernel';
import {
  type Caller,
  DateTimeScalar,
  IdempotencyConflictError,
  type IdempotencyRefusal,
  InProgressError,
  InvalidInputError,
  make,
  NotFoundError,
  PointsAmountScalar,
  PublicError,
  requireAnywhere,
  requirePermission,
  requireTenant,
  UserError,
} from '@atrium/platform';
import type { Result } from '@atrium/kernel';
import { stringify } from 'csv-stringify/sync';
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import type { PointsContext } from '../../api/context';
import type { BulkRefusal, BulkView, RejectedLine } from '../use-cases/bulk-adjustment';
import { BULK_FAULTS, BULK_REJECT_TEXTS, BULK_STATUS_TEXTS, refuse } from './texts';

export enum BulkAdjustmentStatus {
  DRAFT = 'DRAFT',
  AWAITING_APPROVAL = 'AWAITING_APPROVAL',
  RUNNING = 'RUNNING',
  DONE = 'DONE',
  CANCELLED = 'CANCELLED',
  REJECTED = 'REJECTED',
}
registerEnumType(BulkAdjustmentStatus, {
  name: 'BulkAdjustmentStatus',
  description: 'Uploaded, waiting for a second person, worked off by a job, or over.',
});

@ObjectType({ description: 'A line of the file that is not, or was not, posted.' })
export class BulkAdjustmentReject {
  @Field(() => Int, { description: 'Its number in the file.' })
  line: number;

  @Field(() => String, { description: 'Stable name of the reason.' })
  code: string;

  @Field(() => String, { description: "The same in the caller's language." })
  reason: string;
}

@ObjectType({ description: 'Adjustments from a file.' })
export class BulkAdjustment {
  @Field(() => ID, { description: 'Never changes.' })
  id: string;

  @Field(() => BulkAdjustmentStatus, { description: 'How far it is.' })
  status: BulkAdjustmentStatus;

  @Field(() => Int, { description: 'Lines of the file.' })
  total: number;

  @Field(() => Int, { description: 'Lines that are still to be posted.' })
  pending: number;

  @Field(() => Int, { description: 'Lines that were posted.' })
  done: number;

  @Field(() => Int, { description: 'Lines that are not posted; `rejects` says why.' })
  rejected: number;

  @Field(() => PointsAmountScalar, { description: 'Points given by all lines that are not rejected.' })
  credits: bigint;

  @Field(() => PointsAmountScalar, { description: 'Points taken by all lines that are not rejected.' })
  debits: bigint;

  @Field(() => PointsAmountScalar, { description: 'Of these given so far.' })
  creditsDone: bigint;

  @Field(() => PointsAmountScalar, { description: 'Of these taken so far.' })
  debitsDone: bigint;

  @Field(() => String, { description: 'The subject of the token of who uploaded it.' })
  uploadedBy: string;

  @Field(() => DateTimeScalar, { description: 'When the first part came.' })
  uploadedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was started, or approved.' })
  startedAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was over.' })
  finishedAt: Date | null;

  @Field(() => ID, { nullable: true, description: 'What a second person decides.' })
  approvalId: string | null;
}

@InputType({ description: 'A file of adjustments, or a further part of one: CSV text with a header line.' })
export class UploadBulkAdjustmentInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { nullable: true, description: 'Absent: a new file. Else the file that this is a further part of.' })
  bulkId?: string | null;

  @Field(() => String, {
    description: 'Columns member_id, amount (signed), reason, reference. At most 50,000 lines in all parts.',
  })
  csv: string;

  @Field(() => Int, { defaultValue: 2, description: "Number in the whole file of this part's first line of data." })
  firstLine: number;

  @Field(() => String, { nullable: true, defaultValue: 'OTHER', description: "One of the programme's reason codes." })
  reasonCode?: string | null;

  @Field(() => ID, { nullable: true, description: 'The mall that carries it; the group by default.' })
  mallId?: string | null;
}

@InputType({ description: 'A file of adjustments.' })
export class BulkAdjustmentInput {
  @Field(() => ID, { description: 'One for each submission.' })
  idempotencyKey: string;

  @Field(() => ID, { description: 'Which.' })
  bulkId: string;
}

@ObjectType({ description: 'The file as it is now.' })
export class BulkAdjustmentSuccess {
  @Field(() => BulkAdjustment, { description: 'With its counts and sums.' })
  bulk: BulkAdjustment;
}

@ObjectType({ implements: UserError, description: 'This cannot be done with the file as it stands.' })
export class BulkAdjustmentError extends UserError {}

const BulkAdjustmentResult = createUnionType({
  name: 'BulkAdjustmentResult',
  description: 'The file as it is now, or why nothing changed.',
  types: () =>
    [
      BulkAdjustmentSuccess,
      BulkAdjustmentError,
      NotFoundError,
      InvalidInputError,
      IdempotencyConflictError,
      InProgressError,
    ] as const,
});

const REJECTS_MAX = 1_000;
/** Of the file of rejects: it stays well below what one answer may weigh. */
const CSV_LINES = 5_000;

@Resolver(() => BulkAdjustment)
export class BulkAdjustmentResolver {
  @Query(() => BulkAdjustment, { nullable: true, description: 'A file of adjustments and how far it is.' })
  async bulkAdjustment(
    @Arg('id', () => ID) id: string,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<BulkAdjustment | null> {
    requireAnywhere(caller, 'desk:read');
    const found = isUuid(id) ? await app.bulk(caller, id) : null;
    return found && toBulk(found);
  }

  @FieldResolver(() => [BulkAdjustmentReject], { description: 'Lines that are not posted, by number.' })
  async rejects(
    @Root() bulk: BulkAdjustment,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Arg('afterLine', () => Int, { nullable: true, defaultValue: 0 }) afterLine: number | null,
    @Ctx() { app, caller, locale }: PointsContext,
  ): Promise<BulkAdjustmentReject[]> {
    const limit = first ?? 100;
    if (limit < 1 || limit > REJECTS_MAX) throw new PublicError('BAD_REQUEST', `\`first\` is 1 to ${REJECTS_MAX}.`);
    const rows = await app.bulkRejects(caller, bulk.id, afterLine ?? 0, limit);
    return rows.map(({ line, code }) =>
      make(BulkAdjustmentReject, { line, code, reason: BULK_REJECT_TEXTS[code][locale] }),
    );
  }

  @FieldResolver(() => String, {
    description:
      'The rejected lines as CSV text, 5,000 at once, with line number and reason; made to be corrected and uploaded.',
  })
  async rejectsCsv(
    @Root() bulk: BulkAdjustment,
    @Arg('afterLine', () => Int, { nullable: true, defaultValue: 0 }) afterLine: number | null,
    @Ctx() { app, caller }: PointsContext,
  ): Promise<string> {
    return csvOf(await app.bulkRejects(caller, bulk.id, afterLine ?? 0, CSV_LINES));
  }

  @Mutation(() => BulkAdjustmentResult, {
    description:
      'Uploads a file of adjustments, or a further part of it. Nothing is posted: look at it, then start it.',
  })
  async uploadBulkAdjustment(
    @Arg('input', () => UploadBulkAdjustmentInput) input: UploadBulkAdjustmentInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof BulkAdjustmentResult> {
    const { idempotencyKey: key, csv, firstLine, bulkId = null, mallId = null } = input;
    const ids = [bulkId, mallId].filter((id) => id !== null);
    return work(context, ids, (actor) =>
      context.app.uploadBulk(context.caller, {
        key,
        actor,
        csv,
        firstLine,
        bulkId: bulkId ?? null,
        mallId: mallId ?? null,
        reasonCode: input.reasonCode ?? 'OTHER',
      }),
    );
  }

  @Mutation(() => BulkAdjustmentResult, {
    description: "Starts it. When all that it moves exceeds the programme's limit, a second person must approve first.",
  })
  async startBulkAdjustment(
    @Arg('input', () => BulkAdjustmentInput) { idempotencyKey: key, bulkId: id }: BulkAdjustmentInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof BulkAdjustmentResult> {
    return work(context, [id], (actor) => context.app.startBulk(context.caller, { key, actor, id }));
  }

  @Mutation(() => BulkAdjustmentResult, { description: 'Stops it: what was posted stays, the rest is left out.' })
  async cancelBulkAdjustment(
    @Arg('input', () => BulkAdjustmentInput) { idempotencyKey: key, bulkId: id }: BulkAdjustmentInput,
    @Ctx() context: PointsContext,
  ): Promise<typeof BulkAdjustmentResult> {
    return work(context, [id], (actor) => context.app.cancelBulk(context.caller, { key, actor, id }));
  }
}

/** A file may name any member of the group: the permission must hold for the whole of it. */
const mayAdjustAll = (caller: Caller): void => requirePermission(caller, 'points:adjust', [requireTenant(caller)]);

async function work(
  { app, caller, locale }: PointsContext,
  ids: readonly string[],
  verb: (actor: string) => Promise<Result<{ id: string }, BulkRefusal | IdempotencyRefusal>>,
): Promise<typeof BulkAdjustmentResult> {
  mayAdjustAll(caller);
  if (!ids.every(isUuid)) return refuse(NotFoundError, 'NOT_FOUND', locale, {});
  const result = await verb(caller.id);
  if (result.ok) {
    const found = await app.bulk(caller, result.value.id);
    if (!found) throw new Error('a file that was worked on is there');
    return make(BulkAdjustmentSuccess, { bulk: toBulk(found) });
  }
  const { error } = result;
  switch (error.code) {
    case 'NOT_FOUND':
      return refuse(NotFoundError, 'NOT_FOUND', locale, {});
    case 'INVALID_INPUT': {
      const { path, reason } = error;
      return refuse(InvalidInputError, 'INVALID_INPUT', locale, { path }, { reason: BULK_FAULTS[reason][locale] });
    }
    case 'WRONG_STATUS':
      return refuse(
        BulkAdjustmentError,
        'WRONG_STATUS',
        locale,
        {},
        { status: BULK_STATUS_TEXTS[error.status][locale] },
      );
    case 'NOTHING_TO_DO':
      return refuse(BulkAdjustmentError, 'NOTHING_TO_DO', locale, {});
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(IdempotencyConflictError, 'IDEMPOTENCY_CONFLICT', locale, {});
    case 'IN_PROGRESS':
      return refuse(InProgressError, 'IN_PROGRESS', locale, { retryAfterMs: 500 });
  }
}

const toBulk = (view: BulkView): BulkAdjustment =>
  make(BulkAdjustment, { ...view, status: BulkAdjustmentStatus[view.status] });

const csvOf = (lines: readonly RejectedLine[]): string =>
  stringify(
    lines.map(({ memberText, amountText, reason, reference, line, code }) => [
      memberText,
      amountText,
      reason,
      reference,
      line,
      code,
    ]),
    { header: true, columns: ['member_id', 'amount', 'reason', 'reference', 'line', 'reject'] },
  );
