import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Logins, openDatabases } from '../check/databases';

export type Drained = {
  /** Its name, or what else facts wait in: OUTBOXES, PARKED. */
  consumer: string;
  /** Messages that it had not acknowledged when the load ended. */
  behind: number;
  /** Until it had none; null when it still had some at the end. */
  seconds: number | null;
};

export const OUTBOXES = 'outboxes';
export const PARKED = 'parked events';
const LOOK_MS = 500;

/** Where what is on its way can be seen. Without databases, outboxes and parked events are not looked at. */
export interface OnTheWay {
  nats: string;
  login?: { user: string; pass: string } | undefined;
  databases?: Logins | undefined;
}

type Look = { left: Map<string, number>; stated: number };

async function open({ nats: servers, login, databases }: OnTheWay) {
  const { NATS_USER: user = login?.user, NATS_PASSWORD: pass = login?.pass } = process.env;
  const nats = await connect({ servers, user, pass });
  const manager = await jetstreamManager(nats).catch(async (error: unknown) => {
    await nats.close();
    throw error;
  });
  const db = databases && openDatabases(databases);
  return {
    async look(): Promise<Look> {
      const left = new Map<string, number>();
      // Before the streams: what leaves an outbox meanwhile is seen there, or in how much was stated.
      if (db !== undefined) {
        const waiting = await Promise.all(
          db.services.map((service) =>
            db.rows<{ unpublished: number; parked: number }>(
              service,
              `select (select count(*)::int from outbox where published_at is null) as unpublished,
                      (select count(*)::int from parked_event) as parked`,
            ),
          ),
        );
        const sum = (of: 'unpublished' | 'parked') => waiting.flat().reduce((all, row) => all + row[of], 0);
        left.set(OUTBOXES, sum('unpublished')).set(PARKED, sum('parked'));
      }
      let stated = 0;
      for await (const { config, state } of manager.streams.list()) {
        stated += state.last_seq;
        for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(config.name))
          left.set(name, num_pending + num_ack_pending);
      }
      return { left, stated };
    },
    async close() {
      await nats.close();
      await db?.close();
    },
  };
}

/**
 * Looks until nothing is on its way any more, twice in a row with nothing stated between: what one has done may give others work, and what
 * is between an outbox and a stream is seen in neither.
 */
export async function drainConsumers(where: OnTheWay, limitMs: number): Promise<Drained[]> {
  const way = await open(where);
  try {
    const started = performance.now();
    const seen = new Map<string, { behind: number; last: number; left: number }>();
    for (let first = true, quietAt: number | undefined; ; first = false) {
      const at = Math.round((performance.now() - started) / 100) / 10;
      const { left, stated } = await way.look();
      for (const [name, behind] of left) {
        const known = seen.get(name) ?? { behind: first ? behind : 0, last: 0, left: 0 };
        seen.set(name, { ...known, last: behind > 0 ? at : known.last, left: behind });
      }
      const quiet = [...left.values()].every((count) => count === 0);
      if (quiet && stated === quietAt) break;
      quietAt = quiet ? stated : undefined;
      if (performance.now() - started > limitMs) break;
      await setTimeout(LOOK_MS);
    }
    return [...seen]
      .map(([consumer, { behind, last, left }]) => ({ consumer, behind, seconds: left > 0 ? null : last }))
      .sort((a, b) => (b.seconds ?? Infinity) - (a.seconds ?? Infinity) || b.behind - a.behind);
  } finally {
    await way.close();
  }
}
