import { ASK_LOGIN, isLoginRefused, type Log, tellOfConnection, withoutLogin } from '@atrium/platform/light';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsLogin } from '../config';

/**
 * The gateway starts and answers without a broker, and hears it once it is there. A login that is refused at first is a wrong
 * environment: then there is nothing to hear, and that is said. One that is refused later, as while its password is changed, is tried
 * again for ever.
 */
export async function connectToBroker(
  url: string,
  log: Log,
  login: NatsLogin | undefined,
  options: NodeConnectionOptions & { without: string },
): Promise<NatsConnection | undefined> {
  const { without, ...own } = options;
  const all: NodeConnectionOptions = {
    ...login,
    ...own,
    servers: url.split(',').map((server) => server.trim()),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
  };
  try {
    await (await connect(all)).close();
    const connection = await connect({ ...all, ignoreAuthErrorAbort: true });
    void tellOfConnection(connection, url, log);
    return connection;
  } catch (error) {
    const ask = isLoginRefused(error) ? ASK_LOGIN : 'Is NATS_URL right?';
    log.error({ err: error }, `${without}: NATS at ${withoutLogin(url)} cannot be used. ${ask}`);
    return undefined;
  }
}
