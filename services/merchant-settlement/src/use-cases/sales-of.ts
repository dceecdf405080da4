// The sales that facts of other contexts are about, with the terms that each sale keeps.
import { MissingDependency, type Tx } from '@atrium/platform';
import type { ContractVersion } from '../domain/terms';
import { findContracts } from '../storage/contract.repository';
import { findPurchases, type PurchaseRow } from '../storage/purchase.repository';

export interface SaleWithTerms {
  purchase: PurchaseRow;
  terms: ContractVersion;
}

/** How to find each one; a sale that is not there is a dependency that has not arrived (another cell, a restored database). */
export async function salesOf(tx: Tx, purchaseIds: readonly string[]): Promise<(id: string) => SaleWithTerms> {
  const purchases = await findPurchases(tx, purchaseIds);
  const contracts = await findContracts(
    tx,
    [...purchases.values()].map(({ contractId }) => contractId),
  );
  return (id) => {
    const purchase = purchases.get(id);
    if (!purchase) throw new MissingDependency(`sale ${id} is not recorded here`);
    const terms = contracts.get(purchase.contractId);
    if (!terms) throw new Error(`contract ${purchase.contractId} of a sale is gone`);
    return { purchase, terms };
  };
}
