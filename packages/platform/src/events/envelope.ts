import { HUB_TOKEN, isUuid, laneOf, siteToken } from '@atrium/kernel';

/** What travels beside every event, in NATS headers. Never personal data. */
export interface Envelope {
  eventId: string;
  groupId: string;
  /** The mall where it happened; null for facts of the whole group. */
  siteId: string | null;
  aggregateId: string;
  /** Rises with each event of the aggregate; consumers tolerate gaps, repeats and reordering. */
  aggregateVersion: bigint;
  occurredAt: Date;
}

export interface Delivered<T> extends Envelope {
  message: T;
}

export const HEADERS = {
  eventId: 'Atrium-Event',
  groupId: 'Atrium-Group',
  siteId: 'Atrium-Site',
  aggregateId: 'Atrium-Aggregate',
  aggregateVersion: 'Atrium-Version',
  occurredAt: 'Atrium-Occurred-At',
  /** W3C trace context of what stated the fact, when it is traced. */
  traceparent: 'traceparent',
} as const;

export function readEnvelope(get: (name: string) => string): Envelope {
  const required = (name: string) => {
    const value = get(name);
    if (!value) throw new Error(`header ${name} is missing`);
    return value;
  };
  const id = (name: string) => {
    const value = required(name);
    if (!isUuid(value)) throw new Error(`header ${name} is no id`);
    return value;
  };
  const occurredAt = new Date(required(HEADERS.occurredAt));
  if (Number.isNaN(occurredAt.getTime())) throw new Error(`header ${HEADERS.occurredAt} is no instant`);
  return {
    eventId: id(HEADERS.eventId),
    groupId: id(HEADERS.groupId),
    siteId: get(HEADERS.siteId) ? id(HEADERS.siteId) : null,
    aggregateId: id(HEADERS.aggregateId),
    aggregateVersion: BigInt(required(HEADERS.aggregateVersion)),
    occurredAt,
  };
}

/** `<full name>.<site>.<lane>`: bounded, with no ids in it. */
export function subjectOf(typeName: string, site: string | null, ownerId: string): string {
  return `${typeName}.${siteToken(site ?? '') || HUB_TOKEN}.${laneOf(ownerId)}`;
}
