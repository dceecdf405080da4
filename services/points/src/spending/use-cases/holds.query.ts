// A member's holds, newest first, as they stand at this moment, whether the job has written it down or not.
import { findOrgNode, mallIdOf, merchantIdOf, type Page, type Tx } from '@atrium/platform';
import type { SpendingPlace } from '../domain/order';
import { findHoldPage, type HoldRecord } from '../storage/hold.repository';

export type { HoldRecord };

export const holds = (tx: Tx, memberId: string, page: Page): Promise<HoldRecord[]> => findHoldPage(tx, memberId, page);

/** A node where points can be spent, with its path; null: there is none with this id. */
export async function spendingPlace(tx: Tx, nodeId: string): Promise<(SpendingPlace & { path: string[] }) | null> {
  const node = await findOrgNode(tx, nodeId);
  const mallId = node ? mallIdOf(node) : null;
  if (!node || mallId === null) return null;
  return { nodeId, mallId, merchantId: merchantIdOf(node), storeId: node.path[3] ?? null, path: node.path };
}
