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

function use(doc: Doc, piece: string): Doc {
  doc.font(join(font().folder, `noto-sans-sc-${piece}-wght-normal.woff2`));
  const { subset } = (doc as unknown as { _font: { subset: Subset } })._font;
  if (!Object.hasOwn(subset, '_addGlyph')) subset._addGlyph = addGlyph;
  return doc;
}

/** The part of a font that a document carries, as fontkit collects it. */
interface Subset {
  readonly font: { getGlyph(id: number): Glyph };
  readonly glyf: Buffer[];
  readonly loca: { readonly offsets: number[] };
  readonly hmtx: { readonly metrics: { advance: number; bearing: number }[] };
  offset: number;
  _addGlyph(id: number): number;
}

interface Glyph {
  readonly advanceWidth: number;
  readonly path: { readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[] };
}

/**
 * fontkit copies outlines as they stand in the file. In WOFF2 they are packed, and what it copies is no outline at all: so
 * they are written anew from what it reads correctly. `test/statement.int.spec.ts` compares what arrives in the document.
 */
function addGlyph(this: Subset, id: number): number {
  const glyph = this.font.getGlyph(id);
  const { bytes, left } = outlineOf(glyph);
  this.glyf.push(bytes);
  this.loca.offsets.push(this.offset);
  this.hmtx.metrics.push({ advance: glyph.advanceWidth, bearing: left });
  this.offset += bytes.length;
  return this.glyf.length - 1;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly on: boolean;
}

/** An entry of the table `glyf`: the contours as points on and beside the curve, each as the way from the one before. */
function outlineOf({ path }: Glyph): { bytes: Buffer; left: number } {
  const contours: Point[][] = [];
  for (const { command, args } of path.commands) {
    const [a = 0, b = 0, c = 0, d = 0] = args;
    const contour = contours.at(-1);
    if (command === 'moveTo') contours.push([{ x: a, y: b, on: true }]);
    else if (command === 'lineTo') contour?.push({ x: a, y: b, on: true });
    else if (command === 'quadraticCurveTo') {
      contour?.push({ x: a, y: b, on: false });
      // Half a unit: the middle between two points beside the curve, which goes without saying.
      if (Number.isInteger(c) && Number.isInteger(d)) contour?.push({ x: c, y: d, on: true });
    } else if (command !== 'closePath') throw new Error(`no outline with ${command}`);
  }
  const points = contours.flat().map(({ x, y, on }) => ({ x: Math.round(x), y: Math.round(y), on }));
  if (points.length === 0) return { bytes: Buffer.alloc(0), left: 0 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const left = Math.min(...xs);
  const head = [contours.length, left, Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  let end = -1;
  const ends = contours.map((contour) => (end += contour.length));
  const ways = (values: number[]) => values.map((value, i) => value - (values[i - 1] ?? 0));
  const bytes = Buffer.concat([
    int16([...head, ...ends, 0]),
    Buffer.from(points.map(({ on }) => (on ? 1 : 0))),
    int16(ways(xs)),
    int16(ways(ys)),
  ]);
  return { bytes: Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]), left };
}

function int16(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeInt16BE(value, i * 2);
  return bytes;
}

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
