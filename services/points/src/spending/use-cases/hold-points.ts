// Sets the points of a quoted basket aside, exactly as quoted, or says why not. Idempotent by checkout.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { holdPoints as placeHold } from '../domain/holds';
import type { Hold, Ledger } from '../../ledger/domain/ledger';
import { programmeAt, type Rules } from '../../programme/domain/rules';
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

/** Answers in the order of the commands; a refusal leaves its member's ledger as it was. */
export async function holdPoints(tx: Tx, commands: readonly HoldCommand[]): Promise<HoldOutcome[]> {
  const memberIds = commands.map(({ basket }) => basket.memberId);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: true,
    spending: memberIds,
    checkouts: commands.map(({ checkoutId }) => checkoutId),
  });
  const rules = await findRules(tx);
  const outcomes = commands.map((command) => {
    const ledger = ledgers.get(command.basket.memberId);
    if (!ledger) throw new Error('an opened ledger is there');
    return decideHold(ledger, rules, command);
  });
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return outcomes;
}

function decideHold(ledger: Ledger, rules: Rules, command: HoldCommand): HoldOutcome {
  const { checkoutId, basket, points, valueMinor } = command;
  const { now } = ledger;
  const { available, debt } = ledger.account;
  const refuse = (code: HoldRefusal['code']) => err({ code, available, requested: points });
  const earlier = ledger.holds.get(checkoutId);
  if (earlier) {
    if (earlier.status !== 'HELD') return refuse('RELEASED');
    return earlier.points === points && earlier.valueMinor === valueMinor ? ok(earlier) : refuse('CHANGED');
  }
  const programme = programmeAt(rules, now);
  if (!programme || points <= 0n || debt > 0n) return refuse('NOT_ALLOWED');
  if (points > available) return refuse('INSUFFICIENT');
  const quote = quoteAgainst(ledger, rules, { ...basket, requestedPoints: points });
  if (quote.points !== points || quote.valueMinor !== valueMinor) return refuse('CHANGED');
  const limit = new Date(now.getTime() + programme.terms.spending.holdMinutes * MINUTE_MS);
  const expiresAt = command.expiresAt < limit ? command.expiresAt : limit;
  if (expiresAt <= now) return refuse('RELEASED');
  const mallId = basket.mallId;
  return ok(placeHold(ledger, { id: holdIdOf(checkoutId), checkoutId, mallId, points, valueMinor, expiresAt }));
}
