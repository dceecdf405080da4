// States sales that happened. Each gets its own answer; the good ones are stored in one set-based transaction.
import type { Place } from '@atrium/contracts';
import { err, naturalId, ok } from '@atrium/kernel';
import { recordsFor, publishAll, type Tx } from '@atrium/platform';
import type { ContractVersion } from '../domain/terms';
import { purchaseRecorded } from '../events/settlement-events';
import { useCheckouts, useIdentifiers } from '../storage/directory.repository';
import { findPurchases, insertPurchaseLines, insertPurchases, type PurchaseRow } from '../storage/purchase.repository';
import { applyParkedRefunds } from './apply-refund';
import {
  hashOf,
  invalid,
  type Known,
  lookUp,
  type Plan,
  planSale,
  type RecordAnswer,
  type StatedPurchase,
} from './plan-sale';
import { postObligations } from './post-obligations';
import { tierDiscountChange } from './post-tier-discount';

export type { PurchaseRow, RecordAnswer, StatedPurchase };

/** What the caller may do where; decided at the door, asked here because only here the places are known. */
export interface SaleAccess {
  mayRecord(path: readonly string[]): boolean;
  mayRead(path: readonly string[], memberId: string | null): boolean;
}

const purchasePath = (groupId: string | null, p: PurchaseRow): string[] => [
  groupId ?? '',
  p.siteId,
  p.merchantId,
  p.storeId,
];

export const purchaseIdOf = (groupId: string, sourceSystem: string, externalId: string): string =>
  naturalId('purchase', groupId, sourceSystem, externalId);

/**
 * Records what is sound and new. With `patient`, what has not arrived yet is answered as such instead of not found, and an
 * identifier that names nobody is not yet taken for a stranger's.
 */
export async function recordPurchases(
  tx: Tx,
  here: Place,
  stated: readonly StatedPurchase[],
  access: SaleAccess,
  patient: boolean,
): Promise<RecordAnswer[]> {
  const groupId = tx.groupId ?? '';
  const ids = stated.map(({ draft }) => purchaseIdOf(groupId, draft.sourceSystem, draft.externalId));
  const known = await lookUp(tx, stated, ids);
  const plans = new Map<string, Plan>();
  const waiting = new Set<string>();
  const decided = stated.map((sale, i): RecordAnswer | 'PLANNED' => {
    const id = ids[i] ?? '';
    const place = known.stores.get(sale.draft.storeId);
    if (!place || place.kind !== 'STORE' || !access.mayRecord(place.path))
      return err({ code: 'NOT_FOUND', what: 'store' });
    const earlier = known.purchases.get(id);
    if (earlier) return repeated(tx, earlier, sale, access);
    if (!recordsFor(here, known.malls.get(place.path[1] ?? '')?.code ?? ''))
      return invalid('RECORDED_ELSEWHERE', 'storeId');
    if (plans.has(id)) return 'PLANNED';
    if (waiting.has(id)) return err({ code: 'NOT_ARRIVED', what: 'member' });
    const plan = planSale(tx, id, sale, place, known, patient);
    if (plan.ok) {
      plans.set(id, plan.value);
      return 'PLANNED';
    }
    if (plan.error.code === 'NOT_ARRIVED') waiting.add(id);
    return plan;
  });
  const { added, stored } = await storeSales(tx, here, [...plans.values()], known);
  return decided.map((decision, i) => {
    if (decision !== 'PLANNED') return decision;
    const id = ids[i] ?? '';
    const purchase = stored.get(id);
    const sale = stated[i];
    if (!purchase || !sale) throw new Error(`sale ${id} was neither stored nor there before`);
    // The first of equals in the batch recorded it, unless another transaction was faster.
    return added.delete(id) ? ok({ purchase, duplicate: false }) : repeated(tx, purchase, sale, access);
  });
}

/** The same sale again: the first answer, or what differs. Of a sale that the caller may not see only that the number is used. */
function repeated(tx: Tx, earlier: PurchaseRow, sale: StatedPurchase, access: SaleAccess): RecordAnswer {
  const { statedPaidMinor } = sale.draft;
  const samePaid = statedPaidMinor === null || statedPaidMinor === earlier.paidMinor;
  if (samePaid && earlier.contentHash.equals(hashOf(sale))) return ok({ purchase: earlier, duplicate: true });
  return access.mayRead(purchasePath(tx.groupId, earlier), earlier.memberId)
    ? err({ code: 'CONFLICT', purchase: earlier })
    : invalid('NUMBER_USED', 'externalId');
}

/** Answers which sales this transaction added, and every planned sale as it now stands. */
async function storeSales(
  tx: Tx,
  here: Place,
  plans: readonly Plan[],
  known: Known,
): Promise<{ added: Set<string>; stored: Map<string, PurchaseRow> }> {
  const stored = new Map(plans.map(({ row }) => [row.id, row]));
  if (plans.length === 0) return { added: new Set(), stored };
  const added = await insertPurchases(
    tx,
    plans.map(({ row }) => row),
  );
  const fresh = plans.filter(({ row }) => added.has(row.id));
  await insertPurchaseLines(
    tx,
    fresh.flatMap(({ row, sale }) => sale.lines.map((line) => ({ ...line, purchaseId: row.id }))),
  );
  await useCheckouts(
    tx,
    fresh.flatMap(({ row }) => (row.checkoutId === null ? [] : [{ id: row.checkoutId, purchaseId: row.id }])),
  );
  await useIdentifiers(
    tx,
    fresh.flatMap(({ row, code }) => (code === null ? [] : [{ blindIndex: code, purchaseId: row.id }])),
  );
  await publishAll(
    tx,
    fresh.map(({ row, sale }) => purchaseRecorded(row, sale.lines, known.malls.get(row.siteId)?.code ?? null)),
  );
  await postObligations(
    tx,
    fresh.flatMap((plan) => tierDiscountOf(plan, known.contracts) ?? []),
  );
  const refunded = await applyParkedRefunds(tx, here, [...added]);
  // What another transaction recorded meanwhile, and what waiting refunds made of new sales.
  const changed = plans.filter(({ row }) => !added.has(row.id) || refunded.has(row.id)).map(({ row }) => row.id);
  for (const [id, row] of await findPurchases(tx, changed)) stored.set(id, row);
  return { added, stored };
}

function tierDiscountOf({ row, sale }: Plan, contracts: readonly ContractVersion[]) {
  const terms = contracts.find(({ id }) => id === row.contractId);
  if (!terms) return null;
  const lines = sale.lines.map((line) => ({ ...line, refundedMinor: 0n }));
  return tierDiscountChange(row, lines, terms, false, row.occurredAt);
}
