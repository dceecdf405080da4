import { readState, UsageError } from '@atrium/platform/operator';
import { connect, type NatsConnection } from '@nats-io/transport-node';

/** The broker of the running local graph, or that of NATS_URL with the login of NATS_USER and NATS_PASSWORD. */
export async function openBroker(): Promise<NatsConnection> {
  const { NATS_URL, NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  const servers = NATS_URL ?? readState().natsUrl;
  return connect({ servers, user, pass, timeout: 5_000 }).catch((error: unknown) => {
    throw new UsageError(`NATS does not answer at ${servers}: ${error instanceof Error ? error.message : error}`);
  });
}
