import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Entry, hashOfBlock, hashOfEntry, rootByPath, rootOfLeaves } from './hashing';

const digit = (d: string) => `${d.repeat(8)}-${d.repeat(4)}-7${d.repeat(3)}-8${d.repeat(3)}-${d.repeat(12)}`;
const hex = (byte: string) => byte.repeat(32);

// The same entry and block stand in services/points/src/proof/domain/merkle.spec.ts, with the same bytes behind them.
it('hashes as the service does', () => {
  const entry: Entry = {
    groupId: digit('1'),
    memberId: digit('2'),
    entryId: digit('3'),
    kind: 'EARN',
    amount: '220',
    debtDelta: '0',
    availableAfter: '220',
    occurredAtMicros: '1773115200000000',
    postedAtMicros: '1773115200000001',
    siteId: digit('4'),
    purchaseId: null,
    refundId: null,
    source: { kind: 'PURCHASE', id: digit('7') },
    parts: [
      { lotId: digit('6'), amount: '20' },
      { lotId: digit('5'), amount: '200' },
    ],
    explanation: [{ value: '220', code: 'EXACT' }],
  };
  expect(hashOfEntry(entry, hex('07'), hex('09'))).toBe(
    '4dca32851c4314b68bcead47904ae8164800c33faefc436105b6a8f7d48675df',
  );
  expect(
    hashOfBlock({
      groupId: digit('1'),
      number: '2',
      count: 3,
      previousHash: hex('01'),
      root: hex('02'),
      closedAtMicros: '4',
    }),
  ).toBe('eab140fd3235777078a40336900832bd136a6e994f5b137498428594965c44a6');
});

it('builds and climbs the tree of RFC 6962', () => {
  const leaf = (i: number) => createHash('sha256').update(`leaf ${i}`).digest('hex');
  const pair = (l: string, r: string) => createHash('sha256').update(`01${l}${r}`, 'hex').digest('hex');
  /** As the RFC defines it: split at the largest power of two below the count. */
  const defined = (leaves: string[]): { root: string; paths: string[][] } => {
    const [first = ''] = leaves;
    if (leaves.length === 1) return { root: first, paths: [[]] };
    const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
    const [left, right] = [defined(leaves.slice(0, split)), defined(leaves.slice(split))];
    const paths = [...left.paths.map((p) => [...p, right.root]), ...right.paths.map((p) => [...p, left.root])];
    return { root: pair(left.root, right.root), paths };
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, at) => {
      const leaves = Array.from({ length: count }, (_, i) => leaf(i));
      const [{ root, paths }, index] = [defined(leaves), at % count];
      const [own = '', path = []] = [leaves[index], paths[index]];
      expect(rootOfLeaves(leaves)).toBe(root);
      expect(rootByPath(own, index, count, path)).toBe(root);
      expect(rootByPath(leaf(999), index, count, path)).not.toBe(root);
      expect(rootByPath(own, index, count, [...path, own])).not.toBe(root);
      expect(rootByPath(own, count, count, path)).toBeNull();
      if (path.length > 0) expect(rootByPath(own, index, count, path.slice(1))).not.toBe(root);
    }),
  );
});
