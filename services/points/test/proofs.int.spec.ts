import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, ROOT } from '@atrium/testkit';
import {
  admin,
  GROUP,
  ladder,
  member,
  memberId,
  MERCHANT,
  organisation,
  programme,
  refund,
  register,
  sell,
  type Service,
  start,
} from './support';

let service: Service;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proof-'));
  spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'inherit' });
  service = await start();
  await organisation(service);
  await ladder(service);
  await register(service, 'ann', 'ben');
  await service.settled();
  await programme(service);
  for (let i = 0; i < 7; i++) {
    await sell(service, {
      number: `P${i}`,
      of: i % 2 ? 'ann' : 'ben',
      lines: [10_000n],
      occurredAt: '2026-03-10T03:00:00Z',
    });
  }
  await service.settled();
  await refund(service, { number: 'P1', of: 'ann', refundNo: 1n, lines: { 1: 2_500n } });
  await service.settled();
  await service.as(admin).ask(`mutation($input: AdjustPointsInput!) { adjustPoints(input: $input) { __typename } }`, {
    input: { idempotencyKey: 'a', memberId: memberId('ann'), amount: '-30', reason: 'wrong till' },
  });
  await eventually(
    async () => {
      await service.app.closeBlock(GROUP);
      const [{ n }] = await service.admin.dataSource.query('select count(*)::int as n from entry_unblocked');
      expect(n).toBe(0);
    },
    { what: 'every entry is in a block' },
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await service.end();
});

interface ProofFile {
  entry: { amount: string; memberId?: string; explanation: object[] };
  deskHash: string;
  nonce: string;
  index: number;
  path: string[];
  block: { closedAt: string; previousHash: string };
}
interface Proof {
  file: string;
  intact: boolean;
  path: string[];
  block: { number: number; hash: string; root: string };
}
const ENTRIES = `{ me { points { entries { edges { node { id kind proof {
  file intact path leafHash nonce index block { number hash root count } } } } } } } }`;
async function proofsOf(name: string): Promise<Map<string, Proof>> {
  type Answer = { me: { points: { entries: { edges: { node: { id: string; proof: Proof } }[] } } } };
  const { me } = await service.as(member(name)).ask<Answer>(ENTRIES);
  return new Map(me.points.entries.edges.map(({ node }) => [node.id, node.proof]));
}
const verify = async (proof: string) => {
  type Answer = {
    verifyPointsProof: { valid: boolean; outcome: string; text: string; block: { number: number } | null };
  };
  const anybody = service.as({ kind: 'ANONYMOUS', groupId: null }, { 'accept-language': 'zh-CN' });
  const query = `query($proof: String!) { verifyPointsProof(proof: $proof) { valid outcome text block { number } } }`;
  return (await anybody.ask<Answer>(query, { proof })).verifyPointsProof;
};
const PROGRAM = join(ROOT, 'scripts/dist/verify-ledger.js');
/** The program, as an auditor runs it. */
function verifier(...args: string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { code: status, text: `${stdout}${stderr}` };
}
function proofFile(text: string): string {
  const file = join(folder, 'proof.json');
  writeFileSync(file, text);
  return file;
}
const all = (...more: string[]) =>
  verifier('--all', '--database', (service.admin.dataSource.options as { url: string }).url, ...more);

