// Within v1 events only grow: compares proto/ with the last release (the newest tag), as `buf breaking` does.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });

const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*').stdout.trim();
if (tag === '') {
  console.log('No release yet: nothing to compare with.');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'atrium-proto-'));
const archive = spawnSync('bash', ['-c', `git archive ${tag} proto | tar -x -C "${folder}"`], {
  cwd: root,
  stdio: 'inherit',
});
const { status } =
  archive.status === 0
    ? spawnSync(join(root, 'node_modules', '.bin', 'buf'), ['breaking', 'proto', '--against', join(folder, 'proto')], {
        cwd: root,
        stdio: 'inherit',
      })
    : archive;
rmSync(folder, { recursive: true, force: true });
if (status === 0) console.log(`Compatible with ${tag}.`);
process.exit(status ?? 1);
