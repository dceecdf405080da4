// One hub and malls with a recording of their own: what each side hears of the other, whatever the line does.
import type { DescMessage } from '@bufbuild/protobuf';
import { durableName, filterSubject, LIMITS, type ServiceName, STREAMS, streamOf, SUBSCRIPTIONS } from './catalogue';
import { CheckoutReleasedSchema, CheckoutReservedSchema } from './generated/atrium/coupon/v1/events_pb';
import {
  MemberIdentifierAddedSchema,
  MemberRegisteredSchema,
  MembersMergedSchema,
} from './generated/atrium/member/v1/events_pb';
import { PointsRulesPublishedSchema } from './generated/atrium/points/v1/events_pb';
import {
  ContractPublishedSchema,
  OrgNodeRecordedSchema,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  UnmatchedRefundClosedSchema,
} from './generated/atrium/settlement/v1/events_pb';

/** Where a process stands: at the hub, with the sites that record for themselves; or at such a site. Sites by their subject token. */
export interface Place {
  site: string | null;
  sites: readonly string[];
}

export const HUB: Place = { site: null, sites: [] };

/** As in subjects (`HUB_TOKEN`). */
const HUB_DOMAIN = 'hub';

export interface Subscription {
  event: DescMessage;
  stream: string;
  durable: string;
  filter: string;
}

/** What a site must know to record a sale: who can be named, where, under which terms, which baskets were reserved here. */
const HEARD_AT_A_SITE: readonly DescMessage[] = [
  MemberRegisteredSchema,
  MemberIdentifierAddedSchema,
  MembersMergedSchema,
  CheckoutReservedSchema,
  CheckoutReleasedSchema,
  PointsRulesPublishedSchema,
  OrgNodeRecordedSchema,
  ContractPublishedSchema,
];

/** What a site may state. Settlement at the hub takes it, and states what is of that site's mall; nobody else hears a site. */
export const SITE_FACTS = [
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  UnmatchedRefundClosedSchema,
] as const;

/** The hub's stream of one site: whatever its broker sends, it is in no stream that others hear, and in no other site's. */
export const siteStream = (site: string): string => `SITE-${site}`;

/** A site's fact that is given to the hub's settlement again, by hand: `atrium.settlement.v1.…` -> `of-site.settlement.v1.…`. */
export const againSubject = (subject: string): string => subject.replace(/^atrium\./, 'of-site.');

/** The durable that takes one site's facts; one for each site, as old servers allow one filter only. */
export const siteDurable = (event: DescMessage, site: string): string =>
  `${durableName('merchant-settlement', event)}-${site}`;

/** What a service hears at a place. */
export function subscriptionsOf(service: ServiceName, place: Place): Subscription[] {
  const heard = place.site === null ? SUBSCRIPTIONS[service] : HEARD_AT_A_SITE;
  const own = heard.map((event) => ({
    event,
    stream: streamOf(event),
    durable: durableName(service, event),
    filter: filterSubject(event),
  }));
  if (service !== 'merchant-settlement') return own;
  const ofSites = place.sites.flatMap((site) =>
    SITE_FACTS.map((event) => ({
      event,
      stream: siteStream(site),
      durable: siteDurable(event, site),
      // Also what comes again by hand.
      filter: `${event.typeName.replace(/^atrium/, '*')}.${site}.>`,
    })),
  );
  return [...own, ...ofSites];
}

/** A stream that another one is filled from, in another JetStream domain. */
export interface StreamSource {
  name: string;
  filter_subject?: string;
  external: { api: string; deliver: string };
}

export interface StreamAt {
  name: string;
  subjects: readonly string[];
  /** Undefined: as streams of facts. */
  maxBytes?: number;
  /** Undefined: not this process's to say. */
  sources?: StreamSource[];
}

/** What the hub states for itself and for all: the organisation, its terms. */
const OF_THE_HUB = `atrium.settlement.v1.*.${HUB_DOMAIN}.>`;

const fromSite = (site: string): StreamSource => ({
  name: streamOf(PurchaseRecordedSchema),
  filter_subject: `atrium.settlement.v1.*.${site}.>`,
  external: { api: `$JS.${site}.API`, deliver: `site.${site}.up` },
});

const fromHub = (name: string, site: string, filter?: string): StreamSource => ({
  name,
  ...(filter === undefined ? {} : { filter_subject: filter }),
  external: { api: `$JS.${HUB_DOMAIN}.API`, deliver: `site.${site}.down` },
});

const ofSite = (site: string): StreamAt => ({
  name: siteStream(site),
  subjects: [`of-site.settlement.v1.*.${site}.>`],
  maxBytes: LIMITS.siteMaxBytes,
  sources: [fromSite(site)],
});

/** A service's streams at a place. What the hub takes of a site and a site of the hub has nothing in common: no fact comes back to where it was stated. */
export function streamsOf(service: ServiceName, { site, sites }: Place): StreamAt[] {
  if (site === null) {
    if (service !== 'merchant-settlement') return [...STREAMS];
    // The release before took what sites state into the hub's own stream, where everybody heard it: no more.
    const own = STREAMS.map((stream) => (stream.name === 'SETTLEMENT' ? { ...stream, sources: [] } : stream));
    return [...own, ...sites.map(ofSite)];
  }
  return [
    { name: 'MEMBER', subjects: [], sources: [fromHub('MEMBER', site)] },
    { name: 'POINTS', subjects: [], sources: [fromHub('POINTS', site, filterSubject(PointsRulesPublishedSchema))] },
    { name: 'COUPON', subjects: [], sources: [fromHub('COUPON', site, `atrium.coupon.v1.*.${site}.>`)] },
    { name: 'SETTLEMENT', subjects: ['atrium.settlement.v1.>'], sources: [fromHub('SETTLEMENT', site, OF_THE_HUB)] },
  ];
}
