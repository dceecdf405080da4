// npm run test:cluster: the charts on the cluster of the current kubeconfig, in a namespace of their own. Not part of npm test.
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, UsageError } from '@atrium/testkit';
import { must } from './cluster/proof/command';
import { HA_PARTS, PARTS, PART_NAMES } from './cluster/proof/parts';
import { haGround } from './cluster/proof/ground/ha';
import { smallGround } from './cluster/proof/ground/small';
import { makeNamespace } from './cluster/proof/namespace';
import type { Proof } from './cluster/proof/proof';
import { createRelease, settingsOf } from './cluster/proof/release';
import { createReport } from './cluster/proof/report';
import { runCommand } from './command';

const PROFILES = ['small', 'ha'];

const HELP = `npm run test:cluster -- [options]
  --image REPOSITORY:TAG      what is proved; the cluster has it or can pull it (atrium:0.1.0)
  --previous REPOSITORY:TAG   the release before: what the upgrade begins with and the rollback ends with
  --k6 IMAGE                  k6 with a shell (grafana/k6:1.8.1)
  --only PART,…               ${PART_NAMES.join(', ')}; all when left out
  --profile small | ha        what is installed; ha: production's values, by ${HA_PARTS.join(', ')}, and needs
  --nats-chart DIR            the folder of NATS' own chart; --nats IMAGE (nats:2.14.9-alpine), --postgres IMAGE (postgres:18)
  --namespace NAME            made for it (atrium-test)      --release NAME   (a)
  -f FILE, --set KEY=VALUE    for Helm, after the profile; may be given more than once
  --tickets FILE --stores FILE   the till's export that is imported
  --out FILE                  keeps what was measured as a page
  --keep                      leaves the release where it is; another run goes on with it`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        image: { type: 'string', default: 'atrium:0.1.0' },
        previous: { type: 'string' },
        k6: { type: 'string', default: 'grafana/k6:1.8.1' },
        only: { type: 'string' },
        profile: { type: 'string', default: 'small' },
        'nats-chart': { type: 'string', default: '' },
        nats: { type: 'string', default: 'nats:2.14.9-alpine' },
        postgres: { type: 'string', default: 'postgres:18' },
        namespace: { type: 'string', default: 'atrium-test' },
        release: { type: 'string', default: 'a' },
        values: { type: 'string', short: 'f', multiple: true, default: [] },
        set: { type: 'string', multiple: true, default: [] },
        tickets: { type: 'string', default: join(ROOT, '../shared/data/tickets/tickets.csv') },
        stores: { type: 'string', default: join(ROOT, '../shared/data/tickets/stores.csv') },
        out: { type: 'string' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) throw new UsageError(HELP);
    if (!PROFILES.includes(values.profile)) throw new UsageError(`--profile is ${PROFILES.join(' or ')}`);
    const parts = values.profile === 'ha' ? HA_PARTS : PART_NAMES;
    const only = values.only?.split(',') ?? parts;
    const unknown = only.filter((name) => !parts.includes(name));
    if (unknown.length > 0) throw new UsageError(`There is no part ${unknown.join(', ')}: ${parts.join(', ')}`);
    return { ...values, only };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
}

/** Everything that was asked for; what has no ground to stand on is not tried. */
async function prove(proof: Proof, only: readonly string[]): Promise<void> {
  const { report, release, image } = proof;
  const { ground } = release;
  if (!(await report.check(`what profile ${ground.profile} stands on`, () => ground.prepare()))) return;
  for (const name of PART_NAMES.filter((one) => only.includes(one))) {
    report.part(PARTS[name]?.title ?? name);
    await report.attempt(name, async () => {
      if (name !== 'install' && !(await release.installed())) await release.bring(image);
      await PARTS[name]?.prove(proof);
    });
  }
}

runCommand(async () => {
  const options = readOptions();
  // Where the cluster is this machine, those who look on must not take what the graph needs.
  setPriority(constants.priority.PRIORITY_LOW);
  const report = createReport();
  const settings = settingsOf(options);
  const { namespace, release: name, image, nats, postgres } = options;
  const ground =
    options.profile === 'ha'
      ? haGround({
          namespace,
          release: name,
          natsChart: options['nats-chart'],
          natsImage: nats,
          postgresImage: postgres,
          image,
        })
      : smallGround(namespace, name);
  const release = createRelease({ namespace, name, settings, ground });
  const proof: Proof = {
    report,
    release,
    image,
    previous: options.previous,
    k6: options.k6,
    tickets: { sales: options.tickets, stores: options.stores },
  };
  try {
    // One that is somebody's own ends here: nothing of it is touched.
    await makeNamespace(release.namespace);
    await prove(proof, options.only);
    if (!options.keep) await report.check('helm uninstall', () => release.uninstall());
  } finally {
    release.end();
  }
  if (options.out !== undefined) {
    const version = (await must('kubectl', ['version'])).trim().split('\n').at(-1) ?? '';
    const helm = (await must('helm', ['version', '--short'])).trim();
    report.save(
      options.out,
      `\`npm run test:cluster\`, ${new Date().toISOString().slice(0, 10)}: ${version}, Helm ${helm}, image ${image}, profile ${ground.profile}.`,
    );
  }
  console.log(`\n${report.passed} passed, ${report.failed} failed`);
  process.exit(report.failed === 0 ? 0 : 1);
});
