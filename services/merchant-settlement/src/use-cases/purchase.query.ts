// Sales, as screens read them.
import { isUuid } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { knownMembers } from '../storage/directory.repository';
import {
  findMemberPurchases,
  findPurchaseLines,
  findPurchases,
  type PurchaseLineRow,
  type PurchaseRow,
  type Reach,
} from '../storage/purchase.repository';

export type { PurchaseLineRow, PurchaseRow, Reach };

export const readPurchases = (tx: Tx, ids: readonly string[]): Promise<Map<string, PurchaseRow>> =>
  findPurchases(tx, ids.filter(isUuid));

export async function readPurchaseLines(tx: Tx, ids: readonly string[]): Promise<Map<string, PurchaseLineRow[]>> {
  const rows = await findPurchaseLines(tx, ids);
  return groupBy(rows, ({ purchaseId }) => purchaseId);
}

export const readMembers = (tx: Tx, ids: readonly string[]): Promise<Set<string>> =>
  knownMembers(tx, ids.filter(isUuid));

export const readMemberPurchases = findMemberPurchases;

export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
