// npm run test:restore: a backup under load, everything deleted, restored. See docs/how-to/backup-and-restore.md.
import { parseArgs } from 'node:util';
import { eventually, type SignToken, signCallerToken, UsageError } from '@atrium/testkit';
import { attached } from './cluster/proof/attach';
import { makeNamespace, removeNamespace } from './cluster/proof/namespace';
import { createRelease, imageOf, type Release, settingsOf } from './cluster/proof/release';
import { rows } from './cluster/proof/rows';
import { runCommand } from './command';
import { Operator } from './restore/operator';
import { SmsProvider } from './restore/provider';
import { CODE, Shop } from './restore/sales';

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
    const { image, ...others } = values;
    const members = Number(values.members);
    if (image === undefined || !Number.isInteger(members) || members < 10) throw new UsageError(HELP);
    imageOf(image);
    return { ...others, image, members };
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

interface Drill {
  release: Release;
  operator: Operator;
  provider: SmsProvider;
  image: string;
  members: number;
}

const OPERATED = { operations: { replicas: 1 } };

/** What is there before the loss, and when the backup of it was begun. */
interface Before {
  shop: Shop;
  secrets: Awaited<ReturnType<Operator['secrets']>>;
  begun: Date;
  backup: { name: string; archive: Buffer };
  sent: number;
}

async function sellAndBackUp({ release, operator, provider, image, members }: Drill): Promise<Before> {
  await step('install a release', async () => {
    await makeNamespace(release.namespace);
    await release.bring(image, { ...provider.values(), ...OPERATED });
  });
  await step('another master key', () => operator.changeMasterKey());
  const secrets = await operator.secrets();
  return attached(release, CODE, async ({ state: { gatewayUrl }, keys }) => {
    const sign: SignToken = (subject, claim) => signCallerToken(keys, subject, claim);
    const shop = new Shop(sign);
    await step(`a programme and ${members} members`, () => shop.open(gatewayUrl, members));

    let begun = new Date();
    let name = '';
    const selling = shop.sell(gatewayUrl, TILLS);
    selling.catch(() => undefined);
    await step('a backup while they buy', async () => {
      const enough = () => shop.sales.length >= members;
      await Promise.race([selling, eventually(enough, { what: 'a quarter of the sales', timeoutMs: SETTLE_MS })]);
      begun = new Date();
      const backup = await operator.backUp(SETTLE_MS);
      ({ name } = backup);
      return backup.said;
    });
    await step('they buy to the end, and it settles', async () => {
      await selling;
      return `${shop.sales.length} sales; ${await operator.untilLedgerHolds(SETTLE_MS)}`;
    });
    const archive = await operator.takeOut(name);
    return { shop, secrets, begun, backup: { name, archive }, sent: (await provider.received()).length };
  });
}

async function restore({ release, operator, provider, image }: Drill, { secrets, backup }: Before): Promise<void> {
  await step('everything is deleted, volumes too', () => removeNamespace(release.namespace));
  await step('a new release, restored', async () => {
    await makeNamespace(release.namespace);
    await release.apply(...secrets);
    await release.request(image, { ...provider.values(), ...OPERATED, backup: { restore: backup.name } });
    await operator.putBack(backup.archive);
    await release.complete();
  });
}

const findAll = ({ release, operator, provider, members }: Drill, { shop, begun, sent }: Before): Promise<void> =>
  attached(release, CODE, async ({ state: { gatewayUrl, databases } }) => {
    const settlement = databases['merchant-settlement'];
    const recorded = async () =>
      (await rows<{ id: string }>(settlement, 'select external_id as id from purchase')).map(({ id }) => id);
    await step('published again, and it settles', async () => {
      const facts = await rows<{ count: string }>(settlement, 'select count(*) from outbox');
      const from = new Date(begun.getTime() - 86_400_000).toISOString();
      await operator.command('republish', '--service', 'all', '--from', from);
      return `${facts[0]?.count} facts of settlement; ${await operator.untilLedgerHolds(SETTLE_MS)}`;
    });
    await step('members are read by the key that sealed them', async () => {
      const sealed = await rows<{ n: number }>(
        databases.member,
        'select count(*)::int as n from member where key_version = 2',
      );
      must(sealed[0]?.n === members, `${sealed[0]?.n} of ${members} members were sealed with the new key`);
      const readable = await shop.readable(gatewayUrl);
      must(readable === members, `${readable} of ${members} members can be read`);
      return `${readable} of ${members}, sealed since the master key was changed`;
    });
    const kept = new Set(await recorded());
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
    await step('tills say everything again, and it settles', async () => {
      const fresh = await shop.sayAgain(gatewayUrl);
      const stored = (await recorded()).sort();
      const said = shop.sales.map(({ input }) => input.externalId).sort();
      must(String(stored) === String(said), `${stored.length} sales are stored, ${said.length} were said`);
      // One that is said twice, as its first answer got lost, was new all the same.
      must(fresh <= shop.sales.length - kept.size, `${fresh} were new, ${shop.sales.length - kept.size} were lost`);
      return `${fresh} were new; ${await operator.untilLedgerHolds(SETTLE_MS)}`;
    });
    await step('nobody got a text message twice', async () => {
      const received = await provider.received();
      const told = new Set(received.map(({ to, text }) => `${to} ${text}`));
      must(sent > 0 && told.size >= members, `${told.size} messages for ${members} members`);
      must(received.length === told.size, `${received.length} messages accepted, ${told.size} of them different`);
      const again = received.filter(({ times }) => times > 1).length;
      return `${sent} before, ${received.length} now; ${again} asked for again and answered as duplicates`;
    });
  });

runCommand(async () => {
  const { image, members, namespace, keep, ...given } = readOptions();
  const provider = new SmsProvider(`${namespace}-sms`, image);
  const settings = settingsOf(given);
  const release = createRelease({ namespace, name: 'a', settings });
  const all = { release, operator: new Operator(release), provider, image, members };
  try {
    await provider.start();
    const before = await sellAndBackUp(all);
    await restore(all, before);
    await findAll(all, before);
    console.log('Restored: nothing that was in the backup is lost, nothing is doubled.');
  } finally {
    console.table(table);
    release.end();
    if (!keep) for (const name of [release.namespace, provider.namespace]) await removeNamespace(name);
  }
});
