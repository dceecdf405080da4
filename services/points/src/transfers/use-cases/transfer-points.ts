// A member gives points to another one. This writes the sender's side alone; the receiver's follows from the fact.
import { businessDate, err, isUuid, ok, type Result, uuidv7 } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { publishLedgers } from '../../ledger/events/points-events';
import { openLedgers, saveLedgers } from '../../ledger/storage/ledger.repository';
import { findMembers } from '../../ledger/storage/member.repository';
import { programmeAt } from '../../programme/domain/rules';
import { findRules } from '../../programme/storage/rule.repository';
import { limitBroken, sendPoints, type SendRefusal, type TransferLimit } from '../domain/transfer';
import { insertTransfers, sentOn } from '../storage/transfer.repository';

export interface TransferCommand {
  key: string;
  actor: string;
  memberId: string;
  toMemberId: string;
  points: bigint;
  message: string | null;
}

export type TransferFault = 'NOT_POSITIVE' | 'ONESELF' | 'MESSAGE';
export type TransferRefusal =
  | { code: 'TRANSFERS_OFF' }
  | { code: 'NOT_FOUND' }
  | { code: 'INVALID_INPUT'; path: string[]; reason: TransferFault }
  | { code: 'TRANSFER_LIMIT'; limit: TransferLimit; left: bigint }
  | SendRefusal;

const MESSAGE_MAX = 200;

export async function transferPoints(
  tx: Tx,
  command: TransferCommand,
): Promise<Result<{ id: string }, TransferRefusal | IdempotencyRefusal>> {
  const { key, actor, memberId, points } = command;
  const toMemberId = command.toMemberId.toLowerCase();
  const message = command.message?.trim() || null;
  return idempotent<{ id: string }, TransferRefusal>(
    tx,
    { key, operation: 'transferPoints', actor, input: { memberId, toMemberId, points, message } },
    async () => {
      const invalid = (path: string, reason: TransferFault) =>
        err<TransferRefusal>({ code: 'INVALID_INPUT', path: [path], reason });
      if (points <= 0n) return invalid('points', 'NOT_POSITIVE');
      if (toMemberId === memberId) return invalid('toMemberId', 'ONESELF');
      if (message !== null && (message.length > MESSAGE_MAX || message.includes('\0')))
        return invalid('message', 'MESSAGE');
      const programme = programmeAt(await findRules(tx), tx.now);
      if (!programme?.terms.transfers.enabled) return err({ code: 'TRANSFERS_OFF' });
      const members = await findMembers(tx, isUuid(toMemberId) ? [memberId, toMemberId] : [memberId]);
      if (!members.has(toMemberId)) return err({ code: 'NOT_FOUND' });
      return send(tx, { ...command, toMemberId, message }, programme.terms, members.get(memberId)?.homeMallId ?? null);
    },
  );
}

async function send(
  tx: Tx,
  { memberId, toMemberId, points, message }: TransferCommand,
  terms: { transfers: Parameters<typeof limitBroken>[0]; dayCutHour: number },
  homeMallId: string | null,
): Promise<Result<{ id: string }, TransferRefusal>> {
  const ledger = (await openLedgers(tx, [memberId], { lock: true, spending: [memberId] })).get(memberId);
  if (!ledger) throw new Error('an opened ledger is there');
  const home = await findOrgNode(tx, homeMallId ?? tx.groupId ?? '');
  const day = businessDate(tx.now, home?.timeZone ?? 'UTC', terms.dayCutHour * 60);
  const broken = limitBroken(terms.transfers, await sentOn(tx, memberId, day), points);
  if (broken) return err({ code: 'TRANSFER_LIMIT', ...broken });
  const id = uuidv7(tx.now);
  const parts = sendPoints(ledger, { id, toMemberId, points });
  if (!parts.ok) return parts;
  await saveLedgers(tx, [ledger]);
  await publishLedgers(tx, [ledger]);
  await insertTransfers(tx, [
    {
      memberId,
      id,
      direction: 'OUT',
      otherMemberId: toMemberId,
      points,
      status: 'SENT',
      message,
      businessDate: day,
      parts: parts.value,
      sentAt: tx.now,
      settledAt: null,
    },
  ]);
  return ok({ id });
}
