import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Log } from '@atrium/platform/light';
import type { CountFamily } from '../observe/families';
import { type Announcements, ANNOUNCEMENTS } from './announcements';

export type FollowedFile = { stop(): Promise<void> };

type Options = {
  what: keyof typeof ANNOUNCEMENTS;
  path: string;
  /** What is running. */
  loaded: string;
  pollMs: number;
  announcements: Announcements;
  /** Takes a new text into use, or throws when it cannot be used. */
  load: (text: string) => Promise<void> | void;
  reloads: CountFamily<'outcome'>;
  log: Log;
};

/**
 * Reads the file now and then (it may be a link that is changed, as in a ConfigMap) and listens for announcements. One load
 * at a time; a text that cannot be used is reported once, and the one before stays.
 */
export function followFile({ what, path, loaded, pollMs, announcements, load, reloads, log }: Options): FollowedFile {
  // Both are there at 0: an alert asks by how much they have grown.
  const [taken, refused] = [reloads.of({ outcome: 'loaded' }), reloads.of({ outcome: 'refused' })];
  let seen = loaded;
  let missing = false;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  const look = async () => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
      missing = false;
    } catch (error) {
      if (!missing) refuse(error);
      missing = true;
      return;
    }
    if (text === seen) return;
    seen = text; // a broken one is tried once, not at every look
    try {
      await load(text);
      taken.add();
      log.info({ [what]: nameOf(text) }, `${what} loaded`);
    } catch (error) {
      refuse(error, text);
    }
  };
  const refuse = (error: unknown, text = '') => {
    refused.add();
    log.error({ err: error, [what]: nameOf(text) }, `${what} refused, the one before stays`);
  };
  const lookInTurn = () => {
    if (!stopped) running = running.then(look);
  };

  const timer = setInterval(lookInTurn, pollMs).unref();
  announcements.on(ANNOUNCEMENTS[what], lookInTurn);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Short, and the same for the same text in every gateway. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
