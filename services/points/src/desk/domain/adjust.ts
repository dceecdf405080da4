// A person corrects a balance, or gives up a debt.
import type { Points } from '@atrium/kernel';
import type { Life } from '../../ledger/domain/expiry';
import { choose, issue, type Ledger, move, post, spendableLots, state } from '../../ledger/domain/ledger';
import type { Entry } from '../../ledger/domain/records';
import { settleGiven } from '../../ledger/domain/pass-time';

export interface Correction {
  readonly amount: Points;
  readonly reasonCode: string;
  readonly reason: string;
  readonly actor: string;
  /** Who carries the points; null: the group. */
  readonly mallId: string | null;
  /** The approval or the file behind it, if there is one. */
  readonly sourceId: string | null;
}

/** The caller has made sure that a negative amount is there. */
export function adjust(ledger: Ledger, correction: Correction & { life: Life }): Entry {
  const { amount, reasonCode, reason, actor, mallId, sourceId, life } = correction;
  const source = sourceId === null ? null : ({ kind: 'ADJUSTMENT', id: sourceId } as const);
  const occurredAt = ledger.now;
  const taken = amount < 0n ? choose(spendableLots(ledger), -amount) : { parts: [], short: 0n };
  if (taken.short > 0n) throw new Error('an adjustment never takes more than what is available');
  for (const { lot, amount: part } of taken.parts) move(ledger, lot, 'available', 'revoked', part);
  const parts = taken.parts.map(({ lot, amount: part }) => ({ lot, amount: -part }));
  if (amount > 0n) {
    const sale = { purchaseId: null, mallId, merchantId: null, currency: null };
    const credit = { ...sale, ...life, earnedAt: occurredAt, funderId: mallId, source };
    parts.push({ lot: issue(ledger, credit, amount), amount });
  }
  const entry = post(ledger, {
    kind: 'ADJUST',
    amount,
    occurredAt,
    mallId,
    explanation: [{ code: 'ADJUSTED', value: amount.toString(), args: { reasonCode } }],
    source,
    actor,
    reason,
    parts,
  });
  state(ledger, 'ADJUSTED', { entryId: entry.id, points: amount, mallId, reasonCode, occurredAt });
  settleGiven(ledger, amount > 0n ? parts : [], occurredAt);
  return entry;
}

/** The caller has made sure that so much is owed. */
export function writeOff(ledger: Ledger, correction: Correction): Entry {
  const { amount, reasonCode, reason, actor, mallId, sourceId } = correction;
  const { account, now: occurredAt } = ledger;
  if (amount <= 0n || amount > account.debt) throw new Error('a write-off never gives up more than what is owed');
  account.debt -= amount;
  const entry = post(ledger, {
    kind: 'WRITE_OFF',
    amount: 0n,
    debtDelta: -amount,
    occurredAt,
    mallId,
    explanation: [{ code: 'WRITTEN_OFF', value: amount.toString(), args: { reasonCode } }],
    source: sourceId === null ? null : { kind: 'WRITE_OFF', id: sourceId },
    actor,
    reason,
  });
  state(ledger, 'DEBT_SETTLED', {
    entryId: entry.id,
    mallId,
    currency: null,
    points: amount,
    cause: 'WRITTEN_OFF',
    occurredAt,
  });
  return entry;
}
