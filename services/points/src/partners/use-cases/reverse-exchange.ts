// An exchange is undone: issued points are taken back (what is spent already is owed), burned ones return to their lots.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { type Ledger, post, revoke, state } from '../../ledger/domain/ledger';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { reverseRedemption } from '../../spending/domain/redemption';
import { lapsedUntil } from '../../spending/domain/return-to-lots';
import { findRedemptions, saveRedemptions } from '../../spending/storage/redemption.repository';
import { publishExchange } from '../events/partner-events';
import { type Exchange, findExchange, saveReversal } from '../storage/partner.repository';

export type ReverseRefusal = { code: 'NOT_FOUND' };

export async function reverseExchange(
  tx: Tx,
  command: { key: string; actor: string; partnerId: string; externalId: string },
): Promise<Result<Exchange, ReverseRefusal | IdempotencyRefusal>> {
  const { key, actor, ...input } = command;
  return idempotent<Exchange, ReverseRefusal>(
    tx,
    { key, operation: 'reversePartnerExchange', actor, input },
    async () => {
      const first = await findExchange(tx, input.partnerId, input.externalId);
      if (!first) return err({ code: 'NOT_FOUND' });
      const { memberId } = first;
      const redemptions = first.direction === 'BURN' ? await findRedemptions(tx, [memberId], [first.id]) : new Map();
      const redemption = redemptions.get(first.id);
      const lots = redemption?.lots.map(({ lotId }: { lotId: string }) => lotId) ?? [];
      const ledger = (await openLedgers(tx, [memberId], { lock: true, spending: [memberId], lots })).get(memberId);
      // Under the lock: somebody may have been faster.
      const exchange = await findExchange(tx, input.partnerId, input.externalId);
      if (!ledger || !exchange) throw new Error('an exchange that was there stays');
      if (exchange.status === 'REVERSED') return ok(exchange);
      let debt = 0n;
      if (redemption) {
        const programme = programmeAt(await findRules(tx), exchange.occurredAt)?.terms ?? DEFAULT_PROGRAMME;
        const until = lapsedUntil(programme, tx.now, 'UTC');
        const undone = reverseRedemption(ledger, redemption, redemption.points, {
          occurredAt: tx.now,
          lapsedUntil: until,
        });
        if (!undone.ok) throw new Error('an exchange comes back once, and wholly');
        await saveRedemptions(tx, [redemption]);
      } else debt = takeBack(ledger, exchange);
      const reversed: Exchange = { ...exchange, status: 'REVERSED', reversedAt: tx.now };
      await saveReversal(tx, reversed);
      await saveLedgers(tx, [ledger]);
      await publishLedgers(tx, [ledger]);
      await publishExchange(tx, exchange, { at: tx.now, debt });
      return ok(reversed);
    },
  );
}

/** Gives what is owed. */
function takeBack(ledger: Ledger, { id, points, currency }: Exchange): bigint {
  const source = { kind: 'PARTNER', id } as const;
  const { parts, short } = revoke(ledger, points, (lot) => lot.source?.kind === 'PARTNER' && lot.source.id === id);
  ledger.account.debt += short;
  const occurredAt = ledger.now;
  post(ledger, {
    kind: 'EARN_REVERSAL',
    amount: short - points,
    debtDelta: short,
    occurredAt,
    source,
    explanation: [
      { code: 'REVERSED', value: points.toString() },
      ...(short > 0n ? [{ code: 'OWED' as const, value: short.toString() }] : []),
    ],
    parts,
  });
  const entryId = ledger.entries.at(-1)?.id ?? null;
  state(ledger, 'CREDITED', {
    entryId,
    source,
    mallId: null,
    currency,
    points: short - points,
    growth: 0n,
    occurredAt,
  });
  return short;
}
