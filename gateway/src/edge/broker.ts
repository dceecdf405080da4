import { setTimeout } from 'node:timers/promises';
import { ASK_LOGIN, isLoginRefused, type Log, tellOfConnection, withoutLogin } from '@atrium/platform/light';
import { connect, errors, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsLogin } from '../config';

const RETRY_MS = 500;

/**
 * The gateway starts and answers without a broker, and hears it once it is there. A login that is refused at first is a wrong
 * environment: then there is nothing to hear, and that is said. One that is refused later, as while its password is changed, is tried
 * again for ever. Answers nothing too when `signal` says that nobody waits any more.
 */
export async function connectToBroker(
  url: string,
  log: Log,
  login: NatsLogin | undefined,
  signal: AbortSignal,
  options: NodeConnectionOptions & { without: string },
): Promise<NatsConnection | undefined> {
  const { without, ...own } = options;
  const servers = url.split(',').map((server) => server.trim());
  // Not the client's own waiting for a first connection (`waitOnFirstConnect`): nothing could end that.
  const all = { ...login, ...own, servers, maxReconnectAttempts: -1, ignoreAuthErrorAbort: true };
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const connection = await connect(all);
      void tellOfConnection(connection, url, log);
      if (!signal.aborted) return connection;
      await connection.close();
    } catch (error) {
      const refused = isLoginRefused(error);
      if (refused || error instanceof errors.InvalidArgumentError) {
        const ask = refused ? ASK_LOGIN : 'Is NATS_URL right?';
        log.error({ err: error }, `${without}: NATS at ${withoutLogin(url)} cannot be used. ${ask}`);
        return undefined;
      }
      if (tries === 0) log.warn({ err: error }, `${without} yet: NATS at ${withoutLogin(url)} does not answer`);
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
