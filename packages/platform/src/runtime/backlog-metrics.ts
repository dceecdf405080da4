import { durableName, type ServiceName, streamOf, SUBSCRIPTIONS } from '@atrium/contracts';
import type { JetStreamManager } from '@nats-io/jetstream';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../database/database';
import type { Log } from './log';

/**
 * What waits: messages for each consumer, facts that are not published, parked events. Asked for when metrics are read; what cannot
 * be asked is left out rather than told as nothing.
 */
export function watchBacklog(
  registry: Registry,
  service: ServiceName,
  db: Database,
  jsm: JetStreamManager,
  log: Log,
): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    read: (gauge: Gauge<L>) => Promise<void>,
  ) =>
    new Gauge({
      name: `atrium_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await read(this).catch((error: unknown) => {
          this.remove();
          log.warn({ err: error, metric: name }, 'cannot be measured now');
        });
      },
    });
  gauge('consumer_pending', 'Messages that wait for a consumer or are with it.', ['consumer'], async (to) => {
    const infos = await Promise.all(
      SUBSCRIPTIONS[service].map((event) => jsm.consumers.info(streamOf(event), durableName(service, event))),
    );
    for (const { name, num_pending: waiting, num_ack_pending: taken } of infos)
      to.set({ consumer: name }, waiting + taken);
  });
  const sql = (name: string, help: string, text: string) =>
    gauge(name, help, [], async (to) => {
      const [row] = await db.inSystemTransaction((tx) => tx.query<{ value: number }>(text));
      to.set(row?.value ?? 0);
    });
  sql(
    'outbox_oldest_seconds',
    'Age of the oldest fact that is not published yet.',
    `select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as value from outbox where published_at is null`,
  );
  sql('parked_events', 'Events that wait for another one.', `select count(*)::int as value from parked_event`);
}
