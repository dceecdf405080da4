import { run } from '../command';
import { labelsOf, runPod } from '../pods';
import type { Proof } from '../proof';
import { CHART } from '../release';

interface Try {
  what: string;
  args: string[];
  env: Record<string, string>;
  /** What the one line must say. */
  says: string[];
}

/** Nobody listens there, in the pod itself. */
const NOWHERE = '127.0.0.1:1';
const TRIES: Try[] = [
  {
    what: 'a database that is away',
    args: ['points', 'api'],
    env: { DATABASE_URL: `postgres://points_app:secret@${NOWHERE}/points` },
    says: ['points: no connection to PostgreSQL at 127.0.0.1:1/points as points_app', 'database URL'],
  },
  {
    what: 'a database that is away, at a migration',
    args: ['points', 'migrate'],
    env: { MIGRATION_DATABASE_URL: `postgres://points_owner:secret@${NOWHERE}/points` },
    says: ['no connection to PostgreSQL at 127.0.0.1:1/points as points_owner', 'database URL'],
  },
  {
    what: 'NATS that is away',
    args: ['points', 'worker'],
    env: { NATS_URL: `nats://${NOWHERE}` },
    says: ['points: no connection to NATS at nats://127.0.0.1:1', 'NATS_URL'],
  },
  {
    what: 'a wrong password for NATS',
    args: ['points', 'worker'],
    env: { NATS_PASSWORD: 'wrong' },
    says: ['points: no connection to NATS', 'NATS_USER and NATS_PASSWORD'],
  },
  {
    what: 'more replicas of streams than NATS has servers',
    args: ['points', 'worker'],
    env: { NATS_REPLICAS: '3' },
    says: ['too few servers', 'NATS_REPLICAS'],
  },
  {
    what: 'an address that is none',
    args: ['points', 'api'],
    env: { DATABASE_URL: 'points' },
    says: ['The environment is not right:', 'DATABASE_URL'],
  },
];

/** What is wrong at run time ends in one line in the pod's log that says what to set, and never in a password. */
export async function wrongValues({ report, release, image }: Proof): Promise<void> {
  const { name } = release;
  const config = await release.get<{ data: Record<string, string> }>('configmap', `${name}-points`);
  for (const { what, args, env, says } of TRIES)
    await report.check(what, async () => {
      const labels = labelsOf(release, 'points', args[1] ?? '');
      const secrets = [`${name}-points-${args[1] === 'migrate' ? 'owner' : 'app'}`];
      const log = await runPod(release, 'wrong-values', image, {
        labels,
        args,
        env: { ...config.data, ...env },
        secrets,
      })
        .then((text) => `it did not fail: ${text}`)
        .catch((error: Error) => error.message);
      const plain = log.split('\n').filter((line) => !line.startsWith('{'));
      if (!says.every((part) => log.includes(part)) || plain.length > 2 || log.includes('secret@'))
        throw new Error(log);
      return plain.join(' ');
    });
  await report.check('a Secret that is not there', async () => {
    const values = [...release.values(image), '--set', 'points.secrets.app=nowhere'];
    const { ok, text } = await run('helm', [
      'upgrade',
      name,
      CHART,
      '-n',
      release.namespace,
      ...values,
      '--dry-run=server',
    ]);
    const line = text.split('\n').find((one) => one.includes('points: secrets.app: there is no Secret nowhere'));
    if (ok || line === undefined) throw new Error(text);
    return line.replace(/^.*(?=points: secrets)/, '');
  });
}
