import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@atrium/testkit';

/** A moment of each benchmark: that it still runs and says what it should, not how fast it is. */
describe('a benchmark', () => {
  it.each([
    [
      'bench-points',
      ['hold_vs_pgbench_single_16', 'hold_vs_pgbench_batch_64', 'redeem_vs_pgbench_batch_64', 'earn_per_s'],
    ],
    ['bench-growth', ['hold_cost_x', 'earn_cost_x', 'account_cost_x']],
    ['bench-hostile', ['p99_alone_ms', 'p99_beside_ms', 'good_failed', 'rss_peak_mb']],
    ['bench-expiry', ['lots_per_s', 'lock_wait_max_ms', 'hold_p99_ms']],
  ])(
    '%s runs',
    async (name, keys) => {
      const args = [join(ROOT, 'scripts/run.mjs'), name, '--smoke'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 24 });
      const closing = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      expect(Object.keys(closing)).toEqual(expect.arrayContaining(keys));
    },
    300_000,
  );
});
