import 'reflect-metadata';
import { uuidv7 } from '@atrium/kernel';
import * as fc from 'fast-check';
import { encodeCursor, type Keyset, pageOf, toConnection } from './connection';

/** What a repository does: rows after the cursor, in (time, id) order. */
function read(rows: readonly Keyset[], after: Keyset | null, limit: number): Keyset[] {
  const place = ({ at, id }: Keyset) => `${at.toISOString()}|${id}`;
  return [...rows]
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .filter((row) => after === null || place(row) > place(after))
    .slice(0, limit);
}

describe('pages', () => {
  it('show every row once, also when many share one time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (times, first) => {
          const rows = times.map((second) => {
            const at = new Date(Date.UTC(2026, 2, 10, 4, 0, second));
            return { at, id: uuidv7(at) };
          });
          const shown: string[] = [];
          let after: string | null = null;
          for (;;) {
            const page = pageOf(first, after);
            const found = toConnection(
              read(rows, page.after, page.limit),
              page,
              (row) => row,
              ({ id }) => id,
            );
            shown.push(...found.edges.map(({ node }) => node));
            expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
            after = found.pageInfo.endCursor;
            if (!found.pageInfo.hasNextPage) break;
          }
          expect(shown).toEqual(read(rows, null, rows.length).map(({ id }) => id));
        },
      ),
    );
  });

  it('are empty without cursors', () => {
    const empty = toConnection(
      [],
      pageOf(10),
      (row: Keyset) => row,
      (row) => row,
    );
    expect(empty).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([0, -1, 101, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('of %p are refused', (first) => {
    expect(() => pageOf(first)).toThrow('`first` must be between 1 and 100.');
  });

  it('of 1 and of 100 are not', () => {
    expect([pageOf(1).limit, pageOf(100).limit]).toEqual([2, 101]);
  });

  const id = uuidv7(new Date());
  it.each([
    'x',
    '====',
    Buffer.from('2026').toString('base64url'),
    Buffer.from(`never|${id}`).toString('base64url'),
    Buffer.from(`2026-03-10T04:00:00.000Z|1 or 1=1`).toString('base64url'),
  ])('refuse %p as a cursor', (after) => {
    expect(() => pageOf(1, after)).toThrow('`after` must be a cursor that an earlier page gave.');
  });

  it('give back the place that a cursor names', () => {
    const key = { at: new Date('2026-03-10T04:00:00.123Z'), id };
    expect(pageOf(1, encodeCursor(key)).after).toEqual(key);
  });
});
