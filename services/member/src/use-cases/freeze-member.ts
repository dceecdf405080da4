// Staff freeze a member, who then earns and does not spend, and release them again.
import { err, isUuid, ok, type Result } from '@atrium/kernel';
import { findOrgNode, idempotent, type IdempotencyRefusal, type Tx } from '@atrium/platform';
import { type FreezeReason, type Freezing, isReason, statusAfter } from '../domain/freeze';
import { type InvalidInput, invalid } from '../domain/registration';
import { publishFreeze } from '../events/member-events';
import { insertFreeze, nextFreezeVersion, setMemberStatus } from '../storage/freeze.repository';
import { lockMemberRow } from '../storage/member.repository';
import type { MemberKeys } from './keys';

export interface FreezeMember {
  actor: string;
  idempotencyKey: string;
  act: Freezing;
  memberId: string;
  reasonCode: FreezeReason;
  reason: string;
}

export type FreezeRefusal =
  InvalidInput | { code: 'NOT_FOUND' } | { code: 'NOT_ACTIVE' } | { code: 'NOT_FROZEN' } | IdempotencyRefusal;

export function freezeMember(
  tx: Tx,
  keys: MemberKeys,
  command: FreezeMember,
): Promise<Result<{ memberId: string }, FreezeRefusal>> {
  const { actor, idempotencyKey: key, act, memberId, reasonCode } = command;
  const reason = command.reason.trim();
  const input = keys.fingerprint({ memberId, reasonCode, reason });
  return idempotent<{ memberId: string }, FreezeRefusal>(tx, { key, operation: act, actor, input }, async () => {
    if (!isReason(reason)) return err(invalid(['reason'], '3 to 500 characters'));
    const member = isUuid(memberId) ? await lockMemberRow(tx, memberId) : null;
    if (!member) return err({ code: 'NOT_FOUND' });
    const after = statusAfter(act, member.status);
    if (after === null) return err({ code: act === 'FREEZE' ? 'NOT_ACTIVE' : 'NOT_FROZEN' });
    const frozen = after === 'FROZEN';
    const version = await nextFreezeVersion(tx, memberId);
    const stored = { wrapped: member.dataKey, version: member.keyVersion };
    const reasonSealed = keys.vault.keyOf(tx.groupId ?? '', memberId, stored).seal(`freeze:${version}`, reason);
    await setMemberStatus(tx, memberId, member.status, after);
    await insertFreeze(tx, { memberId, version, frozen, reasonCode, reasonSealed, actor });
    const mall = member.homeMallId === null ? null : await findOrgNode(tx, member.homeMallId);
    await publishFreeze(tx, {
      memberId,
      frozen,
      version,
      reasonCode,
      actor,
      siteId: member.homeMallId,
      site: mall?.code ?? null,
    });
    return ok({ memberId });
  });
}
