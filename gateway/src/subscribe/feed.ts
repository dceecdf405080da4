import type { DescMessage } from '@bufbuild/protobuf';
import { filterSubject } from '@atrium/contracts';
import { HEADERS, type Log } from '@atrium/platform/light';
import { type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { NatsLogin } from '../config';
import { connectToBroker } from '../edge/broker';
import { Refusal } from '../edge/refusal';
import type { News, SubscriptionField } from './fields';

/** Told of what concerns one id in one tenant. */
export type Listener = {
  /** `traceparent` of what stated the fact. */
  heard(subject: string, traceparent: string | undefined): void;
  /** Facts may have been missed; they do not come again. */
  missed(): void;
};

export type Feed = {
  /** Hears from now on: what is committed after this was answered is told. Throws UNAVAILABLE without a broker. */
  listen(field: SubscriptionField, groupId: string, id: string, listener: Listener): Promise<() => void>;
  stop(): Promise<void>;
};

const CONNECTION = {
  name: 'gateway-subscriptions',
  reconnectTimeWait: 250,
  /** Notices a broker that has gone without a word. */
  pingInterval: 10_000,
  without: 'no subscriptions',
};

/**
 * Facts from NATS, as they are published: each gateway hears all of the kinds that its subscriptions need and decodes each
 * once. Nothing is kept and nothing acknowledged: who was away reads the state again.
 */
export function openFeed(url: string | undefined, log: Log, login?: NatsLogin): Feed {
  const listeners = new Map<string, Set<Listener>>();
  /** How many listen to each field; which facts are heard for that. */
  const open = new Map<SubscriptionField, number>();
  const heard = new Map<DescMessage, Subscription>();
  let connection: NatsConnection | undefined;
  const stopping = new AbortController();
  const { signal } = stopping;
  const connecting = url === undefined ? undefined : connectToBroker(url, log, login, signal, CONNECTION);
  void connecting?.then(async (made) => {
    if (made === undefined) return;
    if (signal.aborted) return made.close();
    connection = made;
    for await (const { type } of made.status()) {
      if (type === 'reconnect') void hearAgain(made);
    }
  });

  /** What happened while the connection was away is not heard any more. If it is lost once more, this comes once more. */
  const hearAgain = async (made: NatsConnection) => {
    await within(made.flush()).catch(() => undefined);
    for (const set of [...listeners.values()]) for (const listener of [...set]) listener.missed();
  };

  const tell = (event: DescMessage, message: Msg) => {
    const groupId = message.headers?.get(HEADERS.groupId);
    if (!groupId) return;
    const traceparent = message.headers?.get(HEADERS.traceparent) || undefined;
    for (const field of open.keys()) {
      for (const { concerns, subject } of newsIn(field, event, message, groupId)) {
        for (const id of concerns) {
          for (const listener of listeners.get(keyOf(field, groupId, id)) ?? []) listener.heard(subject, traceparent);
        }
      }
    }
  };

  const newsIn = (field: SubscriptionField, event: DescMessage, message: Msg, groupId: string): readonly News[] => {
    try {
      return field.facts.find((kind) => kind.event === event)?.read(message.data, groupId) ?? [];
    } catch (error) {
      log.error({ err: error, event: event.typeName }, 'a fact could not be read');
      return [];
    }
  };

  /** Exactly the facts of the fields that somebody listens to. */
  const tune = (on: NatsConnection) => {
    const wanted = new Set([...open.keys()].flatMap(({ facts }) => facts.map(({ event }) => event)));
    for (const event of wanted) {
      if (heard.has(event)) continue;
      const callback = (error: Error | null, message: Msg) => (error === null ? tell(event, message) : undefined);
      heard.set(event, on.subscribe(filterSubject(event), { callback }));
    }
    for (const [event, subscription] of heard) {
      if (wanted.has(event)) continue;
      heard.delete(event);
      subscription.unsubscribe();
    }
  };

  const count = (field: SubscriptionField, change: 1 | -1, on: NatsConnection) => {
    const users = (open.get(field) ?? 0) + change;
    if (users > 0) open.set(field, users);
    else open.delete(field);
    if (users === 0 || (users === 1 && change === 1)) tune(on);
  };

  return {
    async listen(field, groupId, id, listener) {
      // A gateway that has just started is not refused anything for that.
      const on = connection ?? (connecting && (await within(connecting).catch(() => undefined)));
      if (on === undefined || on.isClosed()) throw deaf();
      const key = keyOf(field, groupId, id);
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      count(field, 1, on);
      let listening = true;
      const leave = () => {
        if (!listening) return;
        listening = false;
        count(field, -1, on);
        set.delete(listener);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
      try {
        // The broker has it now: no fact falls between this and what is read next.
        await within(on.flush());
      } catch {
        leave();
        throw deaf();
      }
      return leave;
    },
    async stop() {
      stopping.abort();
      await connection?.close();
    },
  };
}

const PATIENCE_MS = 3_000;

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The broker does not answer')), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function keyOf({ name }: SubscriptionField, groupId: string, id: string): string {
  return `${name} ${groupId} ${id}`;
}

function deaf(): Refusal {
  const message = 'The graph cannot hear of changes just now.';
  return new Refusal(503, 'UNAVAILABLE', message, { retryable: true }, [['retry-after', '1']]);
}
