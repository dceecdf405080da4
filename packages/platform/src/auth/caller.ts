import { PublicError } from './errors';
import { type Permission, permissionsOf, TILL_REACH } from './permissions';
import type { Role } from './roles';

export const CALLER_KINDS = ['ANONYMOUS', 'MEMBER', 'STAFF', 'TILL', 'SERVICE'] as const;
export type CallerKind = (typeof CALLER_KINDS)[number];

/** Who is asking. Comes from a verified token only; nothing in it is taken from arguments or headers. */
export type Caller = {
  readonly kind: CallerKind;
  readonly id: string;
  /** The tenant. Null for the anonymous and for services of the platform itself. */
  readonly groupId: string | null;
  readonly memberId: string | null;
  /** The till's own store. */
  readonly storeId: string | null;
  readonly name: string | null;
  /** Staff only. */
  readonly grants: readonly { readonly role: Role; readonly nodeId: string }[];
  /** Services only. */
  readonly permissions: readonly Permission[];
};

export const ANONYMOUS: Caller = Object.freeze({
  kind: 'ANONYMOUS',
  id: 'anonymous',
  groupId: null,
  memberId: null,
  storeId: null,
  name: null,
  grants: [],
  permissions: [],
});

/**
 * May the caller do this at this node? `path` is the node's ids from the group down to the node itself. A till reaches
 * its own store; for what tills do across their mall (see TILL_REACH) pass the path of the till's own store as
 * `tillPath`, without it only the own store counts. Members have no permissions: they own their data, see `isSelf`.
 */
export function can(
  caller: Caller,
  permission: Permission,
  path: readonly string[],
  tillPath: readonly string[] = [],
): boolean {
  if (caller.groupId === null || path[0] !== caller.groupId) return false;
  switch (caller.kind) {
    case 'STAFF':
      return caller.grants.some(
        ({ role, nodeId }) => path.includes(nodeId) && permissionsOf(role).includes(permission),
      );
    case 'SERVICE':
      return caller.permissions.includes(permission);
    case 'TILL':
      return tillReaches(caller.storeId, permission, path, tillPath);
    case 'MEMBER':
    case 'ANONYMOUS':
      return false;
  }
}

/**
 * May the caller do this anywhere in its group? For what belongs to the group as a whole, members before all: a clerk
 * of one store serves every member of the group.
 */
export function canAnywhere(caller: Caller, permission: Permission): boolean {
  if (caller.groupId === null) return false;
  switch (caller.kind) {
    case 'STAFF':
      return caller.grants.some(({ role }) => permissionsOf(role).includes(permission));
    case 'SERVICE':
      return caller.permissions.includes(permission);
    case 'TILL':
      return TILL_REACH[permission] !== undefined;
    case 'MEMBER':
    case 'ANONYMOUS':
      return false;
  }
}

/** The signed-in member asking about herself. */
export function isSelf(caller: Caller, memberId: string): boolean {
  return caller.kind === 'MEMBER' && caller.memberId !== null && caller.memberId === memberId;
}

export function requireSignedIn(caller: Caller): void {
  if (caller.kind === 'ANONYMOUS') throw new PublicError('UNAUTHENTICATED', 'Sign in first.');
}

/** The caller's mall group; every statement runs inside it. */
export function requireTenant(caller: Caller): string {
  requireSignedIn(caller);
  if (caller.groupId === null) throw new PublicError('UNAUTHENTICATED', 'The token names no mall group.');
  return caller.groupId;
}

export function requirePermission(
  caller: Caller,
  permission: Permission,
  path: readonly string[],
  tillPath: readonly string[] = [],
): void {
  requireTenant(caller);
  if (!can(caller, permission, path, tillPath)) throw forbidden(permission);
}

export function requireAnywhere(caller: Caller, permission: Permission): void {
  requireTenant(caller);
  if (!canAnywhere(caller, permission)) throw forbidden(permission);
}

/** The id of the signed-in member, for what only a member does (claim a coupon, show the code). */
export function requireMember(caller: Caller): string {
  requireTenant(caller);
  if (caller.kind !== 'MEMBER' || caller.memberId === null) throw new PublicError('FORBIDDEN', 'For members only.');
  return caller.memberId;
}

function forbidden(permission: Permission): PublicError {
  return new PublicError('FORBIDDEN', `This needs the permission ${permission} here.`);
}

function tillReaches(
  storeId: string | null,
  permission: Permission,
  path: readonly string[],
  tillPath: readonly string[],
): boolean {
  const reach = TILL_REACH[permission];
  if (reach === undefined || storeId === null) return false;
  if (reach === 'group' || path.includes(storeId)) return true;
  const mall = tillPath.at(-1) === storeId ? tillPath[1] : undefined;
  return reach === 'mall' && mall !== undefined && path[1] === mall;
}
