// Points from member to member. Each side is posted in its own account: what left one waits as a fact until it has arrived in
// the other, or is back.
import { err, ok, type Points, type Result } from '@atrium/kernel';
import type { TransferredPart } from '../../ledger/domain/facts';
import { choose, issue, type Ledger, maySpend, move, post, spendableLots, state } from '../../ledger/domain/ledger';
import type { LotAmount } from '../../ledger/domain/records';
import { lotOf, settleGiven } from '../../ledger/domain/pass-time';
import type { TransferTerms } from '../../programme/domain/terms';

export type TransferStatus = 'SENT' | 'RECEIVED' | 'RETURNED';

export interface Transfer {
  readonly memberId: string;
  readonly id: string;
  readonly direction: 'OUT' | 'IN';
  readonly otherMemberId: string;
  readonly points: Points;
  readonly status: TransferStatus;
  readonly message: string | null;
  readonly businessDate: string;
  /** What the sender's lots gave. */
  readonly parts: readonly { readonly lotId: string; readonly points: Points }[];
  readonly sentAt: Date;
  readonly settledAt: Date | null;
}

export type TransferLimit = 'PER_TRANSFER' | 'POINTS_PER_DAY' | 'TRANSFERS_PER_DAY';

/** Which of the programme's limits a transfer would break, and what is left of it today. */
export function limitBroken(
  terms: TransferTerms,
  today: { points: Points; count: number },
  points: Points,
): { limit: TransferLimit; left: Points } | null {
  const { maxPointsPerTransfer, maxPointsPerDay, maxTransfersPerDay } = terms;
  if (maxPointsPerTransfer !== null && points > maxPointsPerTransfer) {
    return { limit: 'PER_TRANSFER', left: maxPointsPerTransfer };
  }
  if (maxTransfersPerDay !== null && today.count >= maxTransfersPerDay) return { limit: 'TRANSFERS_PER_DAY', left: 0n };
  if (maxPointsPerDay === null || today.points + points <= maxPointsPerDay) return null;
  return { limit: 'POINTS_PER_DAY', left: maxPointsPerDay > today.points ? maxPointsPerDay - today.points : 0n };
}

export type SendRefusal =
  { code: 'ACCOUNT_FROZEN' | 'IN_DEBT' } | { code: 'INSUFFICIENT_POINTS'; available: Points; requested: Points };

/** Takes the points that would expire first. The ledger was opened with all of the sender's unspent lots. */
export function sendPoints(
  ledger: Ledger,
  transfer: { id: string; toMemberId: string; points: Points },
): Result<readonly TransferredPart[], SendRefusal> {
  const { id, toMemberId, points } = transfer;
  const allowed = maySpend(ledger);
  if (!allowed.ok) return allowed;
  const lots = spendableLots(ledger);
  const { parts, short } = choose(lots, points);
  if (short > 0n) return err({ code: 'INSUFFICIENT_POINTS', available: points - short, requested: points });
  for (const { lot, amount } of parts) move(ledger, lot, 'available', 'revoked', amount);
  post(ledger, {
    kind: 'TRANSFER',
    amount: -points,
    occurredAt: ledger.now,
    source: { kind: 'TRANSFER', id },
    explanation: [{ code: 'TRANSFER_SENT', value: points.toString() }],
    parts: parts.map(({ lot, amount }) => ({ lot, amount: -amount })),
  });
  const sent = parts.map(({ lot, amount }): TransferredPart => ({
    lotId: lot.id,
    points: amount,
    earnedAt: lot.earnedAt,
    expiresAt: lot.expiresAt,
    funderId: lot.funderId,
    mallId: lot.mallId,
    merchantId: lot.merchantId,
    currency: lot.currency,
  }));
  state(ledger, 'TRANSFER_SENT', {
    transferId: id,
    toMemberId,
    mallId: null,
    points,
    parts: sent,
    occurredAt: ledger.now,
  });
  return ok(sent);
}

/**
 * New lots that keep expiry, funder, place and time of earning, and name the lots they come from. They pay debt first; what
 * expired on the way arrives and expires.
 */
export function receivePoints(
  ledger: Ledger,
  transfer: { id: string; fromMemberId: string; parts: readonly TransferredPart[] },
): void {
  const { id, fromMemberId } = transfer;
  const source = { kind: 'TRANSFER' as const, id };
  const parts = transfer.parts.map(({ lotId: originLotId, points, ...kept }): LotAmount => {
    const credit = { ...kept, purchaseId: null, source, originLotId };
    return { lot: issue(ledger, credit, points), amount: points };
  });
  const points = parts.reduce((sum, { amount }) => sum + amount, 0n);
  post(ledger, {
    kind: 'TRANSFER',
    amount: points,
    occurredAt: ledger.now,
    source,
    explanation: [{ code: 'TRANSFER_RECEIVED', value: points.toString() }],
    parts,
  });
  state(ledger, 'TRANSFER_RECEIVED', { transferId: id, fromMemberId, mallId: null, points, occurredAt: ledger.now });
  settleGiven(ledger, parts, ledger.now);
}

/** Back into the lots they came from, with the expiry they have. The ledger was opened with these lots. */
export function returnPoints(ledger: Ledger, transfer: Transfer, reason: string): void {
  const { id, otherMemberId: toMemberId, points } = transfer;
  const parts = transfer.parts.map((part): LotAmount => {
    const lot = lotOf(ledger, part.lotId);
    move(ledger, lot, 'revoked', 'available', part.points);
    return { lot, amount: part.points };
  });
  post(ledger, {
    kind: 'TRANSFER',
    amount: points,
    occurredAt: ledger.now,
    source: { kind: 'TRANSFER', id },
    explanation: [{ code: 'TRANSFER_RETURNED', value: points.toString() }],
    parts,
  });
  state(ledger, 'TRANSFER_RETURNED', {
    transferId: id,
    toMemberId,
    mallId: null,
    points,
    reason,
    occurredAt: ledger.now,
  });
  settleGiven(ledger, parts, ledger.now);
}
