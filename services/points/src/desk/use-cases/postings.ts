// One posting to one member's account by a person: prepared on a working copy, then written with its act, or only looked at.
import { ok, type Result } from '@atrium/kernel';
import type { Tx } from '@atrium/platform';
import type { Ledger } from '../../ledger/domain/ledger';
import type { Entry } from '../../ledger/domain/records';
import { publishLedgers } from '../../ledger/events/points-events';
import { saveLedgers } from '../../ledger/storage/ledger.repository';
import type { Act, Change } from '../domain/act';
import type { Approval, ApprovalKind } from '../domain/approval';
import { insertActs } from '../storage/act.repository';
import type { ApprovalExecutor, ApprovalRefusal } from './approvals';

export interface Balances {
  readonly available: bigint;
  readonly debt: bigint;
}

export interface Posting {
  readonly ledger: Ledger;
  readonly entry: Entry;
  readonly before: Balances;
}

export const balancesOf = ({ account: { available, debt } }: Ledger): Balances => ({ available, debt });

export const changesOf = ({ before, ledger: { account } }: Posting): Change[] =>
  (['available', 'debt'] as const)
    .filter((name) => before[name] !== account[name])
    .map((name) => ({ name, before: before[name].toString(), after: account[name].toString() }));

/** Writes what was prepared under the account's lock, and who did it. */
export async function savePosting(tx: Tx, posting: Posting, act: Omit<Act, 'subjectId' | 'changes'>): Promise<void> {
  const { ledger, entry } = posting;
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  await insertActs(tx, [{ ...act, subjectId: entry.id, changes: changesOf(posting) }]);
}

/** Prepares a posting: with the account's lock to write it, without to show what it would do. */
export type Prepare<Wish, Refusal extends ApprovalRefusal> = (
  tx: Tx,
  wish: Wish,
  lock: boolean,
) => Promise<Result<Posting, Refusal>>;

/** What approving a wish for one member's account does, and would do. */
export function postingExecutor(
  kind: ApprovalKind,
  prepare: Prepare<Approval & { memberId: string }, ApprovalRefusal>,
): ApprovalExecutor {
  const prepareOf = (tx: Tx, approval: Approval, lock: boolean) => {
    const { memberId } = approval;
    if (memberId === null) throw new Error(`${kind} without a member`);
    return prepare(tx, { ...approval, memberId }, lock);
  };
  return {
    kind,
    effect: async (tx, approval) => {
      const prepared = await prepareOf(tx, approval, false);
      if (!prepared.ok) return prepared;
      const { before, ledger } = prepared.value;
      const after = balancesOf(ledger);
      return ok({
        availableBefore: before.available,
        availableAfter: after.available,
        debtBefore: before.debt,
        debtAfter: after.debt,
      });
    },
    execute: async (tx, approval, approver) => {
      const prepared = await prepareOf(tx, approval, true);
      if (!prepared.ok) return prepared;
      const { memberId, id: approvalId, reasonCode, reason } = approval;
      await savePosting(tx, prepared.value, {
        kind: 'APPROVED',
        actor: approver,
        memberId,
        approvalId,
        reasonCode,
        reason,
      });
      return ok({ entryId: prepared.value.entry.id });
    },
  };
}
