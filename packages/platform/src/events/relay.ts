import type { JetStreamClient } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import type { Log } from '../runtime/log';
import { onFactCommitted } from './outbox';
import { Wakeup } from './wakeup';

const BATCH = 256;
const RETRY_MS = 500;

export interface Relay {
  /** Publishes everything that waits now; for tests and for a drain before the end. */
  drain(): Promise<number>;
  stop(): Promise<void>;
}

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
 * (transaction-scoped lock); a lane stops at its first failure, so that nothing overtakes. Facts that this process commits
 * wake the relay at once; those of another process are found every `pollMs`.
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
      const rows = await tx.prepared<OutboxRow>(
        'platform.relay.pending',
        `with pending as materialized (select distinct lane from outbox where published_at is null),
              held as materialized (select lane from pending where pg_try_advisory_xact_lock(7262002, ascii(lane)))
         select id, event_id, lane, subject, payload, headers from outbox
         where published_at is null and lane in (select lane from held) order by id limit ${BATCH}`,
      );
      if (rows.length === 0) return 0;
      const outcomes = await Promise.allSettled(
        rows.map((row) => {
          const h = natsHeaders();
          for (const [name, value] of Object.entries(row.headers)) h.set(name, value);
          return js.publish(row.subject, row.payload, { headers: h, msgID: row.event_id });
        }),
      );
      const stopped = new Set<string>();
      let failure: unknown;
      const done: bigint[] = [];
      rows.forEach((row, i) => {
        const outcome = outcomes[i];
        if (outcome?.status === 'rejected') {
          stopped.add(row.lane);
          failure = outcome.reason;
        } else if (!stopped.has(row.lane)) done.push(row.id);
      });
      if (done.length > 0) {
        await tx.prepared('platform.relay.mark', `update outbox set published_at = $2 where id = any($1::bigint[])`, [
          done,
          tx.now,
        ]);
      }
      if (failure && done.length === 0) throw failure;
      return done.length;
    });
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
