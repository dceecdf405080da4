import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Log } from '@atrium/platform';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { CountFamily } from '../observe/families';

/** Told by whoever has put a new supergraph in place; nobody has to wait for the next look at the file then. */
export const ANNOUNCEMENT = 'atrium.control.supergraph';

export type SupergraphUpdates = { stop(): Promise<void> };

type Options = {
  path: string;
  /** What is running. */
  loaded: string;
  pollMs: number;
  natsUrl: string | undefined;
  /** Takes a new supergraph into use, or throws when it cannot be used. */
  load: (supergraphSdl: string) => Promise<void>;
  reloads: CountFamily<'outcome'>;
  log: Log;
};

/**
 * Reads the file now and then (it may be a link that is changed, as in a ConfigMap) and listens for announcements. One load
 * at a time; a supergraph that cannot be used is reported once, and the one before stays.
 */
export function followSupergraph({ path, loaded, pollMs, natsUrl, load, reloads, log }: Options): SupergraphUpdates {
  let seen = loaded;
  let missing = false;
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
      reloads.inc({ outcome: 'loaded' });
      log.info({ supergraph: nameOf(text) }, 'supergraph loaded');
    } catch (error) {
      refuse(error, text);
    }
  };
  const refuse = (error: unknown, text = '') => {
    reloads.inc({ outcome: 'refused' });
    log.error({ err: error, supergraph: nameOf(text) }, 'supergraph refused, the one before stays');
  };
  const lookInTurn = () => {
    running = running.then(look);
  };

  const timer = setInterval(lookInTurn, pollMs).unref();
  const announcements = natsUrl === undefined ? undefined : listen(natsUrl, lookInTurn, log);
  return {
    async stop() {
      clearInterval(timer);
      await announcements?.stop();
      await running;
    },
  };
}

/** Short, and the same for the same text in every gateway. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The gateway starts and works without a broker; announcements are heard once it is there. */
function listen(url: string, onAnnouncement: () => void, log: Log): { stop(): Promise<void> } {
  let stopped = false;
  const connected: Promise<NatsConnection | undefined> = connect({
    servers: url.split(',').map((server) => server.trim()),
    name: 'gateway',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    waitOnFirstConnect: true,
  }).catch((error: unknown) => {
    log.error({ err: error }, 'no announcements: NATS cannot be used');
    return undefined;
  });
  void connected.then(async (connection) => {
    if (connection === undefined) return;
    if (stopped) return connection.close();
    // What was announced while nobody listened is in the file.
    connection.subscribe(ANNOUNCEMENT, { callback: (error) => (error === null ? onAnnouncement() : undefined) });
    await connection.flush();
    onAnnouncement();
  });
  return {
    async stop() {
      stopped = true;
      const connection = await Promise.race([connected, Promise.resolve(undefined)]);
      await connection?.close();
    },
  };
}
