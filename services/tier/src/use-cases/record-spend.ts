// Sales and refunds move a member's spend. Anonymous ones move nobody's.
import { MissingDependency, type Tx } from '@atrium/platform';
import { lockMembers } from '../storage/member-tier.repository';
import { findSales, saveSpend, type SpendRow } from '../storage/metric-fact.repository';
import { refoldMembers } from './refold-members';

export type Sale = Omit<SpendRow, 'factId'>;
export interface SaleRefund extends Omit<SpendRow, 'factId'> {
  refundId: string;
}

export async function recordSales(tx: Tx, sales: readonly Sale[]): Promise<void> {
  const known = sales.filter(({ memberId }) => memberId !== '');
  if (known.length === 0) return;
  const ids = known.map(({ memberId }) => memberId);
  const locked = await lockMembers(tx, ids);
  await saveSpend(
    tx,
    known.map((sale) => ({ ...sale, factId: sale.purchaseId })),
  );
  await refoldMembers(tx, locked);
}

export async function recordRefunds(tx: Tx, refunds: readonly SaleRefund[]): Promise<void> {
  const known = refunds.filter(({ memberId }) => memberId !== '');
  if (known.length === 0) return;
  const ids = known.map(({ memberId }) => memberId);
  const locked = await lockMembers(tx, ids);
  const sales = await findSales(tx, known);
  const orphan = known.find(({ purchaseId }) => !sales.has(purchaseId));
  if (orphan) throw new MissingDependency(`refund ${orphan.refundId} came before its sale`);
  await saveSpend(
    tx,
    known.map(({ refundId, ...refund }) => ({ ...refund, factId: refundId })),
  );
  await refoldMembers(tx, locked);
}
