import { DEAD_LETTER_STREAM, type ServiceName, type StreamAt, type Subscription } from '@atrium/contracts';
import type { JetStreamManager } from '@nats-io/jetstream';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../database/database';
import type { Log } from './log';

/** As servers tell it; the client's type leaves the other domain out. */
type Source = { external?: { api: string }; active: number };

export interface Watched {
  name: ServiceName;
  subscriptions: readonly Subscription[];
  streams: readonly StreamAt[];
}

/**
 * What waits: messages for each consumer, facts that are not published, parked events, dead letters. Asked for when metrics are read;
 * what cannot be asked is left out rather than told as nothing, and `atrium_backlog_measured` says so at the next reading.
 */
export function watchBacklog(
  registry: Registry,
  { name: service, subscriptions, streams }: Watched,
  db: Database,
  jsm: JetStreamManager,
  log: Log,
): void {
  const measured = new Gauge({
    name: 'atrium_backlog_measured',
    help: 'Whether what waits could be asked for the last time: 0 when the database or the broker did not answer.',
    labelNames: ['metric'],
    registers: [registry],
  });
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
        const known = await read(this).then(
          () => true,
          (error: unknown) => {
            this.remove();
            log.warn({ err: error, metric: name }, 'cannot be measured now');
            return false;
          },
        );
        measured.set({ metric: name }, Number(known));
      },
    });
  gauge('consumer_pending', 'Messages that wait for a consumer or are with it.', ['consumer'], async (to) => {
    const infos = await Promise.all(subscriptions.map(({ stream, durable }) => jsm.consumers.info(stream, durable)));
    for (const { name, num_pending: waiting, num_ack_pending: taken } of infos)
      to.set({ consumer: name }, waiting + taken);
  });
  // Of a service, not of a consumer: that one's name is in the letter's header, and the broker counts by subject.
  gauge('dead_letters', 'Messages that no consumer could apply, kept for a person.', [], async (to) => {
    const subjects_filter = DEAD_LETTER_STREAM.subjects[0].replace('>', `${service}.>`);
    const { state } = await jsm.streams.info(DEAD_LETTER_STREAM.name, { subjects_filter });
    to.set(Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0));
  });
  const filled = streams.filter(({ sources }) => sources !== undefined && sources.length > 0);
  if (filled.length > 0)
    gauge('site_link_silent_seconds', 'Since the other side of a link was heard.', ['from'], async (to) => {
      const infos = await Promise.all(filled.map(({ name }) => jsm.streams.info(name)));
      const silent = new Map<string, number>();
      for (const { external, active } of infos.flatMap(({ sources }) => (sources ?? []) as Source[])) {
        const from = external?.api.split('.')[1] ?? '';
        // Below zero: not since the broker began.
        const seconds = active < 0 ? Infinity : active / 1e9;
        silent.set(from, Math.max(silent.get(from) ?? 0, seconds));
      }
      for (const [from, seconds] of silent) to.set({ from }, seconds);
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
