import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { LIMITS } from '@atrium/contracts';
import type { Database, Tx } from '../database/database';
import { isDatabaseAway } from '../database/failures';
import { type Consumer, MissingDependency, NotTheirs } from './consumer';
import { type Delivered, readEnvelope } from './envelope';

/** A message as it came from the broker or from the parking table. */
export interface RawMessage {
  subject: string;
  payload: Uint8Array;
  headers: Record<string, string>;
}

/** `hopeless`: no later try would take it, and why. */
export type Outcome = 'applied' | 'parked' | { failed: unknown } | { hopeless: string };

interface Decoded {
  raw: RawMessage;
  delivered: Delivered<never>;
}

/**
 * Applies a batch: one transaction for each tenant in it. A batch that fails is taken one message at a time, so that one bad
 * message never blocks the rest. Every message gets its own outcome; only a database that is away, which is no message's
 * fault, is thrown.
 */
export async function applyBatch(db: Database, consumer: Consumer, batch: readonly RawMessage[]): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(batch.length);
  const groups = new Map<string, { index: number; decoded: Decoded }[]>();
  batch.forEach((raw, index) => {
    try {
      const envelope = readEnvelope((name) => raw.headers[name] ?? '');
      const message = fromBinary(consumer.event, raw.payload) as never;
      const list = groups.get(envelope.groupId) ?? [];
      list.push({ index, decoded: { raw, delivered: { ...envelope, message } } });
      groups.set(envelope.groupId, list);
    } catch (error) {
      outcomes[index] = { hopeless: `undecodable: ${String(error)}` };
    }
  });
  for (const [groupId, members] of groups) {
    try {
      await applyInOneTransaction(
        db,
        consumer,
        groupId,
        members.map(({ decoded }) => decoded),
      );
      for (const { index } of members) outcomes[index] = 'applied';
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (members.length === 1 && members[0]) {
        outcomes[members[0].index] = await parkOrFail(db, consumer, groupId, members[0].decoded, error);
        continue;
      }
      for (const { index, decoded } of members) {
        try {
          await applyInOneTransaction(db, consumer, groupId, [decoded]);
          outcomes[index] = 'applied';
        } catch (single) {
          outcomes[index] = await parkOrFail(db, consumer, groupId, decoded, single);
        }
      }
    }
  }
  return outcomes;
}

async function applyInOneTransaction(
  db: Database,
  consumer: Consumer,
  groupId: string,
  batch: Decoded[],
): Promise<void> {
  await db.inTransaction(groupId, async (tx) => {
    const fresh = await tx.prepared<{ event_id: string }>(
      'platform.inbox.take',
      `insert into inbox (consumer, event_id, group_id, received_at)
       select $1, e, $3, $4 from unnest($2::uuid[]) as e on conflict do nothing returning event_id`,
      [consumer.name, batch.map(({ delivered }) => delivered.eventId), groupId, tx.now],
    );
    const ids = new Set(fresh.map((row) => row.event_id));
    // A message twice in one batch is in `fresh` once: take it once.
    const events = batch.filter(({ delivered }) => ids.delete(delivered.eventId)).map(({ delivered }) => delivered);
    if (events.length > 0) await consumer.handle(tx, events);
  });
}

async function parkOrFail(
  db: Database,
  consumer: Consumer,
  groupId: string,
  decoded: Decoded,
  error: unknown,
): Promise<Outcome> {
  if (isDatabaseAway(error)) throw error;
  // A number that does not fit 64 bits will not fit at the next try either.
  if (error instanceof RangeError) return { hopeless: `out of range: ${error.message}` };
  if (error instanceof NotTheirs) return { hopeless: `not theirs to state: ${error.message}` };
  if (!(error instanceof MissingDependency)) return { failed: error };
  await db.inTransaction(groupId, (tx) => park(tx, consumer.name, decoded, error.reason));
  return 'parked';
}

