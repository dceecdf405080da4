// Points and growth that something else than a sale gives.
import { assertInt64, type Points } from '@atrium/kernel';
import type { Step } from './explanation';
import type { Life } from './expiry';
import { issue, type Ledger, post, state } from './ledger';
import type { Entry, Source } from './records';
import { settleGiven } from './pass-time';

export interface NewCredit {
  readonly source: Source;
  readonly mallId: string | null;
  readonly currency: string;
  /** Who carries the cost; null is the group. */
  readonly funderId: string | null;
  readonly points: Points;
  readonly growth: Points;
  readonly life: Life;
  readonly occurredAt: Date;
  readonly explanation: readonly Step[];
}

/** Null when it gives growth only. */
export function credit(ledger: Ledger, given: NewCredit): Entry | null {
  const { source, mallId, currency, funderId, points, growth, life, occurredAt, explanation } = given;
  let entry: Entry | null = null;
  if (points > 0n) {
    const from = { source, mallId, funderId, purchaseId: null, merchantId: null, currency };
    const lot = issue(ledger, { ...from, ...life, earnedAt: occurredAt }, points);
    const parts = [{ lot, amount: points }];
    entry = post(ledger, { kind: 'EARN', amount: points, occurredAt, mallId, source, explanation, parts });
  }
  if (growth > 0n) {
    ledger.account.growth = assertInt64(ledger.account.growth + growth);
    ledger.growthEntries.push({
      id: ledger.newId(),
      amount: growth,
      growthAfter: ledger.account.growth,
      occurredAt,
      mallId,
      purchaseId: null,
      refundId: null,
      source,
    });
  }
  state(ledger, 'CREDITED', { entryId: entry?.id ?? null, source, mallId, currency, points, growth, occurredAt });
  settleGiven(ledger, entry?.parts ?? [], occurredAt);
  return entry;
}
