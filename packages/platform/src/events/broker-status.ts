import { errors, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../runtime/log';

/** How often it is said that a login is still refused. */
const SAY_EVERY_MS = 30_000;
export const ASK_LOGIN = 'Are NATS_USER and NATS_PASSWORD right?';

export const isLoginRefused = (error: unknown): boolean =>
  error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;

/** An address as it may be logged: a login may be part of it. */
export const withoutLogin = (url: string): string => url.replace(/[^/,@]*@/g, '');

/**
 * For connections with `ignoreAuthErrorAbort`: without it the second refusal closes one for good, and nobody hears of it. Says what
 * happens once for each outage, not for each try (the client tells of every one, and of a success as often).
 */
export async function tellOfConnection(connection: NatsConnection, url: string, log: Log): Promise<void> {
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
    } else if (status.type === 'error' && isLoginRefused(status.error) && performance.now() - saidAt > SAY_EVERY_MS) {
      saidAt = performance.now();
      log.error(`nats: ${withoutLogin(url)} refuses this login (${status.error.message}). ${ASK_LOGIN} Trying again`);
    }
  }
}
