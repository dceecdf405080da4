// Two releases, ready to run: this checkout, and the one before it in a folder that ATRIUM_PREVIOUS_ROOT names.
const { execFileSync } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const scripts = join(__dirname, '../../../scripts');

module.exports = () => {
  const node = (script, ...args) =>
    execFileSync(process.execPath, [join(scripts, script), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  node('build.mjs');
  const dir = mkdtempSync(join(tmpdir(), 'atrium-previous-'));
  process.env.ATRIUM_PREVIOUS_ROOT = dir;
  node('previous-release.mjs', dir);
};