describe('the proof of an entry', () => {
  it('holds for every entry of a member, for the service and for the independent program', async () => {
    const proofs = await proofsOf('ann');
    expect(proofs.size).toBe(5);
    for (const proof of proofs.values()) {
      expect(proof.intact).toBe(true);
      expect(await verify(proof.file)).toMatchObject({ valid: true, block: { number: proof.block.number } });
    }
    const [proof] = [...proofs.values()] as [Proof];
    expect((await verify(proof.file)).text).toContain('与证明完全一致');
    const file = proofFile(proof.file);
    expect(verifier('--proof', file, '--published', proof.block.hash)).toMatchObject({ code: 0 });
    expect(verifier('--proof', file, '--published', proof.block.root).text).toContain('is the published one');
    expect(verifier('--proof', file).text).toContain(
      `Compare the hash of the block with the published one: ${proof.block.hash}`,
    );
    expect(verifier('--proof', file, '--published', '0'.repeat(64))).toMatchObject({ code: 1 });
    // Nothing of anybody else, and nobody's name.
    expect(proof.file).not.toContain(memberId('ben'));
    expect([...proofs.values()].some(({ file: text }) => /admin|wrong till/.test(text))).toBe(false);
  });

  it('breaks with any change, and says where', async () => {
    const [{ file }] = [...(await proofsOf('ann')).values()] as [Proof];
    const changed = (change: (proof: ProofFile) => unknown) => {
      const proof = JSON.parse(file) as ProofFile;
      change(proof);
      return JSON.stringify(proof);
    };
    const cases: [string, (proof: ProofFile) => unknown][] = [
      ['PATH', (p) => (p.entry.amount = `${BigInt(p.entry.amount) + 1n}`)],
      ['PATH', (p) => p.entry.explanation.push({})],
      ['PATH', (p) => (p.deskHash = p.nonce)],
      ['PATH', (p) => p.path.pop()],
      ['PATH', (p) => (p.index += 1)],
      ['BLOCK_HASH', (p) => (p.block.closedAt = '2026-01-01T00:00:00.000Z')],
      ['BLOCK_HASH', (p) => (p.block.previousHash = p.nonce)],
      ['MALFORMED', (p) => delete p.entry.memberId],
      ['MALFORMED', (p) => (p.path[0] = 'abc')],
      ['MALFORMED', (p) => (p.entry.amount = '9223372036854775808')],
    ];
    for (const [outcome, change] of cases) {
      expect(await verify(changed(change))).toMatchObject({ valid: false, outcome, block: null });
    }
    for (const [, change] of [cases[0], cases[6], cases[9]] as typeof cases) {
      expect(verifier('--proof', proofFile(changed(change)))).toMatchObject({ code: 1 });
    }
    expect(await verify('nonsense')).toMatchObject({ outcome: 'MALFORMED' });
    const { errors } = await service
      .as(member('ann'))
      .send(`query($p: String!) { verifyPointsProof(proof: $p) { valid } }`, { p: 'x'.repeat(200_001) });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('stands beside what the entry follows from, in words and in one line', async () => {
    type Explained = Record<'sentences' | 'lines' | 'rules' | 'lots', unknown[]> & { equation: string };
    type Answer = { me: { points: { entries: { edges: { node: { kind: string; explained: Explained } }[] } } } };
    const query = `{ me { points { entries { edges { node { kind explained { sentences equation
      lines { lineNo eligible { amount } points } rules { code version } lots { lotId amount expiresAt funderId } } } } } } } }`;
    const asked = await service.as(member('ann'), { 'accept-language': 'zh-CN' }).ask<Answer>(query);
    const of = (kind: string) => asked.me.points.entries.edges.find(({ node }) => node.kind === kind)?.node.explained;
    expect(of('EARN')).toMatchObject({
      equation: '100.00 × 1 × 2 = 200',
      lines: [{ lineNo: 1, eligible: { amount: '100.00' } }],
      rules: expect.arrayContaining([
        { code: 'BASE', version: 1 },
        { code: 'DOUBLE-WEEK', version: 1 },
      ]),
      lots: [{ amount: '200', expiresAt: '2027-12-31T16:00:00.000Z', funderId: MERCHANT }],
    });
    expect(of('EARN')?.sentences).toEqual(
      expect.arrayContaining(['计入实付金额 100.00 CNY。', '入账 200 积分，有效期至 2027-12-31T16:00:00.000Z。']),
    );
    expect(of('ADJUST')).toMatchObject({ equation: '-30', lines: [], lots: [{ amount: '-30' }] });
    expect(of('EARN_REVERSAL')).toMatchObject({ equation: '-50', lots: [{ amount: '-50' }] });
  });

  it('is for the owner and for staff', async () => {
    const [id] = [...(await proofsOf('ann')).keys()];
    const one = `query($m: ID!, $id: ID!) { pointsEntry(memberId: $m, id: $id) { id proof { intact } } }`;
    const found = { pointsEntry: { id, proof: { intact: true } } };
    expect(await service.as(member('ann')).ask(one, { m: memberId('ann'), id })).toEqual(found);
    expect(await service.as(admin).ask(one, { m: memberId('ann'), id })).toEqual(found);
    expect(await service.as(admin).ask(one, { m: memberId('ben'), id })).toEqual({ pointsEntry: null });
    expect(await service.as(admin).ask(one, { m: memberId('ben'), id: 'x' })).toEqual({ pointsEntry: null });
    const { errors } = await service.as(member('ben')).send(one, { m: memberId('ann'), id });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('the verifier over the whole ledger', () => {
  const sql = (text: string) => service.admin.dataSource.query(text);
  let first: { number: number; hash: string };
  beforeAll(async () => {
    first = [...(await proofsOf('ann')).values()]
      .map(({ block }) => block)
      .find(({ number }) => number === 1) as Proof['block'];
  });

  it('finds nothing when nothing was changed', () => {
    expect(all()).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^9 entries in \d+ blocks are what they were/),
    });
    expect(all('--anchor', `1:${first.hash}`)).toMatchObject({ code: 0 });
    expect(all('--anchor', `1:${'0'.repeat(64)}`).text).toContain('block 1: its hash is');
    expect(all('--anchor', `999:${first.hash}`).text).toContain('block 999 was published, and is not there');
    expect(verifier('--all', '--proof', 'x')).toMatchObject({
      code: 1,
      text: expect.stringContaining('npm run verify'),
    });
  });

  const entry = `(select id from entry where kind = 'ADJUST')`;
  const lot = `(select lot_id from entry_lot where entry_id = ${entry})`;
  const add = (table: string, column: string, amount: number, where: string) =>
    `update ${table} set ${column} = ${column} + ${amount} where ${where}`;
  const free = (amount: number) =>
    `update lot set available = available + ${amount}, revoked = revoked - ${amount} where id = ${lot}`;
  const swap = `update entry_leaf set hash = nonce, nonce = hash where entry_id = ${entry}`;
  it.each<[string, string, string, RegExp]>([
    [
      'an amount',
      add('entry', 'amount', 1, `id = ${entry}`),
      add('entry', 'amount', -1, `id = ${entry}`),
      /block \d+: entry .* is not what was sealed/,
    ],
    [
      'what an entry took from a lot',
      add('entry_lot', 'amount', -1, `entry_id = ${entry}`),
      add('entry_lot', 'amount', 1, `entry_id = ${entry}`),
      /block \d+: entry .* is not what was sealed/,
    ],
    [
      'who did it',
      `update entry set actor = 'nobody' where id = ${entry}`,
      `update entry set actor = 'admin' where id = ${entry}`,
      /block \d+: entry .* is not what was sealed/,
    ],
    ['what is left of a lot', free(5), free(-5), /block \d+, entry .*: lot .* its entries say/],
    ['a hash', swap, swap, /block \d+: entry .* is not what was sealed/],
  ])('names block and entry when somebody changed %s', async (_, change, undo, difference) => {
    await sql(change);
    const { code, text } = all();
    expect(text).toMatch(difference);
    expect(code).toBe(1);
    await sql(undo);
  });

  it('finds an entry that came in behind the back, and one that is gone', async () => {
    expect(all()).toMatchObject({ code: 0 });
    await sql(`insert into entry select member_id, gen_random_uuid(), group_id, site_id, kind, 1, 0, 1, occurred_at, posted_at,
      purchase_id, refund_id, explanation, actor, reason, source_kind, source_id from entry where kind = 'ADJUST'`);
    expect(all().text).toContain('is in no block and waits for none');
    await sql(`delete from entry where amount = 1`);
    await sql(`delete from entry where kind = 'ADJUST'`);
    expect(all().text).toMatch(/block \d+: entry .* is gone/);
  });
});
