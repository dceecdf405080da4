// A person corrects a balance. Above the programme's limit a second person must agree first: then the wish is kept, and
// nothing is posted.
import { err, ok, type Result } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { adjust } from '../domain/adjust';
import { requestApproval } from './approvals';
import { lifeOf } from '../../ledger/domain/expiry';
import { programmeAt } from '../../programme/domain/rules';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { findRules } from '../../programme/storage/rule.repository';

export interface AdjustCommand {
  key: string;
  actor: string;
  memberId: string;
  amount: bigint;
  reason: string;
}

export type AdjustOutcome = { kind: 'POSTED'; entryId: string } | { kind: 'APPROVAL_REQUIRED'; approvalId: string };

export type AdjustRefusal =
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: 'ZERO' | 'REASON_LENGTH' | 'NO_PROGRAMME' | 'TOO_LARGE' }
  | { code: 'INSUFFICIENT_POINTS'; available: bigint; requested: bigint };

const REASON_MIN = 3;
const REASON_MAX = 500;
/** Far beyond any correction, far below the end of 64 bits. */
const AMOUNT_MAX = 1_000_000_000_000n;

export async function adjustPoints(
  tx: Tx,
  command: AdjustCommand,
): Promise<Result<AdjustOutcome, AdjustRefusal | IdempotencyRefusal>> {
  const { key, actor, memberId, amount } = command;
  const reason = command.reason.trim();
  return idempotent<AdjustOutcome, AdjustRefusal>(
    tx,
    { key, operation: 'adjustPoints', actor, input: { memberId, amount, reason } },
    async () => {
      const invalid = (path: string, why: 'ZERO' | 'REASON_LENGTH' | 'NO_PROGRAMME' | 'TOO_LARGE') =>
        err<AdjustRefusal>({ code: 'INVALID_INPUT', path: [path], reason: why });
      if (amount === 0n) return invalid('amount', 'ZERO');
      if (amount > AMOUNT_MAX || amount < -AMOUNT_MAX) return invalid('amount', 'TOO_LARGE');
      if (reason.length < REASON_MIN || reason.length > REASON_MAX) return invalid('reason', 'REASON_LENGTH');
      const member = (await findMembers(tx, [memberId])).get(memberId);
      if (!member) return err({ code: 'NOT_FOUND' });
      const programme = programmeAt(await findRules(tx), tx.now);
      if (!programme) return invalid('amount', 'NO_PROGRAMME');
      const ledgers = await openLedgers(tx, [memberId], { lock: true, spending: amount < 0n ? [memberId] : [] });
      const ledger = ledgers.get(memberId);
      if (!ledger) throw new Error('an opened ledger is there');
      const { available } = ledger.account;
      if (-amount > available) return err({ code: 'INSUFFICIENT_POINTS', available, requested: -amount });
      const size = amount < 0n ? -amount : amount;
      if (size > programme.terms.desk.approvalAbove) {
        const approval = await requestApproval(tx, {
          kind: 'ADJUSTMENT',
          memberId,
          mallId: member.homeMallId,
          amount,
          reason,
          payload: {},
          requestedBy: actor,
        });
        return ok({ kind: 'APPROVAL_REQUIRED', approvalId: approval.id });
      }
      const home = await findOrgNode(tx, member.homeMallId ?? tx.groupId ?? '');
      const group = home ?? (await findOrgNode(tx, tx.groupId ?? ''));
      const life = lifeOf(programme.terms, { earnedAt: tx.now, zone: group?.timeZone ?? 'UTC', postedAt: tx.now });
      const entry = adjust(ledger, { amount, reason, actor, life });
      await saveLedgers(tx, [ledger]);
      await publishLedgers(tx, [ledger]);
      return ok({ kind: 'POSTED', entryId: entry.id });
    },
  );
}
