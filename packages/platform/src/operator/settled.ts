import { durableName, SERVICES, SUBSCRIPTIONS } from '@atrium/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import type { LocalState } from './state';

export interface Backlog {
  /** Facts that no stream has yet. */
  unpublished: number;
  /** Messages that a consumer has not taken, or not acknowledged. */
  untaken: number;
  /** Events that wait for another one. */
  parked: number;
}

const DURABLES = SERVICES.flatMap((service) => SUBSCRIPTIONS[service].map((event) => durableName(service, event)));

export interface BacklogReader {
  read(): Promise<Backlog>;
  close(): Promise<void>;
}

/** Reads what is still on its way between the services of a graph. */
export async function backlogReader(
  state: Pick<LocalState, 'natsUrl' | 'natsLogin' | 'databases'>,
): Promise<BacklogReader> {
  const clients = await Promise.all(
    SERVICES.map(async (name) => {
      const client = new Client({ connectionString: state.databases[name] });
      await client.connect();
      return client;
    }),
  );
  const nats = await connect({ servers: state.natsUrl, ...state.natsLogin, maxReconnectAttempts: -1 });
  const jsm = await jetstreamManager(nats);
  return {
    async read() {
      const backlog: Backlog = { unpublished: 0, untaken: 0, parked: 0 };
      for (const client of clients) {
        const { rows } = await client.query<{ unpublished: number; parked: number }>(
          `select (select count(*)::int from outbox where published_at is null) as unpublished,
                  (select count(*)::int from parked_event) as parked`,
        );
        backlog.unpublished += rows[0]?.unpublished ?? 0;
        backlog.parked += rows[0]?.parked ?? 0;
      }
      // One question for each stream; asking for each consumer would load the broker that is being waited for.
      const known = new Set<string>();
      for await (const stream of jsm.streams.names()) {
        for await (const info of jsm.consumers.list(stream)) {
          known.add(info.name);
          backlog.untaken += info.num_pending + info.num_ack_pending;
        }
      }
      const missing = DURABLES.filter((name) => !known.has(name));
      if (missing.length > 0) throw new Error(`consumers are not there yet: ${missing.join(', ')}`);
      return backlog;
    },
    async close() {
      await nats.close();
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

/**
 * Waits until nothing is on its way any more: outboxes empty, every consumer caught up, nothing parked, twice in a row
 * (an event that is applied states new ones). Tells the backlog to `watch` at each look.
 */
export async function untilSettled(
  state: Pick<LocalState, 'natsUrl' | 'natsLogin' | 'databases'>,
  options: { timeoutMs?: number; watch?: (backlog: Backlog) => void } = {},
): Promise<void> {
  const reader = await backlogReader(state);
  const deadline = Date.now() + (options.timeoutMs ?? 120_000);
  try {
    for (let quiet = 0; quiet < 2;) {
      let backlog: Backlog;
      try {
        backlog = await reader.read();
      } catch (error) {
        // A broker that is starting again has no consumers for a moment.
        if (Date.now() > deadline) throw error;
        backlog = { unpublished: 0, untaken: 1, parked: 0 };
      }
      options.watch?.(backlog);
      quiet = backlog.unpublished + backlog.untaken + backlog.parked === 0 ? quiet + 1 : 0;
      if (Date.now() > deadline) throw new Error(`not settled in time: ${JSON.stringify(backlog)}`);
      if (quiet < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await reader.close();
  }
}
