// The group gives up points that a member owes. By default a second person must agree to every write-off.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { openLedgers } from '../../ledger/storage/ledger.repository';
import { type Correction, writeOff } from '../domain/adjust';
import { type AdjustCommand, checkWish, type CorrectionOutcome, type WishRefusal } from './adjust-points';
import { requestApproval } from './approvals';
import { balancesOf, type Prepare, postingExecutor, savePosting } from './postings';

/** `amount` is what is given up, positive. */
export type WriteOffCommand = AdjustCommand;

export type WriteOffRefusal = WishRefusal | Exceeded;

export async function writeOffDebt(
  tx: Tx,
  command: WriteOffCommand,
): Promise<Result<CorrectionOutcome, WriteOffRefusal | IdempotencyRefusal>> {
  const { key, actor, ...asked } = command;
  const wish = { ...asked, reason: asked.reason.trim() };
  return idempotent<CorrectionOutcome, WriteOffRefusal>(
    tx,
    { key, operation: 'writeOffPointsDebt', actor, input: wish },
    async () => {
      if (wish.amount <= 0n) return err({ code: 'INVALID_INPUT', path: ['amount'], reason: 'NOT_POSITIVE' });
      const checked = await checkWish(tx, wish);
      if (!checked.ok) return checked;
      const { mallId, desk } = checked.value;
      const prepared = await prepareWriteOff(tx, { ...wish, mallId, actor, sourceId: null }, true);
      if (!prepared.ok) return prepared;
      const { memberId, amount, reasonCode, reason } = wish;
      if (amount > desk.writeOffAbove) {
        const request = { ...wish, kind: 'WRITE_OFF', mallId, payload: {}, requestedBy: actor } as const;
        const approval = await requestApproval(tx, request);
        return ok({ kind: 'APPROVAL_REQUIRED', approvalId: approval.id });
      }
      const act = { kind: 'DEBT_WRITTEN_OFF', actor, memberId, approvalId: null, reasonCode, reason } as const;
      await savePosting(tx, prepared.value, act);
      return ok({ kind: 'POSTED', entryId: prepared.value.entry.id });
    },
  );
}

type Exceeded = { code: 'DEBT_EXCEEDED'; owed: bigint; requested: bigint };

const prepareWriteOff: Prepare<Correction & { memberId: string }, Exceeded> = async (tx, wish, lock) => {
  const ledger = (await openLedgers(tx, [wish.memberId], { lock })).get(wish.memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const before = balancesOf(ledger);
  if (wish.amount > before.debt) return err({ code: 'DEBT_EXCEEDED', owed: before.debt, requested: wish.amount });
  return ok({ ledger, before, entry: writeOff(ledger, wish) });
};

export const writeOffExecutor = postingExecutor('WRITE_OFF', (tx, approval, lock) =>
  prepareWriteOff(tx, { ...approval, actor: approval.requestedBy, sourceId: approval.id }, lock),
);
