import { Readable } from 'node:stream';
import type { Databases } from '../check/databases';
import { compareWithDatabases, doubledKeys, flashClaims, readAcknowledged } from './acknowledged';

const coupon = (key: string, id: string) => ({ write: 'coupon' as const, key, id });
const written = (...lines: object[]) => Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`));

/** Has every id that it is asked for, as databases would. */
const everything: Databases = {
  services: ['merchant-settlement', 'coupon'],
  rows: async <R>(_service: unknown, _sql: string, [ids]: unknown[] = []) =>
    (ids as string[]).map((found) => ({ found }) as R),
  close: () => Promise.resolve(),
};

it('a coupon that is given twice for one key is doubled, though both are stored', async () => {
  const told = await readAcknowledged(written(coupon('k1', 'a'), coupon('k2', 'b'), coupon('k1', 'c')));
  const row = (await compareWithDatabases(everything, told)).find(({ write }) => write === 'coupon');
  expect(row).toEqual({ write: 'coupon', acknowledged: 3, lost: 0, doubled: 1, examples: ['k1'] });
});

it('an answer that is told again is the same coupon', async () => {
  const told = [coupon('r:flash:1', 'a'), coupon('r:flash:1', 'a'), coupon('r:flash:2', 'b')];
  const row = (await compareWithDatabases(everything, told)).find(({ write }) => write === 'coupon');
  expect(row).toMatchObject({ acknowledged: 2, lost: 0, doubled: 0 });
  expect(flashClaims(told)).toBe(2);
});

it('a refund that waits has no id yet', () => {
  expect(doubledKeys([coupon('k', ''), coupon('k', 'a')])).toEqual([]);
});
