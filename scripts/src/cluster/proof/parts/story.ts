import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, signCallerToken, type SignToken } from '@atrium/testkit';
import { makeWorld } from '../../../load/world';
import { attached } from '../attach';
import { must } from '../command';
import { proveLedger } from '../ledger';
import type { Proof } from '../proof';

/** One sale through six subgraphs, then thousands: the same test and the same command as on a laptop. */
export async function story({ report, release, image, tickets }: Proof): Promise<void> {
  const group = `STORY-${Date.now().toString(36).toUpperCase()}`;
  await report.check('the story of one sale', () =>
    attached(release, group, async ({ dir }) => {
      const jest = [join(ROOT, 'node_modules', '.bin', 'jest'), '-c', join(ROOT, 'tests', 'e2e', 'jest.config.cjs')];
      await must(process.execPath, [...jest, 'story.spec', '--ci'], { env: { STORY_GRAPH: dir } });
    }),
  );
  if (!existsSync(tickets.sales))
    return report.note(`There is no ${tickets.sales}: the import is left out (--tickets, --stores).`);
  await report.check('npm run import:sales', () =>
    attached(release, 'LOAD', async ({ dir, state, keys }) => {
      // Its programme holds since before the tickets, so that they are rated too.
      const sign: SignToken = (subject, claim) => signCallerToken(keys, subject, claim);
      await makeWorld(state.gatewayUrl, sign, group, { members: 1, stock: 1 });
      const from = [tickets.sales, '--stores', tickets.stores, '--source', 'TILL-EXPORT', '--zone', 'America/New_York'];
      const more = ['--create-missing', '--wait', '--rejects', join(dir, 'rejects.csv')];
      const command = [join(ROOT, 'scripts', 'run.mjs'), 'import-sales', ...from, ...more];
      const said = await must(process.execPath, command, { env: { ATRIUM_DIR: dir } });
      const figure = (name: string) => new RegExp(`${name}\\s*│\\s*'?([^│']+?)'?\\s*│`).exec(said)?.[1] ?? '?';
      const [inFile, inGraph] = [figure('sales in the file'), figure('sales in the graph')];
      if (inFile === '?' || inFile !== inGraph) throw new Error(said);
      return `${inGraph} sales, ${figure('paid, CNY')} paid, ${figure('points')} points, applied everywhere after ${figure('seconds until applied everywhere')} s`;
    }),
  );
  await proveLedger(report, release, image);
}
