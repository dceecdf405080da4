import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT, UsageError } from '@atrium/testkit';
import { must, run } from './command';
import type { Ground } from './ground/ground';
import { smallGround } from './ground/small';
import { inNamespace, isOurs, type Namespace, removeNamespace } from './namespace';

export const CHART = join(ROOT, 'charts', 'atrium');

export interface ReleaseOptions {
  namespace: string;
  name: string;
  /** Arguments for Helm: -f and --set of whoever runs it. */
  settings: string[];
  /** Profile small brings its own. */
  ground?: Ground;
}

export interface Release extends Namespace {
  readonly name: string;
  readonly ground: Ground;
  /** Arguments for Helm that say what is installed: what the ground asks for, given settings, `more`. */
  values(image: string, more?: object): string[];
  installed(): Promise<boolean>;
  /** Installs or upgrades, and waits for nothing. */
  request(image: string, more?: object): Promise<void>;
  /** The same until everything is available. */
  bring(image: string, more?: object): Promise<void>;
  /** Until what was asked for last is there and available. */
  complete(): Promise<void>;
  /** All of it, as far as it has come; never what is in a namespace that was not made for a proof. */
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

export function createRelease({
  namespace,
  name,
  settings,
  ground = smallGround(namespace, name),
}: ReleaseOptions): Release {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-cluster-'));
  let files = 0;
  const file = (values: object) => {
    const path = join(folder, `values-${files++}.json`);
    writeFileSync(path, JSON.stringify(values));
    return path;
  };
  const asked = [...ground.files.flatMap((path) => ['-f', join(ROOT, path)]), '-f', file(ground.values)];
  const there = ['-n', namespace];
  const release: Release = {
    ...inNamespace(namespace),
    name,
    ground,
    values: (image, more = {}) => {
      const { repository, tag } = imageOf(image);
      return [
        ...[...asked, ...settings, '-f', file(more)],
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
      try {
        if ((await isOurs(namespace)) && (await release.installed()))
          await must('helm', ['uninstall', name, ...there, '--wait']);
      } finally {
        await ground.remove();
        await removeNamespace(namespace);
      }
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
  return release;
}
