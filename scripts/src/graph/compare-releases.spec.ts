import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareReleases } from './compare-releases';
import { SUBGRAPHS } from './compose';

const root = join(__dirname, '../../..');
const PARTS = [...SUBGRAPHS.map((name) => `services/${name}/schema.graphql`), 'gateway/subscriptions.graphql'];

describe('the comparison with the release before', () => {
  let next: string;
  beforeEach(() => {
    next = mkdtempSync(join(tmpdir(), 'atrium-releases-'));
    for (const part of PARTS) cpSync(join(root, part), join(next, part));
  });
  afterEach(() => rmSync(next, { recursive: true }));

  /** Changes a subgraph of the release to come; what is changed must be there. */
  function edit(name: string, from: string | RegExp, to: string): void {
    const file = join(next, 'services', name, 'schema.graphql');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${name} has no ${from}`);
    writeFileSync(file, changed);
  }
  const found = () => compareReleases(root, next).map(({ at, rule }) => `${at} ${rule}`);

  it('finds nothing between a release and itself, and welcomes what is new', () => {
    edit('points', 'type PurchasePoints {', 'type PurchasePoints {\n  extra: String');
    expect(found()).toEqual([]);
  });

  it('finds a field that is gone, in the graph and in its subgraph', () => {
    edit('points', /type PurchasePoints \{[^}]*?earned: PointsAmount!/, 'type PurchasePoints {');
    expect(found()).toEqual(['PurchasePoints.earned FIELD_MISSING', 'points: PurchasePoints.earned FIELD_MISSING']);
  });

  it('finds a field that only moved: one gateway asks where it was, the other where it will be', () => {
    edit('messaging', '  unreadMessages: Int!\n', '');
    edit('tier', '  tier: TierMembership!\n}', '  tier: TierMembership!\n  unreadMessages: Int!\n}');
    expect(found().sort()).toEqual([
      'messaging: Member.unreadMessages FIELD_MISSING',
      'tier: Member.unreadMessages FIELD_ELSEWHERE',
    ]);
  });

  it('finds a key that is gone: the gateway before still asks by it', () => {
    edit('coupon', 'type Checkout @key(fields: "id")', 'type Checkout');
    expect(found()).toEqual(['coupon: Checkout KEY_MISSING']);
  });
});
