import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { requestSubject, type ServiceName } from '@atrium/contracts';
import { headers as natsHeaders, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import type { Log } from '../runtime/log';
import { inSpan, SpanKind, traceparent } from '../telemetry/tracing';
import { HEADERS } from './envelope';
import { within } from './within';

const ERROR_HEADER = 'Atrium-Error';
/** A broker that is away answers no drain. */
const STOP_MS = 2_000;

export interface RequestDefinition<Q extends DescMessage, A extends DescMessage> {
  service: ServiceName;
  request: Q;
  reply: A;
}

/** The asked service did not answer in time, or could not: nobody knows whether it did what was asked. */
export class UnavailableError extends Error {
  constructor(
    readonly service: string,
    cause?: unknown,
  ) {
    super(`${service} is not available`, { cause });
    this.name = 'UnavailableError';
  }
}

/** Asks another context and waits for its one answer, at most `timeoutMs`. */
export async function ask<Q extends DescMessage, A extends DescMessage>(
  connection: NatsConnection,
  definition: RequestDefinition<Q, A>,
  groupId: string,
  init: MessageInitShape<Q>,
  timeoutMs: number,
): Promise<MessageShape<A>> {
  const h = natsHeaders();
  h.set(HEADERS.groupId, groupId);
  const cause = traceparent();
  if (cause) h.set(HEADERS.traceparent, cause);
  const payload = toBinary(definition.request, create(definition.request, init) as MessageShape<Q>);
  try {
    const answer = await connection.request(requestSubject(definition.request), payload, {
      timeout: timeoutMs,
      headers: h,
    });
    if (answer.headers?.get(ERROR_HEADER)) throw new Error(answer.headers.get(ERROR_HEADER));
    return fromBinary(definition.reply, answer.data);
  } catch (error) {
    throw new UnavailableError(definition.service, error);
  }
}

export interface Responder {
  definition: RequestDefinition<DescMessage, DescMessage>;
  handle(db: Database, groupId: string, request: never): Promise<Record<string, unknown>>;
}

/** Declares how a service answers one question. `handle` opens its own transaction and gives the reply's fields. */
export function respond<Q extends DescMessage, A extends DescMessage>(
  definition: RequestDefinition<Q, A>,
  handle: (db: Database, groupId: string, request: MessageShape<Q>) => Promise<MessageInitShape<A>>,
): Responder {
  return { definition, handle: handle as unknown as Responder['handle'] };
}

/** Serves a service's questions; replicas share them. */
export function serveRequests(
  connection: NatsConnection,
  db: Database,
  responders: readonly Responder[],
  log: Log,
): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();

  async function answer({ definition, handle }: Responder, message: Msg): Promise<void> {
    try {
      const groupId = message.headers?.get(HEADERS.groupId) ?? '';
      const request = fromBinary(definition.request, message.data) as never;
      const from = [message.headers?.get(HEADERS.traceparent)];
      const reply = await inSpan(`answer ${definition.request.name}`, { kind: SpanKind.SERVER, from }, () =>
        handle(db, groupId, request),
      );
      message.respond(toBinary(definition.reply, create(definition.reply, reply) as never));
    } catch (error) {
      log.error({ err: error, request: definition.request.name }, 'request failed');
      const h = natsHeaders();
      h.set(ERROR_HEADER, 'failed');
      message.respond(new Uint8Array(), { headers: h });
    }
  }

  const subscriptions = responders.map((responder) =>
    connection.subscribe(requestSubject(responder.definition.request), {
      queue: responder.definition.service,
      callback: (failure, message) => {
        if (failure) return;
        const work = answer(responder, message).finally(() => underWay.delete(work));
        underWay.add(work);
      },
    }),
  );
  return {
    /** Takes no new questions and answers those under way. */
    async stop() {
      await within(STOP_MS, Promise.all(subscriptions.map((subscription) => subscription.drain())));
      await Promise.all(underWay);
    },
  };
}
