import type { Log } from '@atrium/platform/light';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsLogin } from '../config';

/** Told by whoever has put a new file in place; nobody has to wait for the next look at it then. */
export const ANNOUNCEMENTS = { supergraph: 'atrium.control.supergraph', safelist: 'atrium.control.safelist' } as const;

export type Announcements = { on(subject: string, heard: () => void): void; stop(): Promise<void> };

/** The gateway starts and works without a broker; announcements are heard once it is there. */
export function openAnnouncements(url: string | undefined, log: Log, login?: NatsLogin): Announcements {
  let stopped = false;
  const connected = url === undefined ? Promise.resolve(undefined) : connectTo(url, log, login);
  return {
    on(subject, heard) {
      void connected.then(async (connection) => {
        if (connection === undefined || stopped) return;
        connection.subscribe(subject, { callback: (error) => (error === null ? heard() : undefined) });
        await connection.flush();
        heard(); // what was announced while nobody listened is in the file
      });
    },
    async stop() {
      stopped = true;
      void connected.then((connection) => connection?.close());
      await (await Promise.race([connected, Promise.resolve(undefined)]))?.close();
    },
  };
}

function connectTo(url: string, log: Log, login?: NatsLogin): Promise<NatsConnection | undefined> {
  return connect({
    ...login,
    servers: url.split(',').map((server) => server.trim()),
    name: 'gateway',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    waitOnFirstConnect: true,
  }).catch((error: unknown) => {
    log.error({ err: error }, 'no announcements: NATS cannot be used');
    return undefined;
  });
}
