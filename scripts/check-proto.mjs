// Within v1 events only grow: compares proto/ with the release before this one, as `buf breaking` does by proto/buf.yaml.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract, previousRelease } from './previous-release.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
try {
  const previous = previousRelease();
  if (previous === null) console.log('Left out: this checkout has no release before.');
  else compareWith(previous.commit);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function compareWith(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-proto-'));
  try {
    extract(commit, folder, ['proto']);
    const buf = join(root, 'node_modules', '.bin', 'buf');
    const args = ['breaking', 'proto', '--against', join(folder, 'proto')];
    const { status } = spawnSync(buf, args, { cwd: root, stdio: 'inherit' });
    if (status === 0) console.log(`Compatible with ${commit}.`);
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
