// What a reader of a PDF sees and can select: the text of each page by the fonts' tables of characters, and their outlines.
import { inflateSync } from 'node:zlib';

interface Part {
  head: string;
  stream: Buffer;
}

function partsOf(pdf: Buffer): { all: Part[]; part: (id: string | undefined) => Part } {
  const parts = new Map<string, Part>();
  for (const [, id = '', body = ''] of pdf.toString('latin1').matchAll(/\n(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const at = body.indexOf('stream\n');
    const head = at < 0 ? body : body.slice(0, at);
    const raw = Buffer.from(at < 0 ? '' : body.slice(at + 7, body.lastIndexOf('\nendstream')), 'latin1');
    parts.set(id, { head, stream: raw.length > 0 && head.includes('/FlateDecode') ? inflateSync(raw) : raw });
  }
  return { all: [...parts.values()], part: (id) => parts.get(id ?? '') ?? { head: '', stream: Buffer.alloc(0) } };
}

type Find = (id: string | undefined) => Part;
const refOf = ({ head }: Part, name: string): string | undefined =>
  new RegExp(`/${name} \\[?(\\d+) 0 R`).exec(head)?.[1];

/** Glyph (four hex digits) -> character. */
function charsOf(part: Find, font: Part): Map<string, string> {
  const table = part(refOf(font, 'ToUnicode')).stream.toString('latin1');
  const chars = new Map<string, string>();
  for (const [, first = '', , list = ''] of table.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/g)) {
    for (const [i, [, hex = '']] of [...list.matchAll(/<([0-9a-f ]+)>/g)].entries()) {
      const glyph = (parseInt(first, 16) + i).toString(16).padStart(4, '0');
      chars.set(glyph, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    }
  }
  return chars;
}

export function pdfPages(pdf: Buffer): string[] {
  const { all, part } = partsOf(pdf);
  return all
    .filter(({ head }) => /\/Type \/Page\n/.test(head))
    .map((page) => {
      const { head } = part(refOf(page, 'Resources'));
      const fonts = new Map(
        [...head.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id]) => [name, charsOf(part, part(id))]),
      );
      let font = new Map<string, string>();
      let text = '';
      const shown = part(refOf(page, 'Contents')).stream.toString('latin1');
      for (const [, name, run] of shown.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)) {
        if (name !== undefined) font = fonts.get(name) ?? new Map();
        const glyphs = [...(run ?? '').matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) => hex).join('');
        for (const glyph of glyphs.match(/.{4}/g) ?? []) text += font.get(glyph) ?? '\ufffd';
      }
      return text;
    });
}

/** The fonts that the document carries, with the glyph of each character. */
export function pdfFonts(pdf: Buffer): { file: Buffer; glyphs: Map<string, number> }[] {
  const { all, part } = partsOf(pdf);
  return all
    .filter(({ head }) => head.includes('/Subtype /Type0'))
    .map((font) => {
      const descriptor = part(refOf(part(refOf(font, 'DescendantFonts')), 'FontDescriptor'));
      const glyphs = new Map([...charsOf(part, font)].map(([glyph, char]) => [char, parseInt(glyph, 16)]));
      return { file: part(refOf(descriptor, 'FontFile2')).stream, glyphs };
    });
}
