// A person corrects a balance. Above the programme's limit a second person must agree first: then the wish is kept, and
// nothing is posted.
import { err, ok, type Result } from '@atrium/kernel';
import { findOrgNode, findOrgNodes, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { lifeOf } from '../../ledger/domain/expiry';
import { openLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { programmeAt } from '../../programme/domain/rules';
import { DEFAULT_PROGRAMME } from '../../programme/domain/terms';
import { findRules } from '../../programme/storage/rule.repository';
import { adjust, type Correction } from '../domain/adjust';
import { type Wish, type WishFault, wishFault } from '../domain/wish';
import { requestApproval } from './approvals';
import { balancesOf, type Posting, type Prepare, postingExecutor, savePosting } from './postings';

export interface AdjustCommand extends Wish {
  key: string;
  actor: string;
  memberId: string;
  /** Null: the member's home mall carries it, or the group where there is none. */
  mallId: string | null;
}

export type CorrectionOutcome = { kind: 'POSTED'; entryId: string } | { kind: 'APPROVAL_REQUIRED'; approvalId: string };

export type WishRefusal = { code: 'NOT_FOUND' } | { code: 'INVALID_INPUT'; path: string[]; reason: WishFault };

export type AdjustRefusal = WishRefusal | { code: 'INSUFFICIENT_POINTS'; available: bigint; requested: bigint };

export async function adjustPoints(
  tx: Tx,
  command: AdjustCommand,
): Promise<Result<CorrectionOutcome, AdjustRefusal | IdempotencyRefusal>> {
  const { key, actor, ...asked } = command;
  const wish = { ...asked, reason: asked.reason.trim() };
  return idempotent<CorrectionOutcome, AdjustRefusal>(
    tx,
    { key, operation: 'adjustPoints', actor, input: wish },
    async () => {
      const checked = await checkWish(tx, wish);
      if (!checked.ok) return checked;
      const { mallId, desk } = checked.value;
      const prepared = await prepareAdjustment(tx, { ...wish, mallId, actor, sourceId: null }, true);
      if (!prepared.ok) {
        const { error } = prepared;
        if (error.code === 'INSUFFICIENT_POINTS') return err(error);
        return err({ code: 'INVALID_INPUT', path: ['amount'], reason: 'NO_PROGRAMME' });
      }
      const { memberId, amount, reasonCode, reason } = wish;
      if ((amount < 0n ? -amount : amount) > desk.approvalAbove) {
        const request = { ...wish, kind: 'ADJUSTMENT', mallId, payload: {}, requestedBy: actor } as const;
        const approval = await requestApproval(tx, request);
        return ok({ kind: 'APPROVAL_REQUIRED', approvalId: approval.id });
      }
      const act = { kind: 'ADJUSTED', actor, memberId, approvalId: null, reasonCode, reason } as const;
      await savePosting(tx, prepared.value, act);
      return ok({ kind: 'POSTED', entryId: prepared.value.entry.id });
    },
  );
}

/** What every wish about one member has to be right in; with the mall that carries it. */
export async function checkWish(tx: Tx, wish: Wish & { memberId: string; mallId: string | null }) {
  const member = (await findMembers(tx, [wish.memberId])).get(wish.memberId);
  if (!member) return err<WishRefusal>({ code: 'NOT_FOUND' });
  const programme = programmeAt(await findRules(tx), tx.now);
  const invalid = (path: string, reason: WishFault) =>
    err<WishRefusal>({ code: 'INVALID_INPUT', path: [path], reason });
  if (!programme) return invalid('amount', 'NO_PROGRAMME');
  const desk = { ...DEFAULT_PROGRAMME.desk, ...programme.terms.desk };
  const fault = wishFault(wish, desk.reasonCodes);
  if (fault) return invalid(...fault);
  if (wish.mallId !== null && (await findOrgNode(tx, wish.mallId))?.kind !== 'MALL') {
    return err<WishRefusal>({ code: 'NOT_FOUND' });
  }
  return ok({ mallId: wish.mallId ?? member.homeMallId, desk });
}

type Adjustment = Correction & { memberId: string };

type Impossible = { code: 'INSUFFICIENT_POINTS'; available: bigint; requested: bigint } | { code: 'NO_PROGRAMME' };

export const prepareAdjustment: Prepare<Adjustment, Impossible> = async (tx, wish, lock) => {
  const { memberId, amount, mallId } = wish;
  const programme = programmeAt(await findRules(tx), tx.now);
  if (!programme) return err({ code: 'NO_PROGRAMME' });
  const ledgers = await openLedgers(tx, [memberId], { lock, spending: amount < 0n ? [memberId] : [] });
  const ledger = ledgers.get(memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const before = balancesOf(ledger);
  if (-amount > before.available) {
    return err({ code: 'INSUFFICIENT_POINTS', available: before.available, requested: -amount });
  }
  const zone = await zoneOf(tx, mallId);
  const life = lifeOf(programme.terms, { earnedAt: tx.now, zone, postedAt: tx.now });
  const posting: Posting = { ledger, before, entry: adjust(ledger, { ...wish, life }) };
  return ok(posting);
};

/** Of the mall that carries it, or of the group. */
export async function zoneOf(tx: Tx, mallId: string | null): Promise<string> {
  const groupId = tx.groupId ?? '';
  const nodes = await findOrgNodes(tx, mallId === null ? [groupId] : [groupId, mallId]);
  return (nodes.get(mallId ?? groupId) ?? nodes.get(groupId))?.timeZone ?? 'UTC';
}

/** An adjustment that a second person agreed to; the entry names who wanted it, the act who agreed. */
export const adjustmentExecutor = postingExecutor('ADJUSTMENT', (tx, approval, lock) =>
  prepareAdjustment(tx, { ...approval, actor: approval.requestedBy, sourceId: approval.id }, lock),
);
