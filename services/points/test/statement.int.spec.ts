import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Caller } from '@atrium/platform';
import { harmless } from '../src/proof/api/statement.csv';
import { runsOf } from '../src/proof/api/pdf-font';
import { pdfFonts, pdfPages } from './pdf-text';
import {
  admin,
  balances,
  expectLedgerToBalance,
  GROUP,
  ladder,
  member,
  memberId,
  organisation,
  programme,
  purchaseId,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
beforeAll(async () => {
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben');
  await service.settled();
  await programme(service);
  await sell(service, { number: 'S1', of: 'ann', lines: [10_000n], occurredAt: '2026-02-01T04:00:00.000Z' });
  await service.settled();
  service.clock.set('2026-04-02T04:00:00.000Z');
  await sell(service, { number: 'S2', of: 'ann', lines: [5_000n], occurredAt: '2026-04-02T03:00:00.000Z' });
  await service.settled();
  await adjust('ann', '-130');
  await refund(service, { number: 'S2', of: 'ann', refundNo: 1n, lines: { 1: 5_000n }, fully: true });
  await service.settled();
});
afterAll(() => service.end());
afterEach(() => expectLedgerToBalance(service));

let keys = 0;
const adjust = (name: string, amount: string) =>
  service.as(admin).ask(`mutation($input: AdjustPointsInput!) { adjustPoints(input: $input) { __typename } }`, {
    input: { idempotencyKey: `s${++keys}`, memberId: memberId(name), amount, reason: 'because' },
  });
const QUERY = `query($memberId: ID!, $from: Date!, $to: Date!, $format: PointsStatementFormat!, $locale: String) {
  pointsStatement(memberId: $memberId, from: $from, to: $to, format: $format, locale: $locale) {
    __typename ... on PointsStatement { fileName mediaType content entries }
    ... on StatementTooLongError { limit } ... on InvalidInputError { path } ... on UserError { code message } } }`;
type Answer = Record<string, string | number> & { __typename: string; content: string };
const asking = { memberId: memberId('ann'), from: '2026-01-01', to: '2026-12-31', format: 'CSV' };
const ask = (variables: object = {}, caller: Partial<Caller> = member('ann')) =>
  service.as(caller).send<{ pointsStatement: Answer }>(QUERY, { ...asking, ...variables });
async function statement(variables: object = {}, caller?: Partial<Caller>): Promise<Answer> {
  const { data, errors } = await ask(variables, caller);
  expect(errors).toEqual([]);
  return data?.pointsStatement as Answer;
}
async function csv(variables: object = {}): Promise<Record<string, string>[]> {
  const { content } = await statement(variables);
  return parse(Buffer.from(content, 'base64'), { bom: true, columns: true });
}
const pdf = async (variables: object) => {
  const { content } = await statement({ format: 'PDF', ...variables });
  return Buffer.from(content, 'base64');
};

describe('a statement as CSV', () => {
  it('has every entry with the balance after it, and ends where the account stands', async () => {
    const rows = await csv();
    expect(rows.map(({ kind, points, balance, owed }) => [kind, points, balance, owed])).toEqual([
      ['', '', '0', '0'],
      ['EARN', '100', '100', '0'],
      ['EARN', '50', '150', '0'],
      ['ADJUST', '-130', '20', '0'],
      ['EARN_REVERSAL', '-20', '0', '30'],
      ['', '', '0', '30'],
    ]);
    expect(rows[1]).toMatchObject({
      text: 'Earned',
      purchase_id: purchaseId('S1'),
      occurred_at: '2026-02-01T04:00:00.000Z',
    });
    expect(rows[1]?.['explanation']).toContain('100.00 CNY');
    const { available, held, pending, debt } = await balances(service, 'ann');
    expect([BigInt(available) + BigInt(held) + BigInt(pending), debt]).toEqual([
      BigInt(rows.at(-1)?.['balance'] ?? ''),
      '30',
    ]);
  });

  it('covers the days asked for, with what was there before', async () => {
    const rows = await csv({ from: '2026-04-01', to: '2026-04-30', locale: 'zh-CN' });
    expect(rows[0]).toMatchObject({ text: '期初余额', balance: '100' });
    expect(rows[1]).toMatchObject({ text: '累积', points: '50' });
    expect(rows).toHaveLength(5);
    expect(await csv({ from: '2026-05-01', to: '2026-05-01' })).toHaveLength(2);
    // 2 April 12:00 in Shanghai: the day is the one where the member is at home.
    expect(await csv({ from: '2026-04-02', to: '2026-04-02' })).toHaveLength(5);
  });

  it('holds no formulas', () => {
    expect(['=1+1', '+1', '-1', '@x', ' =1', 'Earned', '累积'].map(harmless)).toEqual([
      ...["'=1+1", "'+1", "'-1", "'@x", "' =1"],
      ...['Earned', '累积'],
    ]);
  });

  it('shows what expired, whether the job has written it down or not', async () => {
    await adjust('ben', '70');
    const ben = { memberId: memberId('ben'), from: '2027-12-31', to: '2028-01-31' };
    service.clock.set('2028-01-05T00:00:00.000Z');
    const { content } = await statement(ben, member('ben'));
    const rows = parse(Buffer.from(content, 'base64'), { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map(({ kind, balance }) => [kind, balance])).toEqual([
      ['', '70'],
      ['EXPIRE', '0'],
      ['', '0'],
    ]);
    service.clock.set('2026-04-02T04:00:00.000Z');
  });
});

describe('a statement as PDF', () => {
  it('can be read in both languages, page by page', async () => {
    const english = await pdf({});
    expect(english.subarray(0, 5).toString()).toBe('%PDF-');
    const [first = '', last = ''] = pdfPages(english);
    for (const text of [
      'Points statement',
      `Member …${memberId('ann').slice(-8)}`,
      '2026-01-01 to 2026-12-31',
      '-130',
      '2026-04-02',
    ]) {
      expect(first).toContain(text);
    }
    expect(first).toContain('Adjusted by our staff');
    expect(first).toContain('Page 1 of 2');
    expect(last).toContain('Closing balance');
    expect(last).toContain('100 points are worth 1.00 CNY as payment.');
    const chinese = await pdf({ locale: 'zh-CN' });
    const pages = pdfPages(chinese);
    for (const text of ['积分对账单', '期初余额', '人工调整', '退货收回', '欠分', '第 1 页，共 2 页'])
      expect(pages[0]).toContain(text);
    expect(pages[1]).toContain('100 积分可抵 1.00 CNY。');
    expect(pages.join('')).not.toContain('\ufffd');
  });

  it('carries the outlines of the font as they are', async () => {
    interface Font {
      getGlyph(id: number): Drawn;
      glyphForCodePoint(code: number): Drawn;
    }
    type Drawn = { path: { toSVG(): string } };
    // The library that pdfkit reads fonts with.
    const { create } = createRequire(require.resolve('pdfkit'))('fontkit') as { create(file: Buffer): Font };
    const folder = join(dirname(require.resolve('@fontsource-variable/noto-sans-sc/unicode.json')), 'files');
    let compared = 0;
    for (const { file, glyphs } of pdfFonts(await pdf({ locale: 'zh-CN' }))) {
      const carried = create(file);
      for (const [char, glyph] of glyphs) {
        // Punctuation has forms by language.
        if (!/[\p{L}\p{N}]/u.test(char)) continue;
        const [{ piece = '' } = {}] = runsOf(char);
        const source = create(readFileSync(join(folder, `noto-sans-sc-${piece}-wght-normal.woff2`)));
        const drawn = carried.getGlyph(glyph).path.toSVG();
        expect([char, drawn]).toEqual([char, source.glyphForCodePoint(char.codePointAt(0) ?? 0).path.toSVG()]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('sets every run of characters in the piece of the font that has it', () => {
    const runs = runsOf('积分 +100，退货収');
    expect(runs.map(({ text }) => text).join('')).toBe('积分 +100，退货収');
    expect(runs.find(({ text }) => text.includes('100'))?.piece).toBe('latin');
    expect(runs.every(({ piece }) => /^(latin|\d+)$/.test(piece))).toBe(true);
  });

  it('goes on over as many pages as it takes, up to a limit', async () => {
    const many = (n: number) =>
      service.admin.dataSource.query(
        `insert into entry (member_id, id, group_id, kind, amount, debt_delta, available_after, occurred_at, posted_at, explanation)
         select $1, gen_random_uuid(), $2, 'ADJUST', 0, 0, 0, '2025-06-01', '2025-06-01', '[]' from generate_series(1, $3)`,
        [memberId('ann'), GROUP, n],
      );
    await many(120);
    const pages = pdfPages(await pdf({ from: '2025-06-01', to: '2025-06-30', locale: 'zh-CN' }));
    expect(pages).toHaveLength(5);
    expect(pages[3]).toContain('第 4 页，共 5 页');
    await many(4_880);
    expect(await statement({ from: '2025-01-01', to: '2025-12-31' })).toMatchObject({ entries: 5_000 });
    expect((await pdf({ from: '2025-01-01', to: '2025-12-31' })).length).toBeGreaterThan(100_000);
    await many(1);
    expect(await statement({ from: '2025-01-01', to: '2025-12-31' })).toMatchObject({
      __typename: 'StatementTooLongError',
      code: 'STATEMENT_TOO_LONG',
      limit: 5_000,
      message: 'The period has more than 5000 entries.',
    });
    await service.admin.dataSource.query(`delete from entry where posted_at = '2025-06-01'`);
  });
});

describe('who gets a statement', () => {
  it('the member and staff who may see the account; of a period that makes sense', async () => {
    expect(await statement({}, admin)).toMatchObject({ mediaType: 'text/csv', entries: 4 });
    expect((await ask({}, member('ben'))).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const clerk: Partial<Caller> = { kind: 'STAFF', id: 'c', grants: [{ role: 'clerk', nodeId: GROUP }] };
    expect((await ask({}, clerk)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await statement({ memberId: memberId('nobody') }, admin)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await statement({ memberId: 'x' }, admin)).toMatchObject({ __typename: 'NotFoundError' });
    const wrong = { __typename: 'InvalidInputError', path: ['to'] };
    expect(await statement({ from: '2026-02-02', to: '2026-02-01' })).toMatchObject(wrong);
    expect(await statement({ from: '2026-01-01', to: '2027-02-01' })).toMatchObject(wrong);
    expect(await statement({ from: '2026-01-01', to: '2027-01-31' })).toMatchObject({ entries: 4 });
    expect((await ask({ locale: 'fr' })).errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });
});
