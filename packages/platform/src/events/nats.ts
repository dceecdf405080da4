import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import { ConfigError } from '../runtime/config';
import type { Log } from '../runtime/log';
import { within } from './within';

const CLOSE_MS = 2_000;
/** How often it is said that a login is still refused. */
const SAY_EVERY_MS = 30_000;
const ASK_LOGIN = 'Are NATS_USER and NATS_PASSWORD right?';

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

/**
 * Connects to NATS and stays connected: a lost server is tried again for ever, also one that refuses the login for a while, as when its
 * password is changed there first. A first connection that fails is a wrong environment.
 */
export async function openBus(options: BusOptions): Promise<Bus> {
  // Logins may be part of an address.
  const where = options.url.replace(/[^/,@]*@/g, '');
  const connection = await connect({
    servers: options.url.split(',').map((server) => server.trim()),
    name: options.name,
    user: options.user,
    pass: options.password,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: false,
    // Otherwise the second refusal would close the connection for good, and nobody would hear of it.
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const ask = isRefusal(error) ? ASK_LOGIN : 'Is it up, and is NATS_URL right?';
    throw new ConfigError(`${options.name}: no connection to NATS at ${where} (${why}). ${ask}`);
  });
  void sayWhatHappens(connection, where, options.log);
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

const isRefusal = (error: unknown): boolean =>
  error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;

/** Once for each outage, not for each try (the client tells of every one, and of a success as often). */
async function sayWhatHappens(connection: NatsConnection, where: string, log: Log): Promise<void> {
  let lost = false;
  let saidAt = -Infinity;
  for await (const status of connection.status()) {
    if (status.type === 'disconnect' && !lost) {
      lost = true;
      log.warn('nats: connection lost, connecting again');
    } else if (status.type === 'reconnect' && lost) {
      lost = false;
      saidAt = -Infinity;
      log.info('nats: connected again');
    } else if (status.type === 'error' && isRefusal(status.error) && performance.now() - saidAt > SAY_EVERY_MS) {
      saidAt = performance.now();
      log.error(`nats: ${where} refuses this login (${status.error.message}). ${ASK_LOGIN} Trying again`);
    }
  }
}
