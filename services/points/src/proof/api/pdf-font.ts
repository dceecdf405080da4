// Chinese and Latin text in PDF: the font comes in some hundred pieces, and each run of characters is set in its own.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type PDFDocument from 'pdfkit';

type Doc = InstanceType<typeof PDFDocument>;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly piece: string;
}

let known: { folder: string; ranges: readonly Range[] } | null = null;
const pieces = new Map<string, string>();

function font(): { folder: string; ranges: readonly Range[] } {
  if (known) return known;
  const index = require.resolve('@fontsource-variable/noto-sans-sc/unicode.json');
  const byPiece = Object.entries(JSON.parse(readFileSync(index, 'utf8')) as Record<string, string>);
  const ranges = byPiece.flatMap(([piece, list]) =>
    list.split(',').map((range): Range => {
      const [from = '', to = from] = range.replace('U+', '').split('-');
      return { from: parseInt(from, 16), to: parseInt(to, 16), piece: piece.replace(/[[\]]/g, '') };
    }),
  );
  // Latin first: it has the digits, and everything around them.
  ranges.sort((a, b) => Number(b.piece === 'latin') - Number(a.piece === 'latin'));
  return (known = { folder: join(dirname(index), 'files'), ranges });
}

function pieceOf(char: string): string {
  let piece = pieces.get(char);
  if (piece === undefined) {
    const code = char.codePointAt(0) ?? 0;
    piece = font().ranges.find(({ from, to }) => code >= from && code <= to)?.piece ?? 'latin';
    pieces.set(char, piece);
  }
  return piece;
}

/** Neighbouring characters of one piece. */
export function runsOf(text: string): { piece: string; text: string }[] {
  const runs: { piece: string; text: string }[] = [];
  for (const char of text) {
    const piece = pieceOf(char);
    const last = runs.at(-1);
    if (last?.piece === piece) last.text += char;
    else runs.push({ piece, text: char });
  }
  return runs;
}

const use = (doc: Doc, piece: string): Doc => doc.font(join(font().folder, `noto-sans-sc-${piece}-wght-normal.woff2`));

export function widthOf(doc: Doc, text: string, size: number): number {
  return runsOf(text).reduce((sum, run) => sum + use(doc, run.piece).fontSize(size).widthOfString(run.text), 0);
}

/** One line of text, its baseline box beginning at `y`. The font is drawn thin; a fine stroke gives it its weight. */
export function write(
  doc: Doc,
  text: string,
  at: { x: number; y: number; size: number; align?: 'left' | 'right'; weight?: number },
): void {
  const { size, y, align = 'left', weight = 0.025 } = at;
  let x = align === 'right' ? at.x - widthOf(doc, text, size) : at.x;
  doc.lineWidth(size * weight);
  for (const run of runsOf(text)) {
    use(doc, run.piece).fontSize(size);
    doc.text(run.text, x, y, { lineBreak: false, fill: true, stroke: true });
    x += doc.widthOfString(run.text);
  }
}

/** Cuts a text into lines of a width; Chinese breaks anywhere, Latin between words. */
export function wrap(doc: Doc, text: string, size: number, width: number): string[] {
  const words = text.match(/[\u0021-\u024f]+\s*|\s+|[^\u0021-\u024f\s]/gu) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && widthOf(doc, (line + word).trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  if (line !== '') lines.push(line.trimEnd());
  return lines;
}
