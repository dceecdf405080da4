import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { requestSubject, type ServiceName } from '@atrium/contracts';
import { headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import type { Database } from '../database/database';
import type { Log } from '../runtime/log';

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
  h.set('Atrium-Group', groupId);
  const payload = toBinary(definition.request, create(definition.request, init) as MessageShape<Q>);
  try {
    const answer = await connection.request(requestSubject(definition.request), payload, {
      timeout: timeoutMs,
      headers: h,
    });
    if (answer.headers?.get('Atrium-Error')) throw new Error(answer.headers.get('Atrium-Error'));
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
  const subscriptions = responders.map(({ definition, handle }) =>
    connection.subscribe(requestSubject(definition.request), {
      queue: definition.service,
      callback: (failure, message) => {
        if (failure) return;
        void (async () => {
          try {
            const groupId = message.headers?.get('Atrium-Group') ?? '';
            const request = fromBinary(definition.request, message.data) as never;
            const reply = await handle(db, groupId, request);
            message.respond(toBinary(definition.reply, create(definition.reply, reply) as never));
          } catch (error) {
            log.error({ err: error, request: definition.request.name }, 'request failed');
            const h = natsHeaders();
            h.set('Atrium-Error', 'failed');
            message.respond(new Uint8Array(), { headers: h });
          }
        })();
      },
    }),
  );
  return {
    async stop() {
      await Promise.all(subscriptions.map((subscription) => subscription.drain()));
    },
  };
}
