// A site's login states what it likes under the site's name. What is of its own mall the hub believes; the rest is set aside
// for a person, and nobody hears of it.
import type { PurchaseRecorded } from '@atrium/contracts';
import { naturalId } from '@atrium/kernel';
import { findOrgNodes, mallIdOf, merchantIdOf, MissingDependency, NotTheirs, type Tx } from '@atrium/platform';
import { lockCheckouts } from '../storage/directory.repository';
import { siteMallOf } from '../storage/site.repository';

/** Refuses what is not in the mall that has the site's name. What is not here yet is waited for. */
export async function requireOwnNodes(tx: Tx, site: string, ids: readonly string[]): Promise<void> {
  const mallId = await siteMallOf(tx, site);
  if (mallId === null) throw new NotTheirs(`site ${site} is no mall of this group`);
  const nodes = await findOrgNodes(tx, ids);
  for (const id of ids) {
    const node = nodes.get(id);
    if (!node) throw new MissingDependency(`node ${id} is not here`);
    if (mallIdOf(node) !== mallId) throw new NotTheirs(`${node.kind} ${id} is not at site ${site}`);
  }
}

/** A sale's store, merchant, mall and basket are the site's, each within the other; its id is that of its number. */
export async function requireOwnSales(tx: Tx, site: string, sales: readonly PurchaseRecorded[]): Promise<void> {
  await requireOwnNodes(
    tx,
    site,
    sales.flatMap(({ storeId, merchantId, mallId }) => [storeId, merchantId, mallId]),
  );
  const stores = await findOrgNodes(
    tx,
    sales.map(({ storeId }) => storeId),
  );
  const baskets = await lockCheckouts(
    tx,
    sales.flatMap(({ checkoutId }) => (checkoutId ? [checkoutId] : [])),
  );
  for (const { purchaseId, sourceSystem, externalId, storeId, merchantId, mallId, checkoutId } of sales) {
    const store = stores.get(storeId);
    if (!store || store.kind !== 'STORE' || merchantIdOf(store) !== merchantId || mallIdOf(store) !== mallId)
      throw new NotTheirs(`store ${storeId} is not where sale ${purchaseId} says`);
    if (purchaseId !== naturalId('purchase', tx.groupId ?? '', sourceSystem, externalId))
      throw new NotTheirs(`sale ${purchaseId} has the id of another one`);
    if (!checkoutId) continue;
    const basket = baskets.get(checkoutId);
    if (!basket) throw new MissingDependency(`basket ${checkoutId} is not here`);
    if (basket.siteId !== mallId) throw new NotTheirs(`basket ${checkoutId} was reserved at another mall`);
  }
}
