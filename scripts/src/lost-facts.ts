// npm run lost-facts: what a service has stated and, restored to an older moment, knows nothing of. See docs/runbooks/restore-one-service.md.
import { parseArgs } from 'node:util';
import { PUBLICATIONS, SERVICES, type ServiceName, streamOf } from '@atrium/contracts';
import { laneOf } from '@atrium/kernel';
import { type Database, HEADERS, openDatabase } from '@atrium/platform';
import { DeliverPolicy, jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { UsageError } from '@atrium/platform/operator';
import { loginOf } from './check/databases';
import { runCommand } from './command';
import { openBroker } from './operators/broker';
import { instant } from './operators/instant';

const HELP = `npm run lost-facts -- --service NAME --from ISO [--keep]
  --service NAME    the one that was restored: ${SERVICES.join(', ')}
  --from ISO        the moment it was restored to, or before
  --keep            writes them into its outbox as stated, so that they can be published again
The running local graph, or another: CHECK_DATABASE_URLS, NATS_URL with NATS_USER and NATS_PASSWORD.`;

/** What was stated before is published a moment later. */
const MARGIN_MS = 3_600_000;
const SHOWN = 50;

interface Stated {
  id: string;
  subject: string;
  payload: Uint8Array;
  headers: Record<string, string>;
  at: Date;
}

function readOptions(): { service: ServiceName; from: Date; keep: boolean } {
  let values;
  try {
    values = parseArgs({
      options: { service: { type: 'string' }, from: { type: 'string' }, keep: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const service = SERVICES.find((name) => name === values.service);
  if (!service || !values.from) throw new UsageError(HELP);
  return { service, from: instant(values.from, 'from'), keep: values.keep };
}

/** All that the stream has since then, once each: what was published again is in it twice. */
async function stated(js: JetStreamClient, stream: string, from: Date): Promise<Map<string, Stated>> {
  const found = new Map<string, Stated>();
  const consumer = await js.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: from.toISOString(),
  });
  const { num_pending: waiting } = await consumer.info();
  if (waiting === 0) return found;
  for await (const message of await consumer.consume()) {
    const headers = Object.fromEntries(
      (message.headers?.keys() ?? []).map((name) => [name, message.headers?.get(name) ?? '']),
    );
    const id = headers[HEADERS.eventId] ?? '';
    if (!found.has(id))
      found.set(id, { id, subject: message.subject, payload: message.data, headers, at: message.time });
    if (message.info.pending === 0) break;
  }
  return found;
}

async function outboxSince(db: Database, from: Date): Promise<Set<string>> {
  const rows = await db.inSystemTransaction((tx) =>
    tx.query<{ id: string }>(`select event_id as id from outbox where published_at is null or published_at >= $1`, [
      new Date(from.getTime() - MARGIN_MS),
    ]),
  );
  return new Set(rows.map(({ id }) => id));
}

const keepOne = (db: Database, { id, subject, payload, headers, at }: Stated) => {
  const of = (name: keyof typeof HEADERS) => headers[HEADERS[name]];
  return db.inTransaction(of('groupId') ?? '', (tx) =>
    tx.query(
      `insert into outbox (event_id, group_id, site_id, subject, aggregate_id, aggregate_version, lane, payload, headers,
         occurred_at, created_at, published_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
      [
        ...[id, of('groupId'), of('siteId') ?? null, subject, of('aggregateId'), of('aggregateVersion')],
        ...[laneOf(subject), Buffer.from(payload), JSON.stringify(headers), of('occurredAt'), at],
      ],
    ),
  );
};

/** `atrium.points.v1.PointsAdjusted.hub.3` -> `PointsAdjusted` */
const factOf = ({ subject }: Stated): string => subject.split('.')[3] ?? subject;

function print(lost: readonly Stated[]): void {
  const sums = new Map<string, number>();
  for (const fact of lost) sums.set(factOf(fact), (sums.get(factOf(fact)) ?? 0) + 1);
  console.table([...sums].map(([fact, count]) => ({ fact, count })));
  const row = (fact: Stated) => ({
    'stated at': fact.at.toISOString(),
    fact: factOf(fact),
    of: fact.headers[HEADERS.aggregateId],
  });
  console.table(lost.slice(0, SHOWN).map(row));
  if (lost.length > SHOWN) console.log(`… and ${lost.length - SHOWN} more`);
}

runCommand(async () => {
  const { service, from, keep } = readOptions();
  const [event] = PUBLICATIONS[service];
  if (!event) throw new Error(`${service} states nothing`);
  const nats = await openBroker();
  try {
    const db = await openDatabase({ url: loginOf(service), poolSize: 1, name: 'lost-facts' });
    try {
      const all = await stated(jetstream(nats), streamOf(event), from);
      const known = await outboxSince(db, from);
      const lost = [...all.values()].filter(({ id }) => !known.has(id));
      if (keep) for (const fact of lost) await keepOne(db, fact);
      if (lost.length > 0) print(lost);
      const kept = keep && lost.length > 0 ? '; they are now' : '';
      console.log(`${lost.length} of ${all.size} facts that ${service} has stated are not in its outbox${kept}.`);
    } finally {
      await db.close();
    }
  } finally {
    await nats.close();
  }
});
