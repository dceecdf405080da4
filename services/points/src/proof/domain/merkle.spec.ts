import fc from 'fast-check';
import { canonicalJson, hashBlock, hashLeaf, type LeafFields } from './encoding';
import { leafHash, merkleTree, rootByPath } from './merkle';

const leaves = fc
  .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 130 })
  .map((all) => all.map((bytes) => leafHash(bytes)));
const flip = (bytes: Buffer, bit: number): Buffer => {
  const changed = Buffer.from(bytes);
  const at = (bit >> 3) % bytes.length;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

describe('the tree', () => {
  it('is the one of RFC 6962', () => {
    // The test vectors of Certificate Transparency: inputs and roots of 1 to 8 leaves.
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const hashes = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    expect(roots.map((_, i) => merkleTree(hashes.slice(0, i + 1)).root.toString('hex'))).toEqual(roots);
  });

  it('leads from every leaf to its root', () => {
    fc.assert(
      fc.property(leaves, (all) => {
        const tree = merkleTree(all);
        for (const [i, leaf] of all.entries()) {
          const path = tree.path(i);
          expect(path.length).toBeLessThanOrEqual(8);
          expect(rootByPath(leaf, i, all.length, path)).toEqual(tree.root);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leads nowhere after any single bit was flipped, at another place, or with another length', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), fc.nat(), (all, where, bit, hop) => {
        const i = where % all.length;
        const [tree, leaf] = [merkleTree(all), all[i] as Buffer];
        const [root, path] = [tree.root, tree.path(i)];
        expect(rootByPath(flip(leaf, bit), i, all.length, path)).not.toEqual(root);
        expect(rootByPath(leaf, i, all.length, [...path, leaf])).toBeNull();
        expect(rootByPath(leaf, all.length, all.length, path)).toBeNull();
        expect(rootByPath(leaf, -1, all.length, path)).toBeNull();
        if (path.length === 0) return;
        expect(rootByPath(leaf, i, all.length, path.slice(1))).toBeNull();
        const changed = path.map((hash, n) => (n === hop % path.length ? flip(hash, bit) : hash));
        expect(rootByPath(leaf, i, all.length, changed)).not.toEqual(root);
      }),
    );
  });
});

describe('the bytes of an entry', () => {
  const id = (digit: string) =>
    `${digit.repeat(8)}-${digit.repeat(4)}-7${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;
  const leaf: LeafFields = {
    groupId: id('1'),
    memberId: id('2'),
    entryId: id('3'),
    kind: 'EARN',
    amount: 220n,
    debtDelta: 0n,
    availableAfter: 220n,
    occurredAtMicros: 1_773_115_200_000_000n,
    postedAtMicros: 1_773_115_200_000_001n,
    siteId: id('4'),
    purchaseId: null,
    refundId: null,
    source: { kind: 'PURCHASE', id: id('7') },
    parts: [
      { lotId: id('6'), amount: 20n },
      { lotId: id('5'), amount: 200n },
    ],
    explanation: [{ code: 'EXACT', value: '220' }],
  };
  const [nonce, desk] = [Buffer.alloc(32, 7), Buffer.alloc(32, 9)];
  const hash = (fields: Partial<LeafFields>) => hashLeaf({ ...leaf, ...fields }, nonce, desk).toString('hex');

  it('stay what they are: another hash here breaks every block that was ever closed', () => {
    expect(hash({})).toMatchInlineSnapshot(`"4dca32851c4314b68bcead47904ae8164800c33faefc436105b6a8f7d48675df"`);
    expect(
      hashBlock({
        groupId: id('1'),
        number: 2n,
        count: 3,
        previousHash: Buffer.alloc(32, 1),
        root: Buffer.alloc(32, 2),
        closedAtMicros: 4n,
      }).toString('hex'),
    ).toMatchInlineSnapshot(`"eab140fd3235777078a40336900832bd136a6e994f5b137498428594965c44a6"`);
  });

  it('say everything, and say it in one order only', () => {
    const others: Partial<LeafFields>[] = [
      { groupId: id('9') },
      { memberId: id('9') },
      { entryId: id('9') },
      { kind: 'ADJUST' },
      { amount: -220n },
      { debtDelta: 1n },
      { availableAfter: 221n },
      { occurredAtMicros: leaf.occurredAtMicros + 1n },
      { postedAtMicros: leaf.postedAtMicros + 1n },
      { siteId: null },
      { siteId: null, purchaseId: leaf.siteId },
      { refundId: id('4') },
      { source: null },
      { source: { kind: 'REFUND', id: id('7') } },
      { source: { kind: 'PURCHASE', id: id('8') } },
      { parts: [] },
      { parts: leaf.parts.map((part) => ({ ...part, amount: part.amount + 1n })) },
      { explanation: [] },
    ];
    expect(new Set([{}, ...others].map(hash)).size).toBe(others.length + 1);
    expect(hash({ parts: [...leaf.parts].reverse() })).toBe(hash({}));
    expect(hash({ explanation: [{ value: '220', code: 'EXACT' }] })).toBe(hash({}));
    expect(canonicalJson({ b: [1, { d: null, c: '积分"' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"积分\\"","d":null}]}',
    );
  });
});
