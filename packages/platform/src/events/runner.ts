import { againSubject, DEAD_LETTER_STREAM, LIMITS, siteStream, streamOf, type ServiceName } from '@atrium/contracts';
import { type Consumer as PullConsumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import { isDatabaseAway } from '../database/failures';
import type { Log } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';
import { inSpan, SpanKind, type SpanOptions } from '../telemetry/tracing';
import type { Consumer } from './consumer';
import { HEADERS } from './envelope';
import { applyBatch, type Outcome, type RawMessage, retryParked } from './inbox';
import type { Bus } from './nats';
import { Wakeup } from './wakeup';

const PARKED_EVERY_MS = 250;
const RESTART_MS = 500;
const DATABASE_AWAY_MS = 1_000;

export interface ConsumerRunner {
  /** Whether to take nothing more for now. What was taken is applied; everything else waits in its stream. */
  hold(on: boolean): void;
  stop(): Promise<void>;
}

/**
 * Runs a service's subscriptions: pull, apply in batches, acknowledge after the commit. `ensure` makes streams and consumers
 * again when the broker has lost them.
 */
export function runConsumers(
  service: ServiceName,
  db: Database,
  { js }: Bus,
  ensure: () => Promise<void>,
  consumers: readonly Consumer[],
  log: Log,
  metrics: Metrics,
): ConsumerRunner {
  let stopping = false;
  let held = false;
  const open = new Set<ConsumerMessages>();
  const pause = new Wakeup();

  /** `place` tells messages apart that have no readable event id. */
  async function deadLetter(consumer: Consumer, raw: RawMessage, reason: string, place = ''): Promise<void> {
    const h = natsHeaders();
    for (const [name, value] of Object.entries(raw.headers)) h.set(name, value);
    h.set('Atrium-Consumer', consumer.name);
    h.set('Atrium-Reason', reason.replace(/[\r\n]+/g, ' ').slice(0, 200));
    // Whoever replays it must not publish for all to hear what a site has stated.
    const subject = consumer.site === undefined ? raw.subject : againSubject(raw.subject);
    await js.publish(`${DEAD_LETTER_STREAM.subjects[0].replace('>', '')}${service}.${subject}`, raw.payload, {
      headers: h,
      msgID: `${consumer.name}:${raw.headers[HEADERS.eventId] ?? ''}:${place}`,
    });
    log.error({ consumer: consumer.name, reason }, 'event set aside in the dead letters');
  }

  // A termination goes out without a reason: servers before 2.10 do not understand one and would deliver again.
  async function settle(
    consumer: Consumer,
    message: JsMsg,
    raw: RawMessage,
    outcome: Outcome | undefined,
  ): Promise<void> {
    const place = `${message.info.stream}:${message.seq}`;
    metrics.eventsApplied.inc({ consumer: consumer.name, outcome: typeof outcome === 'string' ? outcome : 'failed' });
    if (outcome === 'applied' || outcome === 'parked') {
      message.ack();
    } else if (outcome && 'hopeless' in outcome) {
      await deadLetter(consumer, raw, outcome.hopeless, place);
      message.term();
    } else {
      const error = outcome?.failed;
      if (message.info.deliveryCount >= LIMITS.maxDeliver) {
        await deadLetter(consumer, raw, `failed ${message.info.deliveryCount} times: ${errorName(error)}`, place);
        message.term();
      } else {
        if (message.info.deliveryCount === 1)
          log.warn({ err: error, consumer: consumer.name }, 'event failed, trying again');
        message.nak(Math.min(100 * 2 ** message.info.deliveryCount, 30_000));
      }
    }
  }

  async function run(consumer: Consumer): Promise<void> {
    while (!stopping) {
      if (held) {
        await pause.wait(RESTART_MS, { deaf: true });
        continue;
      }
      try {
        const pull: PullConsumer = await js.consumers.get(streamHeardBy(consumer), consumer.name);
        const messages = await pull.consume({
          max_messages: LIMITS.batch * 2,
          expires: 30_000,
          idle_heartbeat: 5_000,
          abort_on_missing_resource: true,
        });
        open.add(messages);
        if (held) messages.stop();
        try {
          await consumeAll(consumer, messages);
        } finally {
          open.delete(messages);
          messages.stop();
        }
      } catch (error) {
        if (!stopping) log.warn({ err: error, consumer: consumer.name }, 'consumer interrupted, starting again');
        // A broker that lost its store has lost its streams and consumers too.
        await ensure().catch(() => undefined);
      }
      if (!stopping) await pause.wait(RESTART_MS, { deaf: true });
    }
  }

  async function consumeAll(consumer: Consumer, messages: ConsumerMessages): Promise<void> {
    const lanes = Array.from({ length: LIMITS.lanes }, () => ({ buffer: [] as JsMsg[], arrived: new Wakeup() }));
    let ended = false;
    let broken: unknown;
    const reader = (async () => {
      try {
        for await (const message of messages) {
          const lane = lanes[laneOf(message.subject)];
          lane?.buffer.push(message);
          lane?.arrived.wake();
        }
      } catch (error) {
        broken = error;
      } finally {
        ended = true;
        for (const { arrived } of lanes) arrived.wake(true);
      }
    })();

    async function applyLane(lane: (typeof lanes)[number]): Promise<void> {
      try {
        while (!stopping && (!ended || lane.buffer.length > 0)) {
          if (lane.buffer.length === 0) {
            await lane.arrived.wait(1_000);
            continue;
          }
          const batch = lane.buffer.slice(0, LIMITS.batch);
          const raws = batch.map(toRaw);
          const outcomes = await whenDatabaseAnswers(
            () => inSpan(`apply ${consumer.name}`, causesOf(raws), () => applyBatch(db, consumer, raws)),
            () => lane.buffer,
          );
          lane.buffer = lane.buffer.slice(batch.length);
          for (const [i, message] of batch.entries())
            await settle(consumer, message, raws[i] as RawMessage, outcomes[i]);
        }
      } finally {
        // Without one of its lanes the subscription begins anew.
        messages.stop();
      }
    }

    const turns = await Promise.allSettled(lanes.map(applyLane));
    await reader;
    // Another replica takes them at once instead of after the acknowledgement's time.
    for (const { buffer } of lanes) for (const message of buffer) message.nak();
    const failed = turns.find((turn) => turn.status === 'rejected');
    if (failed) throw failed.reason;
    if (broken && !stopping) throw broken;
  }

  /** Waits for a database that is away and keeps the messages meanwhile: an outage must not use up their deliveries. */
  async function whenDatabaseAnswers<T>(work: () => Promise<T>, held: () => readonly JsMsg[]): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (stopping || !isDatabaseAway(error)) throw error;
        if (tries === 1) log.warn({ err: error }, 'events wait for the database');
        for (const message of held()) message.working();
        await pause.wait(DATABASE_AWAY_MS, { deaf: true });
      }
    }
  }

  // There at 0: a rate sees nothing of a count that begins with its first one.
  for (const { name } of consumers)
    for (const outcome of ['applied', 'parked', 'failed']) metrics.eventsApplied.inc({ consumer: name, outcome }, 0);
  const loops = consumers.map((consumer) => run(consumer));
  loops.push(
    (async () => {
      while (!stopping) {
        if (!held)
          await retryParked(db, consumers, deadLetter).catch((error: unknown) => {
            if (!stopping) log.warn({ err: error }, 'parked events: cannot be tried now');
          });
        await pause.wait(PARKED_EVERY_MS, { deaf: true });
      }
    })(),
  );

  return {
    hold(on) {
      held = on;
      if (on) for (const messages of open) messages.stop();
    },
    async stop() {
      stopping = true;
      for (const messages of open) messages.stop();
      pause.wake(true);
      await Promise.allSettled(loops);
    },
  };
}

const streamHeardBy = ({ site, event }: Consumer): string => (site === undefined ? streamOf(event) : siteStream(site));

/** Which of the lanes a subject belongs to: its last letter tells its owner. */
const laneOf = (subject: string): number => (Number.parseInt(subject.slice(-1), 16) || 0) % LIMITS.lanes;

function toRaw(message: JsMsg): RawMessage {
  const headers: Record<string, string> = {};
  for (const name of message.headers?.keys() ?? []) headers[name] = message.headers?.get(name) ?? '';
  return { subject: message.subject, payload: message.data, headers };
}

/** A batch belongs to the first of its events that is traced. */
const causesOf = (raws: readonly RawMessage[]): SpanOptions => ({
  kind: SpanKind.CONSUMER,
  attributes: { 'messaging.system': 'nats', 'messaging.batch.message_count': raws.length },
  from: raws.map(({ headers }) => headers[HEADERS.traceparent]),
});

const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'error');
