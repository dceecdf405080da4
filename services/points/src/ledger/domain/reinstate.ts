// Expired points are given again: as a new lot that names the old one, never more than expired and was not given again yet.
import type { Points } from '@atrium/kernel';
import type { Life } from './expiry';
import { issue, type Ledger, post, state } from './ledger';
import type { Entry, Lot } from './records';
import { settleGiven } from './pass-time';

/** What of a lot can still be given again. */
export const reinstatable = (lot: Lot): Points => lot.expired - lot.reinstated;

export function reinstate(
  ledger: Ledger,
  lot: Lot,
  amount: Points,
  how: { life: Life; actor: string | null; reason: string | null },
): Entry {
  if (amount <= 0n || amount > reinstatable(lot))
    throw new Error(`lot ${lot.id} has ${reinstatable(lot)} to give again`);
  lot.reinstated += amount;
  if (lot.mark === 'STORED') lot.mark = 'CHANGED';
  const { earnedAt, purchaseId, mallId, merchantId, funderId, currency } = lot;
  const source = { kind: 'REINSTATEMENT', id: lot.id } as const;
  const made = issue(
    ledger,
    { ...how.life, earnedAt, purchaseId, mallId, merchantId, funderId, currency, source, originLotId: lot.id },
    amount,
  );
  const occurredAt = ledger.now;
  const entry = post(ledger, {
    kind: 'REINSTATE',
    amount,
    occurredAt,
    mallId,
    purchaseId,
    source,
    explanation: [
      {
        code: 'REINSTATED',
        value: amount.toString(),
        ...(made.expiresAt === null ? {} : { args: { until: made.expiresAt.toISOString() } }),
      },
    ],
    actor: how.actor,
    reason: how.reason,
    parts: [{ lot: made, amount }],
  });
  const { expiresAt } = made;
  state(ledger, 'REINSTATED', {
    ...{ entryId: entry.id, lotId: made.id, originLotId: lot.id, purchaseId, mallId, merchantId, currency },
    ...{ points: amount, expiresAt, occurredAt },
  });
  settleGiven(ledger, entry.parts, occurredAt);
  return entry;
}
