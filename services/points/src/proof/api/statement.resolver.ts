import { isUuid } from '@atrium/kernel';
import {
  DateScalar,
  InvalidInputError,
  type Locale,
  LOCALES,
  make,
  NotFoundError,
  PublicError,
  refusals,
  requireTenant,
  UserError,
} from '@atrium/platform';
import { Arg, createUnionType, Ctx, Field, ID, Int, ObjectType, Query, registerEnumType, Resolver } from 'type-graphql';
import type { PointsContext } from '../../api/context';
import { STATEMENT_ENTRIES } from '../use-cases/statement.query';
import { requireReader } from './access';
import { statementCsv } from './statement.csv';
import { shortId, statementPdf } from './statement.pdf';
import { PERIOD_FAULTS } from './statement.texts';

export enum PointsStatementFormat {
  PDF = 'PDF',
  CSV = 'CSV',
}
registerEnumType(PointsStatementFormat, {
  name: 'PointsStatementFormat',
  description:
    'PDF for people. CSV (UTF-8) for spreadsheets: posted_at and occurred_at (UTC), kind, text, points (signed), balance and ' +
    'owed after the entry, purchase_id, entry_id, explanation; the first row is the opening balance, the last the closing one.',
});

@ObjectType({ description: 'A statement as a file.' })
export class PointsStatement {
  @Field(() => String, { description: 'A name to save it under.' })
  fileName: string;

  @Field(() => String, { description: 'application/pdf or text/csv.' })
  mediaType: string;

  @Field(() => String, { description: 'The file, in base64.' })
  content: string;

  @Field(() => Int, { description: 'How many entries it lists.' })
  entries: number;
}

@ObjectType({ implements: UserError, description: 'The period has more entries than one statement lists.' })
export class StatementTooLongError extends UserError {
  @Field(() => Int, { description: 'The most that a statement lists.' })
  limit: number;
}

const PointsStatementResult = createUnionType({
  name: 'PointsStatementResult',
  description: 'The statement, or why there is none.',
  types: () => [PointsStatement, StatementTooLongError, InvalidInputError, NotFoundError] as const,
});

const refuse = refusals({
  STATEMENT_TOO_LONG: {
    en: { message: 'The period has more than {limit} entries.', remedy: 'Ask for a shorter period.' },
    'zh-CN': { message: '该期间的变动超过 {limit} 条。', remedy: '请缩短期间。' },
  },
});

@Resolver()
export class PointsStatementResolver {
  @Query(() => PointsStatementResult, {
    description:
      "A member's points over a period of at most 13 months: opening balance, each entry with the balance after it, closing " +
      'balance, what expires soon, and the rules in words.',
  })
  async pointsStatement(
    @Arg('memberId', () => ID) memberId: string,
    @Arg('from', () => DateScalar, { description: 'First day, where the member is at home.' }) from: string,
    @Arg('to', () => DateScalar, { description: 'Last day.' }) to: string,
    @Arg('format', () => PointsStatementFormat) format: PointsStatementFormat,
    @Arg('locale', () => String, { nullable: true, description: "zh-CN or en; by default the request's own." })
    asked: string | null | undefined,
    @Ctx() { app, caller, locale: own }: PointsContext,
  ): Promise<typeof PointsStatementResult> {
    requireReader(caller, memberId);
    const locale = localeOf(asked ?? own);
    if (!isUuid(memberId)) return refuse(NotFoundError, 'NOT_FOUND', own, {});
    // What the clock has done is written down first, so that the last line is what the account shows.
    if ((await app.knownMembers(caller, [memberId])).size > 0) await app.letTimePass(requireTenant(caller), [memberId]);
    const result = await app.statement(caller, { memberId, from, to });
    if (!result.ok) {
      switch (result.error.code) {
        case 'NOT_FOUND':
          return refuse(NotFoundError, 'NOT_FOUND', own, {});
        case 'INVALID_INPUT': {
          const reason = PERIOD_FAULTS[result.error.reason][own];
          return refuse(InvalidInputError, 'INVALID_INPUT', own, { path: ['to'] }, { reason });
        }
        case 'STATEMENT_TOO_LONG': {
          const limit = STATEMENT_ENTRIES;
          return refuse(StatementTooLongError, 'STATEMENT_TOO_LONG', own, { limit }, { limit: BigInt(limit) });
        }
      }
    }
    const csv = format === PointsStatementFormat.CSV;
    const content = csv ? statementCsv(result.value, locale) : await statementPdf(result.value, locale);
    return make(PointsStatement, {
      fileName: `points-${shortId(memberId).slice(1)}-${from}-${to}.${csv ? 'csv' : 'pdf'}`,
      mediaType: csv ? 'text/csv' : 'application/pdf',
      content: content.toString('base64'),
      entries: result.value.lines.length,
    });
  }
}

function localeOf(asked: string): Locale {
  const locale = LOCALES.find((known) => known === asked);
  if (!locale) throw new PublicError('BAD_REQUEST', `\`locale\` is one of ${LOCALES.join(', ')}.`);
  return locale;
}
