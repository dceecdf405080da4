// Two accounts become one: all that the loser has goes on in the survivor's account, and nothing is gained or lost by it.
import { assertInt64, type Points } from '@atrium/kernel';
import { type Ledger, move, post, settleDebt } from '../../ledger/domain/ledger';
import type { Lot, LotAmount } from '../../ledger/domain/records';

/** Who becomes whom. */
export interface Merge {
  mergeId: string;
  survivorId: string;
  loserId: string;
}

export interface Merged {
  points: Points;
  debt: Points;
  growth: Points;
}

export type MergeRefusal = 'OPEN_HOLDS' | 'OPEN_TRANSFERS';

/** Both ledgers were opened with everything that is left of their lots; nothing of the loser's is held. */
export function mergeAccounts(loser: Ledger, survivor: Ledger, mergeId: string): Merged {
  const lots = [...loser.lots.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const parts = lots.flatMap((lot) => handOver(loser, survivor, lot) ?? []);
  const points = parts.reduce((sum, { amount }) => sum + amount, 0n);
  const { debt, growth } = loser.account;
  loser.account.debt = 0n;
  survivor.account.debt = assertInt64(survivor.account.debt + debt);
  if (parts.length > 0 || debt > 0n) {
    postSide(loser, mergeId, 'MERGED_AWAY', { points: -points, debt: -debt }, parts);
    postSide(survivor, mergeId, 'MERGED_IN', { points, debt }, parts);
  }
  if (growth > 0n) {
    moveGrowth(loser, mergeId, -growth);
    moveGrowth(survivor, mergeId, growth);
  }
  const [mine, other] = [survivor.account.lastActivityAt, loser.account.lastActivityAt];
  if (other && (!mine || mine < other)) survivor.account.lastActivityAt = other;
  loser.account.version += 1n;
  survivor.account.version += 1n;
  settleDebt(survivor, survivor.now);
  return { points, debt, growth };
}

/**
 * The lot goes on under the same id, with all that may still happen to it: what was spent may come back, what expired may be
 * given again. The loser's is over. Null for one that was over already.
 */
function handOver(loser: Ledger, survivor: Ledger, lot: Lot): LotAmount | null {
  if (lot.held > 0n) throw new Error(`lot ${lot.id} is held`);
  const issued = lot.issued - lot.revoked;
  if (issued === 0n) return null;
  const taken: Lot = { ...lot, issued, revoked: 0n, originLotId: lot.id, mark: 'NEW' };
  survivor.lots.set(taken.id, taken);
  for (const part of ['pending', 'available'] as const) {
    survivor.account[part] = assertInt64(survivor.account[part] + lot[part]);
  }
  lot.reinstated = 0n;
  for (const part of ['pending', 'available', 'redeemed', 'expired'] as const) {
    move(loser, lot, part, 'revoked', lot[part]);
  }
  return { lot: taken, amount: taken.pending + taken.available };
}

function postSide(
  ledger: Ledger,
  mergeId: string,
  code: 'MERGED_AWAY' | 'MERGED_IN',
  { points, debt }: { points: Points; debt: Points },
  parts: readonly LotAmount[],
): void {
  post(ledger, {
    kind: 'TRANSFER',
    amount: points,
    debtDelta: debt,
    occurredAt: ledger.now,
    source: { kind: 'MERGE', id: mergeId },
    explanation: [{ code, value: points.toString() }],
    // With nothing unspent, too: the line says where the lot comes from.
    parts: parts.map(({ lot, amount }) => ({ lot, amount: code === 'MERGED_IN' ? amount : -amount })),
  });
}

function moveGrowth(ledger: Ledger, mergeId: string, amount: Points): void {
  ledger.account.growth = assertInt64(ledger.account.growth + amount);
  ledger.growthEntries.push({
    id: ledger.newId(),
    amount,
    growthAfter: ledger.account.growth,
    occurredAt: ledger.now,
    mallId: null,
    purchaseId: null,
    refundId: null,
    source: { kind: 'MERGE', id: mergeId },
  });
}
