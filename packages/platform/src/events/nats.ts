import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ConfigError } from '../runtime/config';
import type { Log } from '../runtime/log';
import { STOP } from '../runtime/stopping';
import { ASK_LOGIN, isLoginRefused, tellOfConnection, withoutLogin } from './broker-status';
import { within } from './within';

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
  const connection = await connect({
    servers: options.url.split(',').map((server) => server.trim()),
    name: options.name,
    user: options.user,
    pass: options.password,
    // Answers come where, from the release after this one on, nobody else may listen (ADR 0045).
    ...(options.user === undefined ? {} : { inboxPrefix: `_INBOX.${options.user}` }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: false,
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    // A broker that is gone without a word is noticed after the second one that is not answered, not after minutes.
    pingInterval: 10_000,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const ask = isLoginRefused(error) ? ASK_LOGIN : 'Is it up, and is NATS_URL right?';
    throw new ConfigError(`${options.name}: no connection to NATS at ${withoutLogin(options.url)} (${why}). ${ask}`);
  });
  void tellOfConnection(connection, options.url, options.log);
  const jsm = await jetstreamManager(connection, { timeout: 5_000 }).catch(async (error: unknown) => {
    await connection.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `${options.name}: JetStream of NATS at ${withoutLogin(options.url)} does not answer (${why}). Is it turned on, and have its servers a leader?`,
    );
  });
  return {
    connection,
    js: jetstream(connection, { timeout: 5_000 }),
    jsm,
    async close() {
      // A broker that is away answers no drain: then what waits for it is given up.
      await within(STOP.brokerMs, connection.drain());
      await connection.close();
    },
  };
}
