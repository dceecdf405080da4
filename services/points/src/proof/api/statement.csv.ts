// A statement for spreadsheets. The columns are documented on `PointsStatementFormat.CSV`.
import { stringify } from 'csv-stringify/sync';
import type { Locale } from '@atrium/platform';
import { textOf } from '../../ledger/api/steps.texts';
import type { StatementView } from '../use-cases/statement.query';
import { kindText, say } from './statement.texts';

const COLUMNS = [
  'posted_at',
  'occurred_at',
  'kind',
  'text',
  'points',
  'balance',
  'owed',
  'purchase_id',
  'entry_id',
  'explanation',
];

/** A spreadsheet takes a text that begins like this for a formula; an apostrophe keeps it a text. */
export const harmless = (text: string): string => (/^\s*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text);

export function statementCsv({ opening, lines, closing }: StatementView, locale: Locale): Buffer {
  const edge = (text: string, { points, debt }: StatementView['opening']) => [
    '',
    '',
    '',
    harmless(text),
    '',
    points.toString(),
    debt.toString(),
    '',
    '',
    '',
  ];
  const rows = lines.map((line) => [
    line.postedAt.toISOString(),
    line.occurredAt.toISOString(),
    line.kind,
    harmless(kindText(line.kind, locale)),
    line.amount.toString(),
    line.after.points.toString(),
    line.after.debt.toString(),
    line.purchaseId ?? '',
    line.id,
    harmless(line.explanation.map((step) => textOf(step, locale)).join(' ')),
  ]);
  const all = [COLUMNS, edge(say('opening', locale), opening), ...rows, edge(say('closing', locale), closing)];
  // The mark tells spreadsheets that it is UTF-8.
  return Buffer.from(stringify(all, { bom: true, record_delimiter: 'windows' }), 'utf8');
}
