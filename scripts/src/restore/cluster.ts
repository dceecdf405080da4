import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually, ROOT, UsageError } from '@atrium/testkit';
import { forward } from '../cluster/proof/attach';

export const RELEASE = 'a';
const CHART = join(ROOT, 'charts', 'atrium');
const MAX_OUTPUT = 2 ** 30;

/** A program's output; what it said is the error when it fails. */
export function run(program: string, args: readonly string[], input?: string | Buffer): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: MAX_OUTPUT });
  if (error) throw new UsageError(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new UsageError(`${program} ${args.slice(0, 6).join(' ')} …\n${stdout}${stderr}`);
  return stdout;
}

/** A release for a drill in a namespace of its own, on the cluster of the current kubeconfig. */
export class DrillCluster {
  private readonly ways: (() => void)[] = [];

  constructor(
    readonly namespace: string,
    private readonly settings: readonly string[],
  ) {}

  kubectl(args: readonly string[], input?: string | Buffer): Buffer {
    return run('kubectl', ['-n', this.namespace, ...args], input);
  }

  install(more: readonly string[] = []): void {
    const small = ['-n', this.namespace, '-f', join(CHART, 'values-small.yaml'), ...this.settings];
    run('helm', ['install', RELEASE, CHART, ...small, '--set', 'operations.replicas=1', ...more]);
  }

  untilAvailable(): void {
    const all = ['deployment', '-l', `app.kubernetes.io/instance=${RELEASE}`];
    this.kubectl(['wait', '--for=condition=Available', '--timeout=15m', ...all]);
  }

  /** Its database is started, and waits for what it is to restore. */
  async untilPostgresRuns(): Promise<void> {
    const phase = ['get', 'pod', `${RELEASE}-postgres-0`, '-o', 'jsonpath={.status.phase}'];
    await eventually(() => String(this.kubectl(phase)) === 'Running', {
      what: 'PostgreSQL runs',
      timeoutMs: 300_000,
      everyMs: 500,
    });
  }

  secret(name: string, key: string): string {
    const { data } = JSON.parse(String(this.kubectl(['get', 'secret', name, '-o', 'json']))) as {
      data: Record<string, string>;
    };
    return Buffer.from(data[key] ?? '', 'base64').toString();
  }

  /** One of the image's commands, where an operator runs them. */
  operation(...args: string[]): string {
    const pod = ['exec', `deployment/${RELEASE}-operations`, '--'];
    return String(this.kubectl([...pod, 'node', 'atrium.mjs', ...args]));
  }

  sql(database: string, query: string): string[] {
    const psql = ['exec', `${RELEASE}-postgres-0`, '--', 'psql', '-qAtX', '-U', 'postgres', '-d', database];
    return String(this.kubectl([...psql, '-c', query]))
      .split('\n')
      .filter((line) => line !== '');
  }

  /** The ledger check holds, after what was on its way has arrived. */
  async untilLedgerHolds(timeoutMs: number): Promise<string> {
    const told = await eventually(() => this.operation('check-ledger'), {
      what: 'the ledger check holds',
      timeoutMs,
      everyMs: 3_000,
    });
    return told.trim().split('\n').at(-1) ?? '';
  }

  /** A way to the gateway from here. */
  async forward(): Promise<string> {
    const { port, stop } = await forward(this, `${RELEASE}-gateway`, 80);
    this.ways.push(stop);
    return `http://127.0.0.1:${port}/graphql`;
  }

  /** Ends all ways that there are. */
  stop(): void {
    for (const stop of this.ways.splice(0)) stop();
  }
}
