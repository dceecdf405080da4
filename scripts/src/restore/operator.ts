import { eventually } from '@atrium/testkit';
import type { Release } from '../cluster/proof/release';

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
    return this.exec(this.operations, ['tar', '-C', '/backups', '-cf', '-', backup]);
  }

  /** As soon as the database is started: it waits for what it is to restore. */
  async putBack(archive: Buffer): Promise<void> {
    const pod = `${this.release.name}-postgres-0`;
    const phase = () => this.release.kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.phase}');
    await eventually(async () => (await phase()) === 'Running', {
      what: 'PostgreSQL runs',
      timeoutMs: 300_000,
      everyMs: 500,
    });
    await this.exec(pod, ['tar', '-xf', '-', '-C', '/backups'], archive);
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
