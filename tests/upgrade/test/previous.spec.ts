import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@atrium/testkit';

describe('the release before', () => {
  const { commit } = JSON.parse(readFileSync(join(ROOT, 'release/previous.json'), 'utf8')) as { commit: string };
  const clone = mkdtempSync(join(tmpdir(), 'atrium-clone-'));
  afterAll(() => rmSync(clone, { recursive: true }));

  const check = (folder: string, wanted = '') => {
    const args = [join(folder, 'scripts/previous-release.mjs'), '--check'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: { ...process.env, ATRIUM_PREVIOUS: wanted },
      encoding: 'utf8',
    });
    return { status, stderr };
  };
  const missing = (name: string, then: string) => ({
    status: 1,
    stderr: `The release before this one is ${name}, and this clone does not have it. ${then}\n`,
  });

  it('is in the history of this clone', () => {
    expect(check(ROOT)).toEqual({ status: 0, stderr: '' });
  });

  it('that is not there ends in one line that says what to do, and nothing is left out', () => {
    expect(check(ROOT, 'v0.0.0')).toEqual(missing('v0.0.0', 'Fetch it, or correct release/previous.json.'));
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${ROOT}`, clone]);
    for (const part of ['release/previous.json', 'scripts/previous-release.mjs'])
      cpSync(join(ROOT, part), join(clone, part));
    const said = 'Its history is cut off: git fetch --unshallow (in CI, a checkout of depth 0).';
    expect(check(clone)).toEqual(missing(commit, said));
    rmSync(join(clone, '.git'), { recursive: true });
    expect(check(clone)).toEqual(missing(commit, 'This folder is no git clone: npm test needs one, with its history.'));
  });
});
