// Sets the points of quoted baskets aside, exactly as quoted, or says why not. Idempotent by checkout.
import { err, ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import { holdPoints as placeHold } from '../domain/holds';
import type { Ledger } from '../../ledger/domain/ledger';
import type { Hold } from '../../ledger/domain/records';
import { spendingProgrammeAt } from '../../programme/domain/rules';
import type { SpendTerms } from '../../programme/domain/terms';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findRules } from '../../programme/storage/rule.repository';
import { holdIdOf } from '../../earning/use-cases/earn-points';
import { quoteBasket } from '../domain/quote';
import { type Payers, payersFor } from './payers';
import type { Basket } from './quote-points';

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

/** Answers in the order of the commands; a refusal of one does not touch the others. */
export async function holdPoints(tx: Tx, commands: readonly HoldCommand[]): Promise<HoldOutcome[]> {
  const memberIds = commands.map(({ basket }) => basket.memberId);
  const ledgers = await openLedgers(tx, memberIds, {
    lock: true,
    spending: memberIds,
    checkouts: commands.map(({ checkoutId }) => checkoutId),
  });
  const rules = await findRules(tx);
  const asked = commands.map((command) => ({
    command,
    memberId: command.basket.memberId,
    mallId: command.basket.mallId,
    terms: spendingProgrammeAt(rules, tx.now, command.basket.quotedRuleVersionId)?.terms.spending ?? null,
  }));
  const payers = await payersFor(tx, asked);
  const outcomes = asked.map(({ command, memberId, terms }): HoldOutcome => {
    const ledger = ledgers.get(memberId);
    if (!ledger) throw new Error('an opened ledger is there');
    return holdBasket(ledger, command, terms, payers);
  });
  await saveLedgers(tx, ledgers.values());
  await publishLedgers(tx, ledgers.values());
  return outcomes;
}

function holdBasket(ledger: Ledger, command: HoldCommand, terms: SpendTerms | null, payers: Payers): HoldOutcome {
  const { checkoutId, basket, points, valueMinor } = command;
  const { mallId, merchantId, currency } = basket;
  const payer = payers.payer(ledger, mallId);
  const refuse = (code: HoldRefusal['code']) => err({ code, available: payer.available, requested: points });
  const earlier = ledger.holds.get(holdIdOf(checkoutId));
  if (earlier) {
    if (earlier.status !== 'HELD') return refuse('RELEASED');
    return earlier.points === points && earlier.valueMinor === valueMinor ? ok(earlier) : refuse('CHANGED');
  }
  if (!terms || points <= 0n || payer.debt > 0n || payer.frozen) return refuse('NOT_ALLOWED');
  if (points > payer.available) return refuse('INSUFFICIENT');
  const quote = quoteBasket(terms, payer, basket, points);
  if (quote.points !== points || quote.valueMinor !== valueMinor) return refuse('CHANGED');
  const limit = new Date(ledger.now.getTime() + terms.holdMinutes * MINUTE_MS);
  const expiresAt = command.expiresAt < limit ? command.expiresAt : limit;
  if (expiresAt <= ledger.now) return refuse('RELEASED');
  payers.spent(ledger, mallId, points);
  const id = holdIdOf(checkoutId);
  return ok(placeHold(ledger, { id, checkoutId, mallId, merchantId, currency, points, valueMinor, expiresAt }));
}
