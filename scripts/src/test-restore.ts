// npm run test:restore: a backup under load, everything deleted, restored. See docs/how-to/backup-and-restore.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, LOCAL_AUDIENCE, type SignToken, signCallerToken, UsageError } from '@atrium/testkit';
import { makeNamespace, removeNamespace } from './cluster/proof/namespace';
import { runCommand } from './command';
import { DrillCluster, RELEASE } from './restore/cluster';
import { SmsProvider } from './restore/provider';
import { Shop } from './restore/sales';

const HELP = `npm run test:restore -- --image REPOSITORY:TAG [options]
  --values FILE      more values of the release, may be given again
  --set KEY=VALUE    the same, one by one
  --members N        who buy four times each (150)
  --namespace NAME   made and deleted (atrium-restore)
  --keep             leaves the restored release where it is
On the cluster of the current kubeconfig. postgres.image must have the pg_dump of its server.`;

const SETTLE_MS = 600_000;
const TILLS = 4;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        image: { type: 'string' },
        values: { type: 'string', multiple: true, default: [] },
        set: { type: 'string', multiple: true, default: [] },
        members: { type: 'string', default: '150' },
        namespace: { type: 'string', default: 'atrium-restore' },
        keep: { type: 'boolean', default: false },
      },
    });
    const [, repository, tag] = /^(.+):([^:/]+)$/.exec(values.image ?? '') ?? [];
    const members = Number(values.members);
    if (!repository || !tag || !Number.isInteger(members) || members < 10) throw new UsageError(HELP);
    return { ...values, image: `${repository}:${tag}`, repository, tag, members };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${HELP}`);
  }
}

const table: { step: string; seconds: string; found: string }[] = [];

/** A line of the table. A step that fails ends the drill with its reason. */
async function step(what: string, work: () => string | void | Promise<string | void>): Promise<void> {
  const begun = performance.now();
  process.stderr.write(`${what} …\n`);
  const found = (await work()) ?? 'ok';
  table.push({ step: what, seconds: ((performance.now() - begun) / 1000).toFixed(1), found });
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new UsageError(`NOT RIGHT: ${otherwise}`);
}

const signer = (cluster: DrillCluster): SignToken => {
  const issuer = JSON.parse(cluster.secret(`${RELEASE}-callers`, 'ISSUER_KEY')) as Parameters<
    typeof signCallerToken
  >[0]['issuer'];
  const names = { issuer: `https://${RELEASE}.atrium.localhost`, audience: LOCAL_AUDIENCE };
  return (subject, claim) => signCallerToken({ issuer }, subject, claim, names);
};

