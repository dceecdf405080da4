// Refunds that a person has to look at, or had to: a site's own are told on, for the list of the desk.
import {
  type RefundUnmatched,
  RefundUnmatchedSchema,
  type UnmatchedRefundClosed,
  UnmatchedRefundClosedSchema,
} from '@atrium/contracts';
import { type Delivered, event, type Fact, NotTheirs, publishAll, type Tx } from '@atrium/platform';
import { claimSiteRefunds } from '../storage/site.repository';
import { requireOwnNodes } from './require-own';

export async function hearUnmatched(
  tx: Tx,
  site: string,
  events: readonly Delivered<RefundUnmatched>[],
): Promise<void> {
  await requireOwnNodes(
    tx,
    site,
    events.flatMap(({ message: { mallId } }) => (mallId ? [mallId] : [])),
  );
  await tellOn(tx, site, events, (message) => event(RefundUnmatchedSchema, message));
}

export const hearClosed = (tx: Tx, site: string, events: readonly Delivered<UnmatchedRefundClosed>[]): Promise<void> =>
  tellOn(tx, site, events, (message) => event(UnmatchedRefundClosedSchema, message));

type Told = { refundId: string; purchaseId: string; version: bigint };

/** Who names a refund first owns its number. */
async function tellOn<M extends Told>(
  tx: Tx,
  site: string,
  events: readonly Delivered<M>[],
  fact: (message: M) => Fact,
): Promise<void> {
  const ids = events.map(({ message }) => message.refundId);
  const own = await claimSiteRefunds(tx, site, ids);
  const other = ids.find((id) => !own.has(id));
  if (other !== undefined) throw new NotTheirs(`refund ${other} was asked for elsewhere`);
  await publishAll(
    tx,
    events.map(({ eventId, occurredAt, message }) => [
      fact(message),
      {
        eventId,
        aggregateId: message.refundId,
        ownerId: message.purchaseId,
        siteId: null,
        site,
        version: message.version,
        occurredAt,
      },
    ]),
  );
}
