// npm run test:site-link: a mall with a recording of its own on the cluster of the current kubeconfig, its line cut under load.
import { parseArgs } from 'node:util';
import { UsageError } from '@atrium/testkit';
import { createRelease, settingsOf } from './cluster/proof/release';
import { createReport } from './cluster/proof/report';
import { installBoth, SITE_FILE } from './cluster/proof/site-link/install';
import { cutTheLine } from './cluster/proof/site-link/proof';
import { runCommand } from './command';

const HELP = `npm run test:site-link -- [options]
  --image REPOSITORY:TAG   the cluster has it or can pull it (atrium:0.1.0)
  --minutes N              how long the line is down (10)     --rate N   sales of a second (5)
  --namespaces PREFIX      PREFIX-hub and PREFIX-north are made for it (site-link)
  -f FILE, --set KEY=VALUE for Helm, both releases; may be given more than once
  --keep                   leaves the releases where they are; another run goes on with them`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        image: { type: 'string', default: 'atrium:0.1.0' },
        minutes: { type: 'string', default: '10' },
        rate: { type: 'string', default: '5' },
        namespaces: { type: 'string', default: 'site-link' },
        values: { type: 'string', short: 'f', multiple: true, default: [] },
        set: { type: 'string', multiple: true, default: [] },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
    if (values.help || !(minutes > 0) || !(rate > 0)) throw new UsageError(HELP);
    return { ...values, minutes, rate };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}

runCommand(async () => {
  const { image, minutes, rate, namespaces, keep, ...given } = readOptions();
  const settings = settingsOf(given);
  const report = createReport();
  const hub = createRelease({ namespace: `${namespaces}-hub`, name: 'hub', settings });
  const site = createRelease({
    namespace: `${namespaces}-north`,
    name: 'north',
    settings: [...SITE_FILE, ...settings],
  });
  try {
    report.part(`A site's line, down for ${minutes} minutes at ${rate} sales a second`);
    await report.attempt('the proof', async () => {
      const all = { report, hub, site, image, minutes, rate };
      await installBoth(all);
      if (report.failed === 0) await cutTheLine(all);
    });
    if (!keep)
      for (const release of [site, hub])
        await report.check(`helm uninstall ${release.name}`, () => release.uninstall());
  } finally {
    for (const release of [hub, site]) release.end();
  }
  console.log(`\n${report.passed} passed, ${report.failed} failed`);
  process.exit(report.failed === 0 ? 0 : 1);
});
