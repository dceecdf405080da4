import { type Caller, canAnywhere, isSelf, PublicError, requireTenant } from '@atrium/platform';

/** Members read their own account, others with the permission; whose account it is makes no difference to them. */
export function requireReader(caller: Caller, memberId: string): void {
  requireTenant(caller);
  if (isSelf(caller, memberId) || canAnywhere(caller, 'points:read')) return;
  throw new PublicError('FORBIDDEN', 'This needs the permission points:read here.');
}
