import type { Log } from '@atrium/platform/light';
import type { NatsLogin } from '../config';
import { connectToBroker } from './broker';

/** Told by whoever has put a new file in place; nobody has to wait for the next look at it then. */
export const ANNOUNCEMENTS = { supergraph: 'atrium.control.supergraph', safelist: 'atrium.control.safelist' } as const;

const CONNECTION = { name: 'gateway', reconnectTimeWait: 500, without: 'no announcements' };

export type Announcements = { on(subject: string, heard: () => void): void; stop(): Promise<void> };

/** The gateway starts and works without a broker; announcements are heard once it is there. */
export function openAnnouncements(url: string | undefined, log: Log, login?: NatsLogin): Announcements {
  const stopping = new AbortController();
  const { signal } = stopping;
  const connected =
    url === undefined ? Promise.resolve(undefined) : connectToBroker(url, log, login, signal, CONNECTION);
  return {
    on(subject, heard) {
      void connected.then(async (connection) => {
        if (connection === undefined || signal.aborted) return;
        connection.subscribe(subject, { callback: (error) => (error === null ? heard() : undefined) });
        await connection.flush();
        heard(); // what was announced while nobody listened is in the file
      });
    },
    async stop() {
      stopping.abort();
      void connected.then((connection) => connection?.close());
      await (await Promise.race([connected, Promise.resolve(undefined)]))?.close();
    },
  };
}
