// A statement on paper: A4, a table with a fixed number of lines to the page.
import { setImmediate as breathe } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import { localDate } from '@atrium/kernel';
import type { Locale } from '@atrium/platform';
import type { Balance, StatementLine, StatementView } from '../use-cases/statement.query';
import { wrap, write } from './pdf-font';
import { kindText, rulesInWords, say } from './statement.texts';

type Doc = InstanceType<typeof PDFDocument>;

const LEFT = 48;
const RIGHT = 547;
const POINTS = 440;
const WHAT = 130;
const LINE = 17;
const FIRST_PAGE = 35;
const OTHER_PAGES = 40;
const BOTTOM = 790;

export async function statementPdf(view: StatementView, locale: Locale): Promise<Buffer> {
  const title = say('title', locale);
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    info: { Title: title, CreationDate: view.madeAt },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    doc
      .on('data', (chunk: Buffer) => void chunks.push(chunk))
      .on('end', resolve)
      .on('error', reject);
  });
  const rows = [view.lines.slice(0, FIRST_PAGE)];
  for (let i = FIRST_PAGE; i < view.lines.length; i += OTHER_PAGES) rows.push(view.lines.slice(i, i + OTHER_PAGES));
  // The last page is for the closing balance, what expires, and the rules.
  const pages = rows.length + 1;
  for (const [i, lines] of rows.entries()) {
    doc.addPage();
    const top = i === 0 ? heading(doc, view, locale) : 48;
    table(doc, lines, view.zone, top, locale);
    if (view.lines.length === 0) write(doc, say('nothing', locale), { x: LEFT, y: top + LINE * 1.5, size: 10 });
    footer(doc, i + 1, pages, locale);
    // Others wait for this process too.
    await breathe();
  }
  doc.addPage();
  closing(doc, view, locale);
  footer(doc, pages, pages, locale);
  doc.end();
  await done;
  return Buffer.concat(chunks);
}

/** The member's name is not known here, and need not be: the last digits tell statements apart. */
export const shortId = (memberId: string): string => `…${memberId.slice(-8)}`;

const balanceText = ({ points, debt }: Balance, locale: Locale): string =>
  debt === 0n ? points.toString() : `${points} (${say('owed', locale, { points: debt.toString() })})`;

function heading(doc: Doc, view: StatementView, locale: Locale): number {
  const { from, to, zone, madeAt } = view;
  write(doc, say('title', locale), { x: LEFT, y: 48, size: 20, weight: 0.04 });
  write(doc, say('member', locale, { id: shortId(view.memberId) }), { x: LEFT, y: 80, size: 10 });
  write(doc, say('period', locale, { from, to, zone }), { x: LEFT, y: 96, size: 10 });
  write(doc, say('made', locale, { at: minute(madeAt, zone) }), { x: RIGHT, y: 80, size: 10, align: 'right' });
  write(doc, say('opening', locale), { x: LEFT, y: 118, size: 11, weight: 0.04 });
  write(doc, balanceText(view.opening, locale), { x: RIGHT, y: 118, size: 11, align: 'right', weight: 0.04 });
  return 142;
}

function table(doc: Doc, lines: readonly StatementLine[], zone: string, top: number, locale: Locale): void {
  const rule = (y: number) =>
    doc.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.5).stroke('#999999').strokeColor('#000000');
  const columns = { y: top, size: 9, weight: 0.04 };
  write(doc, say('date', locale), { x: LEFT, ...columns });
  write(doc, say('what', locale), { x: WHAT, ...columns });
  write(doc, say('points', locale), { x: POINTS, align: 'right', ...columns });
  write(doc, say('balance', locale), { x: RIGHT, align: 'right', ...columns });
  rule(top + 14);
  for (const [i, line] of lines.entries()) {
    const at = { y: top + LINE * (i + 1), size: 9 };
    const sign = line.amount > 0n ? '+' : '';
    write(doc, localDate(line.postedAt, zone), { x: LEFT, ...at });
    write(doc, kindText(line.kind, locale), { x: WHAT, ...at });
    write(doc, `${sign}${line.amount}`, { x: POINTS, align: 'right', ...at });
    write(doc, balanceText(line.after, locale), { x: RIGHT, align: 'right', ...at });
  }
}

function closing(doc: Doc, view: StatementView, locale: Locale): void {
  let y = 48;
  const head = (text: string) => {
    write(doc, text, { x: LEFT, y, size: 11, weight: 0.04 });
    y += LINE * 1.3;
  };
  const body = (text: string) => {
    for (const line of wrap(doc, text, 10, RIGHT - LEFT)) {
      write(doc, line, { x: LEFT, y, size: 10 });
      y += LINE;
    }
  };
  write(doc, balanceText(view.closing, locale), { x: RIGHT, y, size: 11, align: 'right', weight: 0.04 });
  head(say('closing', locale));
  y += LINE;
  head(say('expiring', locale));
  if (view.expiring.length === 0) body(say('none', locale));
  for (const { expiresAt, amount } of view.expiring.slice(0, 20)) {
    body(say('expires', locale, { points: amount.toString(), date: minute(expiresAt, view.zone) }));
  }
  y += LINE;
  head(say('rules', locale));
  for (const text of rulesInWords(view.terms, locale)) body(text);
}

function footer(doc: Doc, page: number, pages: number, locale: Locale): void {
  const text = say('page', locale, { page: String(page), pages: String(pages) });
  write(doc, text, { x: RIGHT, y: BOTTOM, size: 8, align: 'right' });
}

function minute(instant: Date, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(instant);
  return `${localDate(instant, zone)} ${time}`;
}
