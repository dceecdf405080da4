// What a site recorded while nobody could ask the hub: kept here as it was told, in any order. The hub states it for all to
// hear, with the id that it has at the site: who has heard it there before does not take it twice.
import { createHash } from 'node:crypto';
import type { Place, PurchaseRecorded, PurchaseRefunded } from '@atrium/contracts';
import { parseInstant } from '@atrium/kernel';
import { type Delivered, findOrgNodes, MissingDependency, publishAll, type Tx } from '@atrium/platform';
import { contractAsOf, type ContractVersion } from '../domain/terms';
import { refundOfSite, saleOfSite } from '../events/site-events';
import { findContractsKnown } from '../storage/contract.repository';
import { useCheckouts } from '../storage/directory.repository';
import {
  findPurchaseLines,
  insertPurchaseLines,
  insertPurchases,
  lockPurchase,
  type PurchaseRow,
} from '../storage/purchase.repository';
import { findRefund, saveRefund } from '../storage/refund.repository';
import { applyParkedRefunds, reverseTierDiscount } from './apply-refund';
import { postObligations } from './post-obligations';
import { tierDiscountChange } from './post-tier-discount';
import { requireOwnNodes, requireOwnSales } from './require-own';

type Sale = Delivered<PurchaseRecorded>;

export async function applySiteSales(tx: Tx, here: Place, site: string, events: readonly Sale[]): Promise<void> {
  await requireOwnSales(
    tx,
    site,
    events.map(({ message }) => message),
  );
  const termsOf = await termsByTime(tx, events);
  const rows = events.map((event) => saleRow(event, termsOf(event)));
  const added = await insertPurchases(tx, rows);
  const fresh = events.filter(({ message }) => added.has(message.purchaseId));
  await insertPurchaseLines(
    tx,
    fresh.flatMap(({ message }) => message.lines.map((line) => ({ ...line, purchaseId: message.purchaseId }))),
  );
  await useCheckouts(
    tx,
    fresh.flatMap(({ message: { checkoutId, purchaseId } }) => (checkoutId ? [{ id: checkoutId, purchaseId }] : [])),
  );
  await publishAll(
    tx,
    fresh.map((event) => saleOfSite(event, site)),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  await postObligations(
    tx,
    fresh.flatMap((event) => {
      const row = byId.get(event.message.purchaseId);
      const lines = event.message.lines.map((line) => ({ ...line, refundedMinor: 0n }));
      return (row && tierDiscountChange(row, lines, termsOf(event), false, row.occurredAt)) ?? [];
    }),
  );
  // A refund that was asked for here is the site's to record: it goes to the exceptions.
  await applyParkedRefunds(tx, here, [...added]);
}

/** The terms that the hub had for a sale when the site took it: what was published later changes no sale, also one that comes late. */
async function termsByTime(tx: Tx, events: readonly Sale[]): Promise<(event: Sale) => ContractVersion> {
  const stores = await findOrgNodes(
    tx,
    events.map(({ message }) => message.storeId),
  );
  const contracts = await findContractsKnown(
    tx,
    [...stores.values()].flatMap(({ path }) => path),
  );
  return ({ message, occurredAt }) => {
    const store = stores.get(message.storeId);
    if (!store) throw new MissingDependency(`store ${message.storeId} is not here`);
    const receivedAt = parseInstant(message.receivedAt) ?? occurredAt;
    const known = contracts.filter(({ createdAt }) => createdAt <= receivedAt);
    // A site's clock may be behind the hub's, by more than its first terms are old.
    const terms = contractAsOf(known, store.path, occurredAt) ?? contractAsOf(contracts, store.path, occurredAt);
    if (!terms) throw new MissingDependency(`no terms hold at store ${message.storeId} yet`);
    return terms;
  };
}

function saleRow({ message, occurredAt }: Sale, terms: ContractVersion): PurchaseRow {
  return {
    id: message.purchaseId,
    siteId: message.mallId,
    merchantId: message.merchantId,
    storeId: message.storeId,
    sourceSystem: message.sourceSystem,
    externalId: message.externalId,
    memberId: message.memberId || null,
    identifierIndex: null,
    checkoutId: message.checkoutId || null,
    contractId: terms.id,
    occurredAt,
    receivedAt: parseInstant(message.receivedAt) ?? occurredAt,
    businessDate: message.businessDate,
    timeZone: message.timeZone,
    currency: message.currency,
    grossMinor: message.lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0n),
    paidMinor: message.paidMinor,
    pointsUsed: message.pointsUsed,
    pointsValueMinor: message.pointsValueMinor,
    channel: message.channel || null,
    payments: message.payments.map(({ method, amountMinor }) => ({ method, amountMinor })),
    status: 'RECORDED',
    cashRefundedMinor: 0n,
    pointsValueRefundedMinor: 0n,
    pointsReturned: 0n,
    pointsDeductionMinor: 0n,
    refundNo: 0n,
    // Of what the site keeps, not of what the till said: the same sale stated here again is a conflict.
    contentHash: createHash('sha256').update(`${message.purchaseId} at its site`).digest(),
    recordedAtSite: true,
  };
}

/** Each carries what all refunds so far have given back, so that the order in which they come does not matter. */
export async function applySiteRefunds(
  tx: Tx,
  site: string,
  events: readonly Delivered<PurchaseRefunded>[],
): Promise<void> {
  for (const event of events) {
    const { message, occurredAt } = event;
    const purchase = await lockPurchase(tx, message.purchaseId);
    if (!purchase) throw new MissingDependency(`sale ${message.purchaseId} is not recorded here`);
    await requireOwnNodes(tx, site, [purchase.storeId]);
    if (await findRefund(tx, message.purchaseId, message.refundId)) continue;
    const refund = {
      id: message.refundId,
      purchaseId: message.purchaseId,
      refundNo: message.refundNo,
      sourceSystem: purchase.sourceSystem,
      externalId: message.externalId,
      occurredAt,
      businessDate: message.businessDate,
      cashMinor: message.cashMinor,
      pointsDeductionMinor: message.pointsDeductionMinor,
      pointsValueMinor: message.pointsValueMinor,
      points: message.pointsReturned,
    };
    const status = message.fullyRefunded ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    await saveRefund(tx, refund, message.lines, status, message.pointsReturnedCumulative);
    await publishAll(tx, [refundOfSite(event, purchase, site)]);
    const lines = await findPurchaseLines(tx, [purchase.id]);
    const given = lines.map((line) => ({
      ...line,
      cashMinor: 0n,
      pointsValueMinor: line.pointsValueMinor,
      cashCumulativeMinor: line.cashRefundedMinor,
      pointsValueCumulativeMinor: line.pointsValueRefundedMinor,
    }));
    const fullyRefunded = message.fullyRefunded || purchase.status === 'REFUNDED';
    await reverseTierDiscount(tx, purchase, lines, { lines: given, fullyRefunded }, occurredAt);
  }
}
