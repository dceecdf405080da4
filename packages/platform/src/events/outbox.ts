import { LIMITS } from '@atrium/contracts';
import { create, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { laneOf, uuidv7 } from '@atrium/kernel';
import type { Tx } from '../database/database';
import { insertion } from '../database/rows';
import { traceparent } from '../telemetry/tracing';
import { HEADERS, subjectOf } from './envelope';

export interface Fact {
  schema: DescMessage;
  payload: Uint8Array;
}

export interface FactAddress {
  /** Of a fact that was stated elsewhere before: the id it has there, so that nobody takes it twice. */
  eventId?: string;
  /** What the fact is about. */
  aggregateId: string;
  /** Whose order must be kept: usually the member. Its last hex digit is the lane. */
  ownerId: string;
  /** The mall, when one did it. */
  siteId?: string | null;
  /** The mall's code, as it stands in the subject. */
  site?: string | null;
  version?: bigint;
  occurredAt: Date;
}

/** What the envelope may take of a message. */
const HEADER_BYTES = 4096;

/** A past-tense fact, ready to be published. */
export function event<S extends DescMessage>(schema: S, init: MessageInitShape<S>): Fact {
  return { schema, payload: toBinary(schema, create(schema, init) as MessageShape<S>) };
}

/** Appends a fact to the outbox, in the transaction of the state that it belongs to. */
export const publish = (tx: Tx, fact: Fact, address: FactAddress): Promise<void> => publishAll(tx, [[fact, address]]);

/** Appends many facts with the transaction's other changes, in the order given. */
export async function publishAll(tx: Tx, facts: readonly (readonly [Fact, FactAddress])[]): Promise<void> {
  if (facts.length === 0) return;
  if (!tx.groupId) throw new Error('a fact belongs to a tenant: publish inside inTransaction(groupId, …)');
  // The broker would refuse it for ever, and everything behind it in its lane would wait.
  const large = facts.find(([{ payload }]) => payload.length > LIMITS.maxMessageBytes - HEADER_BYTES);
  if (large) throw new Error(`${large[0].schema.typeName} of ${large[0].payload.length} bytes is too large to publish`);
  const cause = traceparent();
  const rows = facts.map(([{ schema, payload }, a]) => {
    const eventId = a.eventId ?? uuidv7(tx.now);
    const version = a.version ?? 1n;
    return {
      event_id: eventId,
      group_id: tx.groupId,
      site_id: a.siteId ?? null,
      subject: subjectOf(schema.typeName, a.site ?? null, a.ownerId),
      aggregate_id: a.aggregateId,
      aggregate_version: version,
      lane: laneOf(a.ownerId),
      payload,
      headers: {
        [HEADERS.eventId]: eventId,
        [HEADERS.groupId]: tx.groupId,
        ...(a.siteId ? { [HEADERS.siteId]: a.siteId } : {}),
        [HEADERS.aggregateId]: a.aggregateId,
        [HEADERS.aggregateVersion]: version,
        [HEADERS.occurredAt]: a.occurredAt,
        ...(cause ? { [HEADERS.traceparent]: cause } : {}),
      },
      occurred_at: a.occurredAt,
      created_at: tx.now,
    };
  });
  await tx.write(insertion('outbox', rows));
  tx.afterCommit(wakeRelays);
}

const relays = new Set<() => void>();

/** Registers a relay of this process to be woken as soon as a fact is committed; returns the way to stop. */
export function onFactCommitted(wake: () => void): () => void {
  relays.add(wake);
  return () => relays.delete(wake);
}

function wakeRelays(): void {
  for (const wake of relays) wake();
}
