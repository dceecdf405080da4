import { create } from '@bufbuild/protobuf';
import { type PurchaseRecorded, PurchaseRecordedSchema } from '@atrium/contracts';
import { TEST_GROUP } from '@atrium/testkit';
import type { Delivered } from '@atrium/platform';
import { applySiteSales } from '../src/use-cases/apply-site-sales';
import {
  farStoreId,
  mallId,
  merchantId,
  otherMerchantId,
  purchaseId,
  type Settlement,
  SOURCE,
  startSettlement,
  storeId,
} from './harness';

let s: Settlement;
beforeAll(async () => {
  s = await startSettlement();
}, 60_000);
afterAll(() => s.end());

/** The hub hears of a sale under a site's name. */
function hear(site: string, externalId: string, place: object = {}): Promise<void> {
  const id = purchaseId(externalId);
  const occurredAt = s.clock.now();
  const at = occurredAt.toISOString();
  const sale = { purchaseId: id, sourceSystem: SOURCE, externalId, storeId, merchantId, mallId, ...place };
  const rest = {
    occurredAt: at,
    receivedAt: at,
    businessDate: at.slice(0, 10),
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
  };
  const message = create(PurchaseRecordedSchema, { ...sale, ...rest });
  const event = { message, occurredAt } as Delivered<PurchaseRecorded>;
  const hub = { site: null, sites: ['north', 'south'] };
  return s.db.inTransaction(TEST_GROUP, (tx) => applySiteSales(tx, hub, site, [event]));
}

it('a site states sales of its own mall alone, whatever its facts say', async () => {
  await expect(hear('south', 'all of it')).rejects.toThrow('site south states something of');
  await expect(hear('south', 'its merchant', { storeId: farStoreId, merchantId: otherMerchantId })).rejects.toThrow(
    'site south states something of',
  );
  await expect(hear('north', 'its store', { storeId: farStoreId })).rejects.toThrow('site north states something of');
  await hear('north', 'own');
  const rows: { n: string }[] = await s.admin.dataSource.query('select external_id as n from purchase');
  expect(rows).toEqual([{ n: 'own' }]);
});
