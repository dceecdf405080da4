// Who may give which role, and where a role makes sense. A role is never given by someone below it.

export type NodeKind = 'GROUP' | 'MALL' | 'MERCHANT' | 'STORE';

export type RoleName = 'group-admin' | 'mall-manager' | 'merchant-manager' | 'clerk' | 'customer-service' | 'auditor';

/** The kinds of node at which a role may stand. */
const STANDS_AT: Readonly<Record<RoleName, readonly NodeKind[]>> = {
  'group-admin': ['GROUP'],
  'mall-manager': ['GROUP', 'MALL'],
  'merchant-manager': ['MALL', 'MERCHANT'],
  clerk: ['MALL', 'MERCHANT', 'STORE'],
  'customer-service': ['GROUP', 'MALL'],
  auditor: ['GROUP', 'MALL', 'MERCHANT'],
};

/** The roles that the holder of a role may give and take. Clear personal data is the group's to hand out. */
const GIVES: Readonly<Record<RoleName, readonly RoleName[]>> = {
  'group-admin': ['group-admin', 'mall-manager', 'merchant-manager', 'clerk', 'customer-service', 'auditor'],
  'mall-manager': ['mall-manager', 'merchant-manager', 'clerk', 'auditor'],
  'merchant-manager': ['merchant-manager', 'clerk'],
  clerk: [],
  'customer-service': [],
  auditor: [],
};

export function standsAt(role: RoleName, kind: NodeKind): boolean {
  return STANDS_AT[role].includes(kind);
}

/** Whether one of the roles that a grantor holds over the node lets her give `role`. */
export function maySet(role: RoleName, held: readonly RoleName[]): boolean {
  return held.some((own) => GIVES[own].includes(role));
}
