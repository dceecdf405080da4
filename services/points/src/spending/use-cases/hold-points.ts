// Sets the points of a quoted basket aside, exactly as quoted, or says why not. Idempotent by checkout.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { holdPoints as placeHold } from '../domain/holds';
import type { Hold } from '../../ledger/domain/ledger';
import { programmeAt } from '../../programme/domain/rules';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { holdIdOf } from '../../earning/use-cases/earn-points';
import { type Basket, quoteAgainst } from './quote-points';

export interface HoldCommand {
  checkoutId: string;
  basket: Basket;
  points: bigint;
  valueMinor: bigint;
  /** When the checkout ends; the programme's own limit may come before. */
  expiresAt: Date;
}

export interface HoldRefusal {
  code: 'INSUFFICIENT' | 'CHANGED' | 'RELEASED' | 'NOT_ALLOWED';
  available: bigint;
  requested: bigint;
}

const MINUTE_MS = 60_000;

export type HoldOutcome = Result<Hold, HoldRefusal>;

export async function holdPoints(tx: Tx, command: HoldCommand): Promise<HoldOutcome> {
  const { checkoutId, basket, points, valueMinor } = command;
  const ledgers = await openLedgers(tx, [basket.memberId], {
    lock: true,
    spending: [basket.memberId],
    checkouts: [checkoutId],
  });
  const ledger = ledgers.get(basket.memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const { available, debt } = ledger.account;
  const refuse = (code: HoldRefusal['code']) => err({ code, available, requested: points });
  const earlier = ledger.holds.get(checkoutId);
  if (earlier) {
    if (earlier.status !== 'HELD') return refuse('RELEASED');
    return earlier.points === points && earlier.valueMinor === valueMinor ? ok(earlier) : refuse('CHANGED');
  }
  const rules = await findRules(tx);
  const programme = programmeAt(rules, tx.now);
  if (!programme || points <= 0n || debt > 0n) return refuse('NOT_ALLOWED');
  if (points > available) return refuse('INSUFFICIENT');
  const quote = quoteAgainst(ledger, rules, { ...basket, requestedPoints: points });
  if (quote.points !== points || quote.valueMinor !== valueMinor) return refuse('CHANGED');
  const limit = new Date(tx.now.getTime() + programme.terms.spending.holdMinutes * MINUTE_MS);
  const expiresAt = command.expiresAt < limit ? command.expiresAt : limit;
  if (expiresAt <= tx.now) return refuse('RELEASED');
  const mallId = basket.mallId;
  const hold = placeHold(ledger, { id: holdIdOf(checkoutId), checkoutId, mallId, points, valueMinor, expiresAt });
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  return ok(hold);
}
