import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT, UsageError } from '@atrium/testkit';
import { must, run, type Ran } from './command';
import { removeNamespace } from './namespace';

export const CHART = join(ROOT, 'charts', 'atrium');
export const PARTS = ['member', 'points', 'coupon', 'tier', 'merchantSettlement', 'messaging'] as const;

/**
 * Requests that fit on a laptop beside everything else. On a full node the processor is shared in their proportion, so they keep
 * the charts' own: most for what all others wait for, least for what nobody waits for.
 */
const cpu = (request: string, memory: string) => ({ resources: { requests: { cpu: request, memory } } });
const MODEST = {
  postgres: cpu('300m', '256Mi'),
  nats: cpu('60m', '64Mi'),
  gateway: cpu('100m', '256Mi'),
  ...Object.fromEntries(PARTS.map((part) => [part, { api: cpu('40m', '128Mi'), worker: cpu('10m', '128Mi') }])),
};

export interface ReleaseOptions {
  namespace: string;
  name: string;
  /** Arguments for Helm: -f and --set of whoever runs it. */
  settings: string[];
}

export interface Release {
  readonly namespace: string;
  readonly name: string;
  kubectl(...args: string[]): Promise<string>;
  tryKubectl(args: string[], input?: string | Buffer): Promise<Ran>;
  get<T>(...args: string[]): Promise<T>;
  apply(resource: object): Promise<void>;
  secret(name: string): Promise<Record<string, string>>;
  /** Arguments for Helm that say what is installed: profile small, modest requests, given settings, `more`. */
  values(image: string, more?: object): string[];
  installed(): Promise<boolean>;
  /** Installs or upgrades, and waits for nothing. */
  request(image: string, more?: object): Promise<void>;
  /** The same until everything is available. */
  bring(image: string, more?: object): Promise<void>;
  /** Until what was asked for last is there and available. */
  complete(): Promise<void>;
  uninstall(): Promise<void>;
  end(): void;
}

/** What a command was given by -f (--values) and --set. */
export const settingsOf = ({ values, set }: { values: string[]; set: string[] }): string[] => [
  ...values.flatMap((file) => ['-f', resolve(file)]),
  ...set.flatMap((pair) => ['--set', pair]),
];

export function imageOf(reference: string): { repository: string; tag: string } {
  const [, repository = '', tag = ''] = /^(.+):([^:/]+)$/.exec(reference) ?? [];
  if (tag === '') throw new UsageError(`${reference} is no REPOSITORY:TAG`);
  return { repository, tag };
}

export function createRelease({ namespace, name, settings }: ReleaseOptions): Release {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-cluster-'));
  let files = 0;
  const file = (values: object) => {
    const path = join(folder, `values-${files++}.json`);
    writeFileSync(path, JSON.stringify(values));
    return path;
  };
  const modest = file(MODEST);
  const there = ['-n', namespace];
  const release: Release = {
    namespace,
    name,
    kubectl: (...args) => must('kubectl', [...there, ...args]),
    tryKubectl: (args, input) => run('kubectl', [...there, ...args], input === undefined ? {} : { input }),
    get: async <T>(...args: string[]) => JSON.parse(await release.kubectl('get', ...args, '-o', 'json')) as T,
    apply: async (resource) => {
      await must('kubectl', [...there, 'apply', '-f', '-'], { input: JSON.stringify(resource) });
    },
    async secret(of) {
      const { data } = await release.get<{ data: Record<string, string> }>('secret', of);
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    },
    values: (image, more = {}) => {
      const { repository, tag } = imageOf(image);
      return [
        ...['-f', join(CHART, 'values-small.yaml'), '-f', modest, ...settings, '-f', file(more)],
        ...['--set', `global.image.repository=${repository}`, '--set-string', `global.image.tag=${tag}`],
      ];
    },
    installed: async () => (await run('helm', ['status', name, ...there])).ok,
    async request(image, more) {
      await must('helm', ['upgrade', '--install', name, CHART, ...there, ...release.values(image, more)]);
    },
    async bring(image, more) {
      await release.request(image, more);
      await release.complete();
    },
    async complete() {
      // Not --wait of Helm: it waits for volumes too, and one that nobody uses yet may stay unbound for good reasons.
      for (const kind of ['statefulset', 'deployment'])
        await release.kubectl('rollout', 'status', kind, '-l', `app.kubernetes.io/instance=${name}`, '--timeout=15m');
    },
    async uninstall() {
      await must('helm', ['uninstall', name, ...there, '--wait']);
      await removeNamespace(namespace);
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
  return release;
}
