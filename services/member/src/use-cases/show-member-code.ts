// The member's code for the till. It follows from the request's key, so that a repeat shows the same code without storing it.
import { err, ok, type Result } from '@atrium/kernel';
import { idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { CODE_TRIES, codeEnd, codeFrom } from '../domain/member-code';
import { publishCode } from '../events/member-events';
import { endCodes, takeCode } from '../storage/member-code.repository';
import { lockMemberRow } from '../storage/member.repository';
import type { MemberKeys } from './keys';

export interface ShownCode {
  code: string;
  validUntil: Date;
}

export async function showMemberCode(
  tx: Tx,
  keys: MemberKeys,
  command: { actor: string; memberId: string; idempotencyKey: string },
): Promise<Result<ShownCode, { code: 'NOT_ELIGIBLE' } | IdempotencyRefusal>> {
  const { memberId, idempotencyKey, actor } = command;
  const groupId = tx.groupId ?? '';
  const codeOf = (attempt: number) =>
    codeFrom(keys.vault.derive(groupId, 'code', `${memberId}|${idempotencyKey}|${attempt}`));

  const shown = await idempotent<{ attempt: number; validUntil: Date }, { code: 'NOT_ELIGIBLE' }>(
    tx,
    { key: idempotencyKey, operation: 'showMemberCode', actor, input: { memberId } },
    async () => {
      const member = await lockMemberRow(tx, memberId);
      if (member?.status !== 'ACTIVE') return err({ code: 'NOT_ELIGIBLE' });
      await endCodes(tx, memberId);
      const validUntil = codeEnd(tx.now);
      for (let attempt = 0; attempt < CODE_TRIES; attempt++) {
        const index = keys.indexOf(groupId, 'DYNAMIC_CODE', codeOf(attempt)) ?? '';
        if (!(await takeCode(tx, memberId, index, validUntil))) continue;
        await publishCode(tx, memberId, index, validUntil);
        return ok({ attempt, validUntil });
      }
      throw new Error('no free code was found');
    },
  );
  if (!shown.ok) return shown;
  return ok({ code: codeOf(shown.value.attempt), validUntil: shown.value.validUntil });
}
