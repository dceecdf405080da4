import type { QueryRunner } from 'typeorm';
import { createMonthPartitions, enableRowLevelSecurity } from './schema';

function recorder() {
  const statements: string[] = [];
  const qr = { query: (sql: string) => Promise.resolve(void statements.push(sql)) } as unknown as QueryRunner;
  return { statements, qr };
}

describe('table helpers', () => {
  it.each(['', 'Entry', 'entry; drop table x', 'a b', 'a"b', 'schema.entry', 'é'])(
    'refuse %p as a name',
    async (table) => {
      const { statements, qr } = recorder();
      await expect(enableRowLevelSecurity(qr, table)).rejects.toThrow('not a table name');
      await expect(createMonthPartitions(qr, table, new Date(), 1)).rejects.toThrow('not a table name');
      expect(statements).toEqual([]);
    },
  );

  it('grant a ledger table no change', async () => {
    const { statements, qr } = recorder();
    await enableRowLevelSecurity(qr, 'entry', { ledger: true });
    expect(statements.at(-1)).toBe('grant select, insert on entry to atrium_app');
    expect(statements).toContain('alter table entry force row level security');
  });

  it('cut partitions at the months of the ids, without a gap, over the end of a year', async () => {
    const { statements, qr } = recorder();
    await createMonthPartitions(qr, 'entry', new Date('2026-11-22T23:59:59Z'), 3);
    expect(statements[0]).toContain('entry_default partition of entry default');
    const parts = statements
      .slice(1)
      .map((sql) => /(entry_\d{4}_\d{2}) .* from \('(.+)'\) to \('(.+)'\)/.exec(sql)?.slice(1));
    expect(parts.map((part) => part?.[0])).toEqual(['entry_2026_11', 'entry_2026_12', 'entry_2027_01']);
    expect(parts[1]?.[1]).toBe(parts[0]?.[2]);
    expect(parts[2]?.[1]).toBe(parts[1]?.[2]);
    const instantOf = (id = '') => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
    expect([instantOf(parts[0]?.[1]), instantOf(parts[2]?.[2])]).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2027-02-01T00:00:00.000Z',
    ]);
  });
});
