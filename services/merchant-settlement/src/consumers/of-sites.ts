import {
  type Place,
  PurchaseRecordedSchema,
  PurchaseRefundedSchema,
  RefundUnmatchedSchema,
  siteDurable,
  UnmatchedRefundClosedSchema,
} from '@atrium/contracts';
import { type Consumer, consumer, type Delivered, type Tx } from '@atrium/platform';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { applySiteRefunds, applySiteSales } from '../use-cases/apply-site-sales';
import { hearClosed, hearUnmatched } from '../use-cases/hear-site-refunds';

const heardAt = <S extends DescMessage>(
  site: string,
  event: S,
  handle: (tx: Tx, site: string, events: readonly Delivered<MessageShape<S>>[]) => Promise<void>,
): Consumer =>
  consumer({ name: siteDurable(event, site), event, site, handle: (tx, events) => handle(tx, site, events) });

/** What the hub hears of each mall that records for itself. */
export const ofSites = (here: Place) =>
  here.sites.flatMap((site) => [
    heardAt(site, PurchaseRecordedSchema, (tx, name, events) => applySiteSales(tx, here, name, events)),
    heardAt(site, PurchaseRefundedSchema, applySiteRefunds),
    heardAt(site, RefundUnmatchedSchema, hearUnmatched),
    heardAt(site, UnmatchedRefundClosedSchema, hearClosed),
  ]);
