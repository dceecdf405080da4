import { createReadStream } from 'node:fs';
import { parseLocalDateTime, parseMoney, parseRational } from '@atrium/kernel';
import { parse } from 'csv-parse';

/** The columns of a till export, one row a line of a ticket. See docs/how-to/import-sales.md. */
export const COLUMNS = [
  'ticket_no',
  'occurred_at',
  'store_code',
  'card_no',
  'line_no',
  'sku',
  'category',
  'quantity',
  'gross_amount',
  'discount_amount',
  'paid_amount',
] as const;
export type Row = Record<(typeof COLUMNS)[number], string>;

export interface TicketLine {
  lineNo: number;
  sku: string;
  category: string;
  quantity: string;
  gross: string;
  discount: string;
}

export interface Ticket {
  /** Line of the file where it begins. */
  fileLine: number;
  ticketNo: string;
  occurredAt: string;
  storeCode: string;
  /** Null for a sale without a card. */
  cardNo: string | null;
  lines: TicketLine[];
  paidMinor: bigint;
}

export interface BadTicket {
  fileLine: number;
  ticketNo: string;
  reason: string;
}

export type Read = { ticket: Ticket } | { bad: BadTicket };

/** Reads a CSV file with a header, row by row, whatever its size. `row` is null when columns are missing in it. */
export async function* readRows<K extends string>(
  file: string,
  columns: readonly K[],
): AsyncGenerator<{ line: number; row: Record<K, string> | null; part: Partial<Record<K, string>> }> {
  const header = (names: string[]) => {
    const missing = columns.filter((column) => !names.includes(column));
    if (missing.length > 0) throw new Error(`${file} lacks the columns ${missing.join(', ')}`);
    return names;
  };
  const rows = createReadStream(file).pipe(
    parse({ columns: header, info: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true }),
  ) as AsyncIterable<{ record: Partial<Record<K, string>>; info: { lines: number } }>;
  for await (const { record, info } of rows) {
    const complete = columns.every((column) => record[column] !== undefined);
    yield { line: info.lines, part: record, row: complete ? (record as Record<K, string>) : null };
  }
}

/** The tickets of a file, in its order. Rows of one ticket stand together; a ticket with one bad row is bad as a whole. */
export async function* readTickets(file: string, zone: string, currency: string): AsyncGenerator<Read> {
  let open: { line: number; rows: { line: number; row: Row }[]; bad: BadTicket | null; no: string } | null = null;
  const close = (): Read | null => {
    if (!open) return null;
    if (open.bad) return { bad: open.bad };
    return toTicket(open.rows, zone, currency);
  };
  for await (const { line, row, part } of readRows(file, COLUMNS)) {
    const no = part.ticket_no ?? '';
    if (!open || open.no !== no) {
      const done = close();
      if (done) yield done;
      open = { line, rows: [], bad: null, no };
    }
    if (row) open.rows.push({ line, row });
    else open.bad ??= { fileLine: line, ticketNo: no, reason: 'the row has too few columns' };
  }
  const last = close();
  if (last) yield last;
}

function toTicket(rows: { line: number; row: Row }[], zone: string, currency: string): Read {
  const first = rows[0];
  if (!first) throw new Error('a ticket has rows');
  const bad = (fileLine: number, reason: string): Read => ({
    bad: { fileLine, ticketNo: first.row.ticket_no, reason },
  });
  if (first.row.ticket_no === '') return bad(first.line, 'ticket_no is empty');
  const occurredAt = parseLocalDateTime(first.row.occurred_at, zone);
  if (!occurredAt) return bad(first.line, `occurred_at is no local time: ${first.row.occurred_at}`);
  const lines: TicketLine[] = [];
  let paidMinor = 0n;
  for (const { line, row } of rows) {
    if (
      row.occurred_at !== first.row.occurred_at ||
      row.store_code !== first.row.store_code ||
      row.card_no !== first.row.card_no
    ) {
      return bad(line, 'time, store or card differ from the first row of the ticket');
    }
    const lineNo = Number(row.line_no);
    if (!Number.isInteger(lineNo) || lineNo < 1) return bad(line, `line_no is no whole number: ${row.line_no}`);
    if (!parseRational(row.quantity)) return bad(line, `quantity is no number: ${row.quantity}`);
    const [gross, discount, paid] = (['gross_amount', 'discount_amount', 'paid_amount'] as const).map((column) =>
      parseMoney(row[column], currency),
    );
    if (!gross?.ok) return bad(line, `gross_amount is no amount: ${row.gross_amount}`);
    if (!discount?.ok) return bad(line, `discount_amount is no amount: ${row.discount_amount}`);
    if (!paid?.ok) return bad(line, `paid_amount is no amount: ${row.paid_amount}`);
    if (gross.value.amountMinor - discount.value.amountMinor !== paid.value.amountMinor) {
      return bad(line, 'paid_amount is not gross_amount less discount_amount');
    }
    paidMinor += paid.value.amountMinor;
    lines.push({
      lineNo,
      sku: row.sku,
      category: row.category,
      quantity: row.quantity,
      gross: row.gross_amount,
      discount: row.discount_amount,
    });
  }
  return {
    ticket: {
      fileLine: first.line,
      ticketNo: first.row.ticket_no,
      occurredAt: occurredAt.toISOString(),
      storeCode: first.row.store_code,
      cardNo: first.row.card_no === '' ? null : first.row.card_no,
      lines,
      paidMinor,
    },
  };
}
