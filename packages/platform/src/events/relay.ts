import type { JetStreamClient } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import type { Log } from '../runtime/log';
import { onFactCommitted } from './outbox';
import { Wakeup } from './wakeup';

/** Facts of one lane that one turn takes at the most; every lane gets its share, so a stuck one never starves the rest. */
const LANE_BATCH = 64;
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
 * (transaction-scoped lock) and waits for each acknowledgement before its next fact, so that nothing overtakes; lanes go in
 * parallel. Facts that this process commits wake the relay at once; those of another process are found every `pollMs`.
 */
export function startRelay(
  db: Database,
  js: JetStreamClient,
  ensure: () => Promise<void>,
  log: Log,
  options: { pollMs: number },
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

  /** Publishes one lane's facts one after another and stops at the first failure. */
  async function publishLane(
    facts: readonly OutboxRow[],
    until: number,
  ): Promise<{ done: bigint[]; failure?: unknown }> {
    const done: bigint[] = [];
    for (const fact of facts) {
      if (performance.now() > until) break;
      const h = natsHeaders();
      for (const [name, value] of Object.entries(fact.headers)) h.set(name, value);
      try {
        await js.publish(fact.subject, fact.payload, { headers: h, msgID: fact.event_id });
      } catch (failure) {
        return { done, failure };
      }
      done.push(fact.id);
    }
    return { done };
  }

  const loop = (async () => {
    let failing = false;
    while (!stopping) {
      try {
        const count = await publishBatch();
        if (failing) log.info('relay: publishing again');
        failing = false;
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
