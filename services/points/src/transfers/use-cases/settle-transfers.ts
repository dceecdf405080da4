// The other side of transfers, each step once whatever is repeated: points arrive, or are refused and go back.
import type { Tx } from '@atrium/platform';
import type { TransferredPart } from '../../ledger/domain/facts';
import { publishLedgers } from '../../ledger/events/points-events';
import { lockAccounts, openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { receivePoints, returnPoints } from '../domain/transfer';
import { publishRefused, type RefusedTransfer } from '../events/transfer-events';
import { findTransfers, insertTransfers, settleTransfers } from '../storage/transfer.repository';

export interface SentTransfer {
  id: string;
  fromMemberId: string;
  toMemberId: string;
  points: bigint;
  parts: readonly TransferredPart[];
  sentAt: Date;
}

export async function receiveTransfers(tx: Tx, sent: readonly SentTransfer[]): Promise<void> {
  const receivers = sent.map(({ toMemberId }) => toMemberId);
  await lockAccounts(tx, receivers);
  const known = await findMembers(tx, receivers);
  const done = await findTransfers(
    tx,
    receivers,
    sent.map(({ id }) => id),
  );
  const fresh = sent.filter(({ id }) => !done.has(id));
  const ledgers = await openLedgers(
    tx,
    receivers.filter((id) => known.has(id)),
    { lock: true },
  );
  // Under the id of somebody who was merged stands the other's account, which might be the sender's own.
  const isThere = (id: string) => ledgers.get(id)?.memberId === id;
  const welcome = fresh.filter(({ toMemberId }) => isThere(toMemberId));
  for (const { id, fromMemberId, toMemberId, parts } of welcome) {
    const ledger = ledgers.get(toMemberId);
    if (ledger) receivePoints(ledger, { id, fromMemberId, parts });
  }
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  await insertTransfers(
    tx,
    welcome.map(({ id, fromMemberId, toMemberId, points, sentAt }) => ({
      memberId: toMemberId,
      id,
      direction: 'IN',
      otherMemberId: fromMemberId,
      points,
      status: 'RECEIVED',
      message: null,
      businessDate: sentAt.toISOString().slice(0, 10),
      parts: [],
      sentAt,
      settledAt: tx.now,
    })),
  );
  const unwelcome = fresh.filter(({ toMemberId }) => !isThere(toMemberId));
  await publishRefused(
    tx,
    unwelcome.map(({ id, fromMemberId, toMemberId }) => ({
      transferId: id,
      fromMemberId,
      toMemberId,
      reason: known.has(toMemberId) ? 'MERGED' : 'UNKNOWN',
    })),
  );
}

export const noteArrivals = (tx: Tx, arrived: readonly { id: string; fromMemberId: string }[]): Promise<void> =>
  settleTransfers(
    tx,
    arrived.map(({ fromMemberId }) => fromMemberId),
    arrived.map(({ id }) => id),
    'RECEIVED',
  );

export async function returnTransfers(tx: Tx, refused: readonly Omit<RefusedTransfer, 'toMemberId'>[]): Promise<void> {
  const senders = refused.map(({ fromMemberId }) => fromMemberId);
  const ids = refused.map(({ transferId }) => transferId);
  await lockAccounts(tx, senders);
  const transfers = await findTransfers(tx, senders, ids);
  const open = refused.filter(({ transferId }) => transfers.get(transferId)?.status === 'SENT');
  const lots = open.flatMap(({ transferId }) => transfers.get(transferId)?.parts.map(({ lotId }) => lotId) ?? []);
  const ledgers = await openLedgers(
    tx,
    open.map(({ fromMemberId }) => fromMemberId),
    { lock: true, lots },
  );
  for (const { transferId, fromMemberId, reason } of open) {
    const [ledger, transfer] = [ledgers.get(fromMemberId), transfers.get(transferId)];
    if (ledger && transfer) returnPoints(ledger, transfer, reason);
  }
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  await settleTransfers(
    tx,
    open.map(({ fromMemberId }) => fromMemberId),
    open.map(({ transferId }) => transferId),
    'RETURNED',
  );
}
