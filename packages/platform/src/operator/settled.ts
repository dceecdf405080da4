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
  /** Messages that streams have ever had: as long as it grows, something is on its way between two looks. */
  stated: number;
}

const NONE: Backlog = { unpublished: 0, untaken: 0, parked: 0, stated: 0 };

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
      const backlog = { ...NONE };
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
      for await (const { config, state: held } of jsm.streams.list()) {
        backlog.stated += held.last_seq;
        for await (const info of jsm.consumers.list(config.name)) {
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
 * Waits until nothing is on its way any more: outboxes empty, every consumer caught up, nothing parked, twice in a row with
 * nothing stated between. One look is not enough: what leaves a stream for an outbox behind it is seen in neither. Tells the
 * backlog to `watch` at each look.
 */
export async function untilSettled(
  state: Pick<LocalState, 'natsUrl' | 'natsLogin' | 'databases'>,
  options: { timeoutMs?: number; watch?: (backlog: Backlog) => void } = {},
): Promise<void> {
  const reader = await backlogReader(state);
  const deadline = Date.now() + (options.timeoutMs ?? 240_000);
  try {
    for (let before: Backlog | undefined; ;) {
      let backlog: Backlog;
      try {
        backlog = await reader.read();
      } catch (error) {
        // A broker that is starting again has no consumers for a moment.
        if (Date.now() > deadline) throw error;
        backlog = { ...NONE, untaken: 1 };
      }
      options.watch?.(backlog);
      const quiet = backlog.unpublished + backlog.untaken + backlog.parked === 0;
      if (quiet && backlog.stated === before?.stated) return;
      if (Date.now() > deadline) throw new Error(`not settled in time: ${JSON.stringify(backlog)}`);
      before = quiet ? backlog : undefined;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await reader.close();
  }
}