async function drill(cluster: DrillCluster, provider: SmsProvider, members: number): Promise<void> {
  await step('install a release', async () => {
    await makeNamespace(cluster.namespace);
    cluster.install();
    cluster.untilAvailable();
  });
  const shop = new Shop(signer(cluster));
  const root = cluster.secret(`${RELEASE}-root`, 'seed');
  const before = await cluster.forward();
  await step(`a programme and ${members} members`, () => shop.open(before, members));

  let begun = new Date();
  let backup = '';
  const selling = shop.sell(before, TILLS);
  selling.catch(() => undefined);
  await step('a backup while they buy', async () => {
    const enough = () => shop.sales.length >= members;
    await Promise.race([selling, eventually(enough, { what: 'a quarter of the sales', timeoutMs: SETTLE_MS })]);
    begun = new Date();
    cluster.kubectl(['create', 'job', 'drill', `--from=cronjob/${RELEASE}-backup`]);
    const ended = () =>
      String(cluster.kubectl(['get', 'job', 'drill', '-o', 'jsonpath={.status.succeeded}{.status.failed}'])) || null;
    // Looked at from time to time, as this process sells meanwhile.
    await eventually(ended, { what: 'the backup ends', timeoutMs: SETTLE_MS, everyMs: 500 });
    const said = String(cluster.kubectl(['logs', 'job/drill']));
    backup = /^backup (\S+Z):/m.exec(said)?.[1] ?? '';
    must(backup !== '', said);
    return said.trim().split('\n').at(-1);
  });
  await step('they buy to the end, and it settles', async () => {
    await selling;
    return `${shop.sales.length} sales; ${await cluster.untilLedgerHolds(SETTLE_MS)}`;
  });
  cluster.stop();
  const sent = provider.received();
  const archive = cluster.kubectl([
    ...['exec', `deployment/${RELEASE}-operations`, '--'],
    ...['tar', '-C', '/backups', '-cf', '-', backup],
  ]);

  await step('everything is deleted, volumes too', () => removeNamespace(cluster.namespace));
  await step('a new release, restored', async () => {
    await makeNamespace(cluster.namespace);
    cluster.kubectl(['create', 'secret', 'generic', `${RELEASE}-root`, `--from-literal=seed=${root}`]);
    cluster.install(['--set', `backup.restore=${backup}`]);
    await cluster.untilPostgresRuns();
    cluster.kubectl(['exec', '-i', `${RELEASE}-postgres-0`, '--', 'tar', '-xf', '-', '-C', '/backups'], archive);
    cluster.untilAvailable();
  });

  await step('published again, and it settles', async () => {
    const count = cluster.sql('merchant_settlement', 'select count(*) from outbox')[0];
    cluster.operation('republish', '--service', 'all', '--from', new Date(begun.getTime() - 86_400_000).toISOString());
    return `${count} facts of settlement; ${await cluster.untilLedgerHolds(SETTLE_MS)}`;
  });
  const kept = new Set(cluster.sql('merchant_settlement', 'select external_id from purchase'));
  await step('what was acknowledged before the backup is there', () => {
    const due = shop.sales.filter(({ acknowledged }) => acknowledged < begun);
    const missing = due.filter(({ input }) => !kept.has(input.externalId));
    must(missing.length === 0, `${missing.length} sales are missing, like ${missing[0]?.input.externalId}`);
    must(
      kept.size < shop.sales.length,
      'nothing was recorded after the backup: this proves too little, take more --members',
    );
    return `${due.length} of ${due.length}, and ${kept.size - due.length} that were under way`;
  });
  const after = await cluster.forward();
  await step('tills say everything again, and it settles', async () => {
    const fresh = await shop.sayAgain(after);
    const stored = cluster.sql('merchant_settlement', 'select external_id from purchase').sort();
    const said = shop.sales.map(({ input }) => input.externalId).sort();
    must(String(stored) === String(said), `${stored.length} sales are stored, ${said.length} were said`);
    // One that is said twice, as its first answer got lost, was new all the same.
    must(fresh <= shop.sales.length - kept.size, `${fresh} were new, ${shop.sales.length - kept.size} were lost`);
    return `${fresh} were new; ${await cluster.untilLedgerHolds(SETTLE_MS)}`;
  });
  await step('nobody got a text message twice', () => {
    const received = provider.received();
    const told = new Set(received.map(({ to, text }) => `${to} ${text}`));
    must(sent.length > 0 && told.size >= members, `${told.size} messages for ${members} members`);
    must(received.length === told.size, `${received.length} messages accepted, ${told.size} of them different`);
    const again = received.filter(({ times }) => times > 1).length;
    return `${sent.length} before, ${received.length} now; ${again} asked for again and answered as duplicates`;
  });
}

runCommand(async () => {
  const options = readOptions();
  const provider = new SmsProvider(`${options.namespace}-sms`, options.image);
  const folder = mkdtempSync(join(tmpdir(), 'atrium-restore-'));
  const own = join(folder, 'values.json');
  writeFileSync(own, JSON.stringify(provider.values()));
  const cluster = new DrillCluster(options.namespace, [
    ...[own, ...options.values].flatMap((file) => ['-f', file]),
    ...['--set', `global.image.repository=${options.repository}`, '--set-string', `global.image.tag=${options.tag}`],
    ...options.set.flatMap((pair) => ['--set', pair]),
  ]);
  try {
    await provider.start();
    await drill(cluster, provider, options.members);
    console.log('Restored: nothing that was in the backup is lost, nothing is doubled.');
  } finally {
    console.table(table);
    cluster.stop();
    rmSync(folder, { recursive: true });
    if (!options.keep) for (const name of [cluster.namespace, provider.namespace]) await removeNamespace(name);
  }
});
