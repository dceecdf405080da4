// Who stands at the till: by card, by phone, or by the code on the member's screen, which is used up by it.
import { PublicError, type Tx } from '@atrium/platform';
import { CODE_ATTEMPTS_PER_MINUTE, minuteOf } from '../domain/member-code';
import { findByIdentifiers } from '../storage/identifier.repository';
import { consumeCode, countAttempt } from '../storage/member-code.repository';
import type { MemberKeys } from './keys';

export async function identifyMember(
  tx: Tx,
  keys: MemberKeys,
  query: { callerId: string; type: 'CARD' | 'PHONE' | 'DYNAMIC_CODE'; value: string },
): Promise<string | null> {
  const index = keys.indexOf(tx.groupId ?? '', query.type, query.value);
  if (query.type !== 'DYNAMIC_CODE') {
    if (index === null) return null;
    return (await findByIdentifiers(tx, query.type, [index])).get(index) ?? null;
  }
  const attempts = await countAttempt(tx, query.callerId, minuteOf(tx.now));
  if (attempts > CODE_ATTEMPTS_PER_MINUTE) {
    throw new PublicError('LIMIT_EXCEEDED', 'Too many codes were tried. Wait a minute.');
  }
  return index === null ? null : consumeCode(tx, index);
}
