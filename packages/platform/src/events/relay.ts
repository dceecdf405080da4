import type { JetStreamClient } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import type { Log } from '../runtime/log';
import { onFactCommitted } from './outbox';
import { Wakeup } from './wakeup';

/** Facts of one lane that one turn takes at the most; every lane gets its share, so a stuck one never starves the rest. */
const LANE_BATCH = 64;
/** Facts of one lane that are in flight together. */
const WINDOW = 16;
const RETRY_MS = 500;
/** A turn holds its lanes' locks in an open transaction: a slow broker must not stretch it. */
const TURN_MS = 10_000;
const LANES = [...'0123456789abcdef'];

export interface Relay {
  /** Publishes everything that waits now; for tests and for a drain before the end. */
  drain(): Promise<number>;
  stop(): Promise<void>;
}

/** First key of the relays' advisory locks. Two-key locks never meet the one-key locks of migrations and idempotency. */
const RELAY_LOCKS = 7262002;

interface OutboxRow {
  id: bigint;
  event_id: string;
  lane: string;
  subject: string;
  payload: Buffer;
  headers: Record<string, string>;
}

/**
 * Moves committed facts from the outbox to JetStream, in id order within a lane. A lane is held by one relay at a time
 * (transaction-scoped lock); lanes go in parallel. A few facts of a lane are in flight together: the broker stores what one
 * connection sends in the order it was sent, and a lane stops at its first failure. Only when a connection breaks in the middle
 * of such a window can a fact be stored before one that has to be sent again; consumers take facts in any order.
 * Facts that this process commits wake the relay at once; those of another process are found every `pollMs`.
 */
export function startRelay(
  db: Database,
  js: JetStreamClient,
  ensure: () => Promise<void>,
  log: Log,
  options: { pollMs: number; onPublished?: (count: number) => void },
): Relay {
  const wakeup = new Wakeup();
  const forget = onFactCommitted(() => wakeup.wake());
  let stopping = false;

  async function publishBatch(): Promise<number> {
    return db.inSystemTransaction(async (tx) => {
      // Two statements on purpose: one that began before another relay's commit would read what that one has published.
      const held = await tx.prepared<{ lane: string }>(
        'platform.relay.hold',
        `with pending as materialized (
           select l as lane from unnest($1::bpchar[]) as l
           where exists (select from outbox where lane = l and published_at is null))
         select lane from pending where pg_try_advisory_xact_lock(${RELAY_LOCKS}, ascii(lane))`,
        [LANES],
      );
      if (held.length === 0) return 0;
      const rows = await tx.prepared<OutboxRow>(
        'platform.relay.pending',
        `select f.* from unnest($1::bpchar[]) as l cross join lateral (
           select id, event_id, lane, subject, payload, headers from outbox
           where lane = l and published_at is null order by id limit ${LANE_BATCH}) as f`,
        [held.map(({ lane }) => lane)],
      );
      const lanes = new Map<string, OutboxRow[]>();
      for (const row of rows) lanes.set(row.lane, [...(lanes.get(row.lane) ?? []), row]);
      const until = performance.now() + TURN_MS;
      const turns = await Promise.all([...lanes.values()].map((lane) => publishLane(lane, until)));
      const done = turns.flatMap((turn) => turn.done);
      if (done.length > 0) {
        await tx.prepared('platform.relay.mark', `update outbox set published_at = $2 where id = any($1::bigint[])`, [
          done,
          tx.now,
        ]);
      }
      const failed = turns.find((turn) => turn.failure !== undefined);
      if (failed && done.length === 0) throw failed.failure;
      return done.length;
    });
  }

  /** Publishes one lane's facts in order, a window at a time, and stops at the first failure. */
  async function publishLane(
    facts: readonly OutboxRow[],
    until: number,
  ): Promise<{ done: bigint[]; failure?: unknown }> {
    const done: bigint[] = [];
    // The first goes alone: a fact that the broker refuses again and again holds back what is behind it.
    for (let from = 0, to = 1; from < facts.length && performance.now() < until; from = to, to += WINDOW) {
      const window = facts.slice(from, to);
      const outcomes = await Promise.allSettled(window.map(publishOne));
      const failed = outcomes.findIndex(({ status }) => status === 'rejected');
      done.push(...window.slice(0, failed === -1 ? window.length : failed).map(({ id }) => id));
      const outcome = outcomes[failed];
      if (outcome?.status === 'rejected') return { done, failure: outcome.reason as unknown };
    }
    return { done };
  }

  function publishOne(fact: OutboxRow): Promise<unknown> {
    const h = natsHeaders();
    for (const [name, value] of Object.entries(fact.headers)) h.set(name, value);
    return js.publish(fact.subject, fact.payload, { headers: h, msgID: fact.event_id });
  }

  const loop = (async () => {
    let failing = false;
    while (!stopping) {
      try {
        const count = await publishBatch();
        if (failing) log.info('relay: publishing again');
        failing = false;
        if (count > 0) options.onPublished?.(count);
        if (count === 0) await wakeup.wait(options.pollMs);
      } catch (error) {
        // The facts stay in the outbox; nothing is lost while the broker or the database is away.
        if (!failing && !stopping) log.warn({ err: error }, 'relay: cannot publish, trying again');
        failing = true;
        // A broker that lost its store has lost its streams too.
        await ensure().catch(() => undefined);
        await wakeup.wait(RETRY_MS, { deaf: true });
      }
    }
  })();

  return {
    async drain() {
      let total = 0;
      for (let n = await publishBatch(); n > 0; n = await publishBatch()) total += n;
      return total;
    },
    async stop() {
      stopping = true;
      forget();
      wakeup.wake(true);
      await loop;
    },
  };
}
