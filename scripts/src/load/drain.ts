import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

export type Drained = {
  consumer: string;
  /** Messages that it had not acknowledged when the load ended. */
  behind: number;
  /** Until it had none; null when it still had some at the end. */
  seconds: number | null;
};

const LOOK_MS = 500;

/** Looks at every consumer until none has anything left, twice in a row: what one has done may give others work. */
export async function drainConsumers(natsUrl: string, limitMs: number): Promise<Drained[]> {
  const { NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  const nats = await connect({ servers: natsUrl, user, pass });
  try {
    const manager = await jetstreamManager(nats);
    const started = performance.now();
    const seen = new Map<string, { behind: number; last: number; left: number }>();
    for (let first = true, quiet = 0; quiet < 2; first = false) {
      const at = Math.round((performance.now() - started) / 100) / 10;
      let left = 0;
      for await (const stream of manager.streams.names()) {
        for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(stream)) {
          const behind = num_pending + num_ack_pending;
          const known = seen.get(name) ?? { behind: first ? behind : 0, last: 0, left: 0 };
          seen.set(name, { ...known, last: behind > 0 ? at : known.last, left: behind });
          left += behind;
        }
      }
      quiet = left === 0 ? quiet + 1 : 0;
      if (performance.now() - started > limitMs) break;
      if (quiet < 2) await setTimeout(LOOK_MS);
    }
    return [...seen]
      .map(([consumer, { behind, last, left }]) => ({ consumer, behind, seconds: left > 0 ? null : last }))
      .sort((a, b) => (b.seconds ?? Infinity) - (a.seconds ?? Infinity) || b.behind - a.behind);
  } finally {
    await nats.close();
  }
}
