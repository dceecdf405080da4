// What operators turn on a peak day, without a restart: a folder with a file for each switch, as a ConfigMap is mounted.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';
import { Wakeup } from '../events/wakeup';
import type { Log } from './log';

/** Each with how it stands when nobody has said anything, and how it stands when it is turned. */
const SWITCHES = {
  /** Members keep the tiers they have; what they have bought since is counted afterwards. */
  'tier-recompute': ['now', 'later'],
  /** Nothing is written to inboxes and no text is sent; both come afterwards. */
  messaging: ['sending', 'paused'],
} as const;
export type SwitchName = keyof typeof SWITCHES;

const LOOK_MS = 2_000;

export interface Switches {
  stop(): Promise<void>;
}

/**
 * Looks every two seconds how a switch stands and tells when that has changed, first at once. No folder or no file: as usual. A word
 * that is none is said in the log, and nothing changes by it: a typing error must turn nothing on or off.
 */
export async function watchSwitch(
  folder: string,
  name: SwitchName,
  registry: Registry,
  log: Log,
  turned: (on: boolean) => void,
): Promise<Switches> {
  const [usual, other] = SWITCHES[name];
  const gauge = new Gauge({
    name: 'atrium_switch_turned',
    help: 'Whether an operator has turned this switch away from how it usually stands.',
    labelNames: ['switch'],
    registers: [registry],
  });
  gauge.set({ switch: name }, 0);
  let said: string = usual;

  async function look(): Promise<void> {
    const word = await readFile(join(folder, name), 'utf8').then((text) => text.trim() || usual, notThere(usual));
    if (word === said) return;
    if (word === usual || word === other) {
      log.warn({ switch: name, from: said, to: word }, 'switch turned');
      gauge.set({ switch: name }, word === other ? 1 : 0);
      turned(word === other);
    } else log.error({ switch: name, word: word.slice(0, 40), words: [usual, other] }, 'no such word for this switch');
    said = word;
  }

  const pause = new Wakeup();
  let stopping = false;
  await look();
  const loop = (async () => {
    while (!stopping) {
      await pause.wait(LOOK_MS, { deaf: true });
      if (!stopping)
        await look().catch((error: unknown) => log.warn({ err: error, switch: name }, 'cannot be read now'));
    }
  })();
  return {
    async stop() {
      stopping = true;
      pause.wake(true);
      await loop;
    },
  };
}

const notThere = (usual: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return usual;
  throw error;
};