async function park(tx: Tx, consumer: string, { raw, delivered }: Decoded, reason: string): Promise<void> {
  await tx.query(
    `insert into parked_event (consumer, event_id, group_id, subject, payload, headers, reason, tries, parked_at, next_try_at, deadline)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)
     on conflict (consumer, event_id) do update set tries = parked_event.tries + 1, reason = excluded.reason,
       next_try_at = $8::timestamptz + least(power(2, least(parked_event.tries, 10)), 600) * interval '1 second'`,
    [
      consumer,
      delivered.eventId,
      delivered.groupId,
      raw.subject,
      Buffer.from(raw.payload),
      JSON.stringify(raw.headers),
      reason,
      tx.now,
      new Date(tx.now.getTime() + 250),
      new Date(tx.now.getTime() + LIMITS.parkSeconds * 1000),
    ],
  );
}

interface ParkedRow {
  consumer: string;
  event_id: string;
  group_id: string;
  subject: string;
  payload: Buffer;
  headers: Record<string, string>;
  deadline: Date;
}

/**
 * Tries parked events of these consumers again. An applied one leaves the table; one past its deadline is handed to
 * `giveUp` (the dead letters). Returns how many were applied.
 */
export async function retryParked(
  db: Database,
  consumers: readonly Consumer[],
  giveUp: (consumer: Consumer, raw: RawMessage, reason: string) => Promise<void>,
): Promise<number> {
  const byName = new Map(consumers.map((consumer) => [consumer.name, consumer]));
  const due = await db.inSystemTransaction((tx) =>
    tx.prepared<ParkedRow>(
      'platform.parked.due',
      `select consumer, event_id, group_id, subject, payload, headers, deadline from parked_event
       where consumer = any($1) and next_try_at <= $2 order by next_try_at limit 200`,
      [[...byName.keys()], tx.now],
    ),
  );
  let applied = 0;
  for (const row of due) {
    const consumer = byName.get(row.consumer);
    if (!consumer) continue;
    const raw = { subject: row.subject, payload: row.payload, headers: row.headers };
    const [outcome] = await applyBatch(db, consumer, [raw]);
    const late = row.deadline <= db.clock.now();
    const hopeless = typeof outcome === 'object' && 'hopeless' in outcome;
    if (outcome !== 'applied' && !late && !hopeless) {
      // A missing dependency has put itself off already; any other failure waits its turn as well.
      if (outcome !== 'parked') await putOff(db, row);
      continue;
    }
    if (outcome === 'applied') applied++;
    else if (hopeless) await giveUp(consumer, raw, outcome.hopeless);
    else await giveUp(consumer, raw, 'what it needs did not arrive in time');
    await db.inTransaction(row.group_id, (tx) =>
      tx.query(`delete from parked_event where consumer = $1 and event_id = $2`, [consumer.name, row.event_id]),
    );
  }
  return applied;
}

/** Whether an event has been parked until its deadline: its handler may end the waiting in its own way. */
export async function isPastDeadline(tx: Tx, consumer: string, eventId: string): Promise<boolean> {
  const rows = await tx.query(`select 1 from parked_event where consumer = $1 and event_id = $2 and deadline <= $3`, [
    consumer,
    eventId,
    tx.now,
  ]);
  return rows.length > 0;
}

/** What waits for a consumer, the newest first: for showing it. Of any tenant in a system transaction. */
export async function findParked<S extends DescMessage>(
  tx: Tx,
  consumer: string,
  event: S,
  limit: number,
): Promise<{ eventId: string; groupId: string; deadline: Date; message: MessageShape<S> }[]> {
  const rows = await tx.query<Omit<ParkedRow, 'consumer' | 'subject' | 'headers'>>(
    `select event_id, group_id, payload, deadline from parked_event where consumer = $1 and deadline > $2
     order by parked_at desc limit $3`,
    [consumer, tx.now, limit],
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    groupId: row.group_id,
    deadline: row.deadline,
    message: fromBinary(event, row.payload),
  }));
}

async function putOff(db: Database, row: ParkedRow): Promise<void> {
  await db.inTransaction(row.group_id, (tx) =>
    tx.query(
      `update parked_event set tries = tries + 1,
         next_try_at = $3::timestamptz + least(power(2, least(tries, 10)), 600) * interval '1 second'
       where consumer = $1 and event_id = $2`,
      [row.consumer, row.event_id, tx.now],
    ),
  );
}
