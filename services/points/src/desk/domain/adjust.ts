// A person corrects a balance.
import type { Points } from '@atrium/kernel';
import {
  choose,
  type Entry,
  issue,
  type Ledger,
  move,
  post,
  settleDebt,
  spendableLots,
  state,
} from '../../ledger/domain/ledger';

/** The caller has made sure that a negative amount is there. */
export function adjust(
  ledger: Ledger,
  adjustment: { amount: Points; reason: string; actor: string; expiresAt: Date | null },
): Entry {
  const { amount, reason, actor, expiresAt } = adjustment;
  const occurredAt = ledger.now;
  const parts = amount < 0n ? choose(spendableLots(ledger), -amount) : { parts: [], short: 0n };
  if (parts.short > 0n) throw new Error('an adjustment never takes more than what is available');
  for (const { lot, amount: part } of parts.parts) move(ledger, lot, 'available', 'revoked', part);
  if (amount > 0n) {
    const source = { purchaseId: null, mallId: null, merchantId: null, currency: null };
    issue(ledger, { ...source, earnedAt: occurredAt, expiresAt }, amount);
  }
  const entry = post(ledger, {
    kind: 'ADJUST',
    amount,
    occurredAt,
    explanation: [{ code: 'ADJUSTED', value: amount.toString() }],
    actor,
    reason,
    parts: parts.parts.map(({ lot, amount: part }) => ({ lot, amount: -part })),
  });
  state(ledger, 'ADJUSTED', { entryId: entry.id, points: amount, occurredAt });
  settleDebt(ledger, occurredAt);
  return entry;
}
