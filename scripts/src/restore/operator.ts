import { randomBytes } from 'node:crypto';
import { eventually } from '@atrium/testkit';
import type { Release } from '../cluster/proof/release';

interface Secret {
  kind: string;
  apiVersion: string;
  type: string;
  metadata: { name: string; labels?: Record<string, string> };
  data?: Record<string, string>;
}

/** What an operator does in a release that is restored, where the page about it says. */
export class Operator {
  constructor(private readonly release: Release) {}

  /** One of the image's commands. */
  async command(...args: string[]): Promise<string> {
    return String(await this.exec(this.operations, ['node', 'atrium.mjs', ...args]));
  }

  /** The ledger check holds, after what was on its way has arrived. */
  async untilLedgerHolds(timeoutMs: number): Promise<string> {
    const told = await eventually(() => this.command('check-ledger'), {
      what: 'the ledger check holds',
      timeoutMs,
      everyMs: 3_000,
    });
    return told.trim().split('\n').at(-1) ?? '';
  }

  /** Runs the CronJob's backup now; answers its name and what it said last. */
  async backUp(timeoutMs: number): Promise<{ name: string; said: string }> {
    const { release } = this;
    await release.kubectl('create', 'job', 'drill', `--from=cronjob/${release.name}-backup`);
    const states = 'jsonpath={.status.succeeded}{.status.failed}';
    const ended = async () => (await release.kubectl('get', 'job', 'drill', '-o', states)) || null;
    await eventually(ended, { what: 'the backup ends', timeoutMs, everyMs: 500 });
    const said = await release.kubectl('logs', 'job/drill');
    const name = /^backup (\S+Z):/m.exec(said)?.[1];
    if (name === undefined) throw new Error(said.trim());
    return { name, said: said.trim().split('\n').at(-1) ?? '' };
  }

  takeOut(backup: string): Promise<Buffer> {
    return this.exec(this.postgres, ['tar', '-C', '/backups', '-cf', '-', backup]);
  }

  /** As soon as the database's pod runs: it waits for what it is to restore. */
  async putBack(archive: Buffer): Promise<void> {
    await eventually(() => this.exec(this.postgres, ['true']).then(() => true), {
      what: 'the pod of PostgreSQL runs',
      timeoutMs: 300_000,
      everyMs: 2_000,
    });
    await this.exec(this.postgres, ['tar', '-xf', '-', '-C', '/backups'], archive);
  }

  /** The master key of members' data, by the two steps of docs/runbooks/rotate-keys.md: what is sealed from now on no seed gives back. */
  async changeMasterKey(): Promise<void> {
    const { release } = this;
    const old = (await release.secret(`${release.name}-member-app`))['MEMBER_MASTER_KEY'];
    const fresh = randomBytes(32).toString('base64');
    const steps: Record<string, string>[] = [
      { MEMBER_OLD_MASTER_KEYS: JSON.stringify({ 2: fresh }) },
      {
        MEMBER_MASTER_KEY: fresh,
        MEMBER_MASTER_KEY_VERSION: '2',
        MEMBER_OLD_MASTER_KEYS: JSON.stringify({ 1: old }),
      },
    ];
    for (const stringData of steps) {
      const patch = JSON.stringify({ stringData });
      await release.kubectl('patch', 'secret', `${release.name}-member-app`, '-p', patch);
      const member = ['deployment', '-l', `app.kubernetes.io/instance=${release.name},app.kubernetes.io/name=member`];
      await release.kubectl('rollout', 'restart', ...member);
      await release.kubectl('rollout', 'status', ...member, '--timeout=10m');
    }
  }

  /** Every Secret of the namespace but Helm's own, as they are to be put back before anything is installed. */
  async secrets(): Promise<Secret[]> {
    const { items } = await this.release.get<{ items: Secret[] }>(
      'secret',
      '--field-selector',
      'type!=helm.sh/release.v1',
    );
    return items.map(({ metadata: { name, labels = {} }, data = {}, ...secret }) => ({
      ...secret,
      metadata: { name, labels },
      data,
    }));
  }

  private get postgres(): string {
    return `${this.release.name}-postgres-0`;
  }

  private get operations(): string {
    return `deployment/${this.release.name}-operations`;
  }

  private async exec(where: string, command: string[], input?: Buffer): Promise<Buffer> {
    const args = ['exec', ...(input === undefined ? [] : ['-i']), where, '--', ...command];
    const { ok, bytes, text } = await this.release.tryKubectl(args, input);
    if (!ok) throw new Error(text.trim());
    return bytes;
  }
}
