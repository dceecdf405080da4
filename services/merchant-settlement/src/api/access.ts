import { type Caller, can, isSelf, type Permission, permissionsOf, TILL_REACH } from '@atrium/platform';
import type { Reach } from '../use-cases/purchase.query';
import type { SettlementContext } from './context';

/** The path of the till's own store, for what a till may do across its mall. */
export async function tillPathOf({ caller, load }: SettlementContext): Promise<readonly string[]> {
  if (caller.kind !== 'TILL' || caller.storeId === null) return [];
  return (await load.node.load(caller.storeId))?.path ?? [];
}

/** The nodes within which the caller has a permission; null = the whole group. For lists, where `can` is asked of each row. */
export function reachOf(caller: Caller, permission: Permission, tillPath: readonly string[]): Reach {
  switch (caller.kind) {
    case 'SERVICE':
      return caller.permissions.includes(permission) ? null : [];
    case 'STAFF': {
      const nodes = caller.grants.filter(({ role }) => permissionsOf(role).includes(permission)).map((g) => g.nodeId);
      return nodes.some((id) => id === caller.groupId) ? null : nodes;
    }
    case 'TILL': {
      const reach = TILL_REACH[permission];
      if (reach === undefined) return [];
      if (reach === 'group') return null;
      const node = reach === 'mall' ? tillPath[1] : caller.storeId;
      return node ? [node] : [];
    }
    case 'MEMBER':
    case 'ANONYMOUS':
      return [];
  }
}

/** A sale may be seen by its own member and by whoever reads sales where it happened. */
export async function maySeePurchase(
  ctx: SettlementContext,
  path: readonly string[],
  memberId: string | null,
): Promise<boolean> {
  if (memberId !== null && isSelf(ctx.caller, memberId)) return true;
  return can(ctx.caller, 'purchase:read', path, await tillPathOf(ctx));
}
