import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const proto = join(root, 'proto');
const FILE = 'atrium/points/v1/events.proto';
const CAUSE = '  // EARNED, RERATED or REVERSED\n  string cause = 14;\n';

// scripts/check-proto.mjs compares with the release before by the rules of proto/buf.yaml.
describe('events within v1', () => {
  let next: string;
  beforeEach(() => {
    next = mkdtempSync(join(tmpdir(), 'atrium-events-'));
    cpSync(proto, next, { recursive: true });
  });
  afterEach(() => rmSync(next, { recursive: true }));

  function breaking(from: string, to: string) {
    const text = readFileSync(join(next, FILE), 'utf8');
    if (!text.includes(from)) throw new Error(`${FILE} has no ${from}`);
    writeFileSync(join(next, FILE), text.replace(from, to));
    const buf = join(root, 'node_modules/.bin/buf');
    return spawnSync(buf, ['breaking', next, '--against', proto], { cwd: root, encoding: 'utf8' });
  }

  it.each([
    ['a field that is gone', CAUSE, '', 'field "14"'],
    ['one that is gone, its number and name kept free', CAUSE, '  reserved 14;\n  reserved "cause";\n', 'field "14"'],
    ['one with another number', 'cause = 14;', 'cause = 99;', 'field "14"'],
    ['one with another type', 'int64 points_delta = 15;', 'string points_delta = 15;', 'Field "15"'],
    ['one that only looks the same', 'int64 points_delta = 15;', 'sint64 points_delta = 15;', 'Field "15"'],
    ['one that became a list', 'string cause = 14;', 'repeated string cause = 14;', 'Field "14"'],
    ['one with another name', 'string cause = 14;', 'string reason = 14;', 'Field "14"'],
    ['a fact with another name', 'message PointsCaptured {', 'message PointsTaken {', '"PointsCaptured"'],
  ])('lose nothing: %s', (_, from, to, told) => {
    const { status, stdout, stderr } = breaking(from, to);
    expect([status, stderr]).toEqual([100, '']);
    expect(stdout).toContain(told);
  });

  it('may grow', () => {
    const { status, stdout } = breaking(CAUSE, `${CAUSE}  string another = 99;\n`);
    expect([status, stdout]).toEqual([0, '']);
  });
});
