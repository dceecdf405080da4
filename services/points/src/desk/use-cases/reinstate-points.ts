// Goodwill after an expiry: expired points are given again, under the programme's expiry of today. The old lot's funder carries
// them; above the programme's limit a second person must agree.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { lifeOf } from '../../ledger/domain/expiry';
import { reinstatable, reinstate } from '../../ledger/domain/reinstate';
import { openLedgers } from '../../ledger/storage/ledger.repository';
import { findExpiredLot } from '../../ledger/storage/lot.repository';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import type { Correction } from '../domain/adjust';
import { type AdjustCommand, checkWish, type CorrectionOutcome, type WishRefusal, zoneOf } from './adjust-points';
import { requestApproval } from './approvals';
import { balancesOf, postingExecutor, type Posting, savePosting } from './postings';

/** `amount` is how many of what expired with the entry, positive. */
export interface ReinstateCommand extends AdjustCommand {
  expiryEntryId: string;
}

export type ReinstateRefusal =
  WishRefusal | { code: 'REINSTATEMENT_EXCEEDED'; reinstatable: bigint; requested: bigint };

export async function reinstatePoints(
  tx: Tx,
  command: ReinstateCommand,
): Promise<Result<CorrectionOutcome, ReinstateRefusal | IdempotencyRefusal>> {
  const { key, actor, ...asked } = command;
  const wish = { ...asked, reason: asked.reason.trim() };
  return idempotent<CorrectionOutcome, ReinstateRefusal>(
    tx,
    { key, operation: 'reinstatePoints', actor, input: wish },
    async () => {
      if (wish.amount <= 0n) return err({ code: 'INVALID_INPUT', path: ['amount'], reason: 'NOT_POSITIVE' });
      const checked = await checkWish(tx, wish);
      if (!checked.ok) return checked;
      const { mallId, desk } = checked.value;
      const prepared = await prepare(tx, { ...wish, mallId, actor, sourceId: null }, true);
      if (!prepared.ok) return prepared;
      const { memberId, amount, reasonCode, reason, expiryEntryId } = wish;
      if (amount > desk.approvalAbove) {
        const payload = { expiryEntryId };
        const request = { ...wish, kind: 'REINSTATEMENT', mallId, payload, requestedBy: actor } as const;
        const approval = await requestApproval(tx, request);
        return ok({ kind: 'APPROVAL_REQUIRED', approvalId: approval.id });
      }
      const act = { kind: 'REINSTATED', actor, memberId, approvalId: null, reasonCode, reason } as const;
      await savePosting(tx, prepared.value, act);
      return ok({ kind: 'POSTED', entryId: prepared.value.entry.id });
    },
  );
}

type Reinstatement = Correction & { memberId: string; expiryEntryId: string };

async function prepare(tx: Tx, wish: Reinstatement, lock: boolean): Promise<Result<Posting, ReinstateRefusal>> {
  const { memberId, amount, reason, actor } = wish;
  const lotId = await findExpiredLot(tx, memberId, wish.expiryEntryId);
  if (lotId === null) return err({ code: 'NOT_FOUND' });
  const ledger = (await openLedgers(tx, [memberId], { lock, lots: [lotId] })).get(memberId);
  const lot = ledger?.lots.get(lotId);
  if (!ledger || !lot) throw new Error('an entry names a lot that is there');
  const left = reinstatable(lot);
  if (amount > left) return err({ code: 'REINSTATEMENT_EXCEEDED', reinstatable: left, requested: amount });
  const before = balancesOf(ledger);
  const terms = programmeAt(await findRules(tx), tx.now)?.terms ?? null;
  const zone = await zoneOf(tx, lot.mallId ?? wish.mallId);
  const life = lifeOf(terms, { earnedAt: tx.now, zone, postedAt: tx.now });
  return ok({ ledger, before, entry: reinstate(ledger, lot, amount, { life, actor, reason }) });
}

export const reinstatementExecutor = postingExecutor('REINSTATEMENT', async (tx, approval, lock) => {
  const expiryEntryId = String(approval.payload['expiryEntryId']);
  const wish = { ...approval, expiryEntryId, actor: approval.requestedBy, sourceId: approval.id };
  const prepared = await prepare(tx, wish, lock);
  return prepared.ok ? prepared : err({ code: 'NOT_POSSIBLE' as const });
});
