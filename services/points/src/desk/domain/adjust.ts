// A person corrects a balance.
import type { Points } from '@atrium/kernel';
import type { Life } from '../../ledger/domain/expiry';
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
  adjustment: { amount: Points; reason: string; actor: string; life: Life },
): Entry {
  const { amount, reason, actor, life } = adjustment;
  const occurredAt = ledger.now;
  const taken = amount < 0n ? choose(spendableLots(ledger), -amount) : { parts: [], short: 0n };
  if (taken.short > 0n) throw new Error('an adjustment never takes more than what is available');
  for (const { lot, amount: part } of taken.parts) move(ledger, lot, 'available', 'revoked', part);
  const parts = taken.parts.map(({ lot, amount: part }) => ({ lot, amount: -part }));
  if (amount > 0n) {
    const sale = { purchaseId: null, mallId: null, merchantId: null, currency: null };
    parts.push({ lot: issue(ledger, { ...sale, ...life, earnedAt: occurredAt }, amount), amount });
  }
  const entry = post(ledger, {
    kind: 'ADJUST',
    amount,
    occurredAt,
    explanation: [{ code: 'ADJUSTED', value: amount.toString() }],
    actor,
    reason,
    parts,
  });
  state(ledger, 'ADJUSTED', { entryId: entry.id, points: amount, occurredAt });
  settleDebt(ledger, occurredAt);
  return entry;
}
