// What a reader of a PDF can select: the text of each page, by the fonts' own tables of characters.
import { inflateSync } from 'node:zlib';

export function pdfPages(pdf: Buffer): string[] {
  const objects = new Map<string, { head: string; stream: string }>();
  const source = pdf.toString('latin1');
  for (const match of source.matchAll(/\n(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id = '', body = ''] = match;
    const at = body.indexOf('stream\n');
    const head = at < 0 ? body : body.slice(0, at);
    const raw = at < 0 ? Buffer.alloc(0) : Buffer.from(body.slice(at + 7, body.lastIndexOf('\nendstream')), 'latin1');
    const stream =
      raw.length > 0 && head.includes('/FlateDecode') ? inflateSync(raw).toString('latin1') : raw.toString('latin1');
    objects.set(id, { head, stream });
  }
  const object = (id: string | undefined) => objects.get(id ?? '') ?? { head: '', stream: '' };
  const charsOf = (fontId: string): Map<string, string> => {
    const { stream } = object(/\/ToUnicode (\d+) 0 R/.exec(object(fontId).head)?.[1]);
    const chars = new Map<string, string>();
    for (const [, first = '', , list = ''] of stream.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/g)) {
      for (const [i, [, hex = '']] of [...list.matchAll(/<([0-9a-f ]+)>/g)].entries()) {
        const glyph = (parseInt(first, 16) + i).toString(16).padStart(4, '0');
        chars.set(glyph, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
      }
    }
    return chars;
  };
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\n/.test(head));
  return pages.map(({ head }) => {
    const { head: resources } = object(/\/Resources (\d+) 0 R/.exec(head)?.[1]);
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [name, charsOf(id)]),
    );
    const { stream } = object(/\/Contents (\d+) 0 R/.exec(head)?.[1]);
    let font = new Map<string, string>();
    let text = '';
    for (const [, name, shown] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? new Map();
      const glyphs = [...(shown ?? '').matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) => hex).join('');
      for (const glyph of glyphs.match(/.{4}/g) ?? []) text += font.get(glyph) ?? '\ufffd';
    }
    return text;
  });
}
