import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ConfigError } from '../runtime/config';
import type { Log } from '../runtime/log';
import { within } from './within';

const CLOSE_MS = 2_000;

export interface Bus {
  connection: NatsConnection;
  js: JetStreamClient;
  jsm: JetStreamManager;
  close(): Promise<void>;
}

export interface BusOptions {
  url: string;
  name: string;
  user?: string;
  password?: string;
  log: Log;
}

/** Connects to NATS and stays connected: a lost server is tried again for ever. */
export async function openBus(options: BusOptions): Promise<Bus> {
  const connection = await connect({
    servers: options.url.split(',').map((server) => server.trim()),
    name: options.name,
    user: options.user,
    pass: options.password,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: false,
    timeout: 5_000,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    // Logins may be part of an address.
    const where = options.url.replace(/[^/,@]*@/g, '');
    const ask = /authorization/i.test(why)
      ? 'Are NATS_USER and NATS_PASSWORD right?'
      : 'Is it up, and is NATS_URL right?';
    throw new ConfigError(`${options.name}: no connection to NATS at ${where} (${why}). ${ask}`);
  });
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') options.log.warn('nats: connection lost, connecting again');
      if (status.type === 'reconnect') options.log.info('nats: connected again');
    }
  })();
  return {
    connection,
    js: jetstream(connection, { timeout: 5_000 }),
    jsm: await jetstreamManager(connection, { timeout: 5_000 }),
    async close() {
      // A broker that is away answers no drain: then what waits for it is given up.
      await within(CLOSE_MS, connection.drain());
      await connection.close();
    },
  };
}
