import { type Place, PurchaseRecordedSchema, PurchaseRefundedSchema, siteDurable } from '@atrium/contracts';
import { consumer } from '@atrium/platform';
import { applySiteRefunds, applySiteSales } from '../use-cases/apply-site-sales';

/** What the hub hears of each mall that records for itself. */
export const ofSites = (here: Place) =>
  here.sites.flatMap((site) => [
    consumer({
      name: siteDurable(PurchaseRecordedSchema, site),
      event: PurchaseRecordedSchema,
      handle: (tx, events) => applySiteSales(tx, here, site, events),
    }),
    consumer({
      name: siteDurable(PurchaseRefundedSchema, site),
      event: PurchaseRefundedSchema,
      handle: (tx, events) => applySiteRefunds(tx, site, events),
    }),
  ]);
