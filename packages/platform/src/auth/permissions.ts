import type { Role } from './roles';

/** Every permission a guard may ask for, `noun:verb`. The names are public (`RoleGrant.permissions`) and stay. */
export const PERMISSIONS = [
  'organisation:manage', // create and change malls, merchants, stores
  'contract:manage',
  'contract:read',
  'purchase:record',
  'purchase:refund',
  'purchase:read',
  'settlement:read', // balances and postings of merchants
  'member:register',
  'member:read', // masked
  'member:read-personal', // phone, birthday and name in clear
  'member:identify', // by card, phone or the code on the member's screen
  'member:freeze', // and unfreeze
  'member:merge', // two memberships of one person into one
  'staff:manage',
  'staff:read',
  'points:rules',
  'points:adjust',
  'points:approve', // the second person above the limit
  'points:read',
  'partner:manage', // name partners and publish rates
  'partner:exchange', // exchange points with a partner's programme, and undo it
  'points:interact', // state that a member did something that earns points
  'desk:read', // approvals, exceptions and bulk files of points
  'desk:resolve', // exceptions: assign, resolve
  'audit:read', // who did what to whom
  'gift:manage', // gifts of the points mall and their stock
  'gift:read', // orders of the points mall, and gifts that are not published
  'gift:fulfil', // orders: make ready, ship, hand over, cancel, take back
  'gift:pay', // the part of an order that is paid in cash
  'tier:rules',
  'tier:read',
  'coupon:templates',
  'coupon:read',
  'coupon:void',
  'checkout:reserve', // quote, reserve and cancel a basket; hold and spend points for an order
  'message:templates',
  'message:read',
  'graph:explain', // plans and timings of operations
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(value: string): value is Permission {
  return (PERMISSIONS as readonly string[]).includes(value);
}

const READ_ONLY: readonly Permission[] = [
  'contract:read',
  'purchase:read',
  'settlement:read',
  'member:read',
  'staff:read',
  'points:read',
  'gift:read',
  'tier:read',
  'coupon:read',
  'message:read',
];

/**
 * Who runs the group does not stand at a till: no role both manages rules and records sales. Shop staff see a member's
 * tier and coupons, not the balance; clear personal data is for the group's administration and customer service.
 */
const BY_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  'group-admin': [
    ...READ_ONLY,
    'organisation:manage',
    'contract:manage',
    'member:register',
    'member:read-personal',
    'member:freeze',
    'member:merge',
    'member:identify',
    'staff:manage',
    'points:rules',
    'gift:manage',
    'points:adjust',
    'points:approve',
    'partner:manage',
    'desk:read',
    'desk:resolve',
    'audit:read',
    'tier:rules',
    'coupon:templates',
    'coupon:void',
    'message:templates',
    'graph:explain',
  ],
  'mall-manager': [
    ...READ_ONLY,
    'organisation:manage',
    'contract:manage',
    'member:register',
    'member:identify',
    'staff:manage',
    'points:rules',
    'gift:manage',
    'coupon:templates',
    'message:templates',
  ],
  'merchant-manager': [
    'contract:read',
    'purchase:record',
    'purchase:refund',
    'purchase:read',
    'settlement:read',
    'member:read',
    'member:identify',
    'staff:manage',
    'staff:read',
    'gift:read',
    'gift:fulfil',
    'tier:read',
    'coupon:read',
    'checkout:reserve',
  ],
  clerk: [
    'purchase:record',
    'purchase:refund',
    'purchase:read',
    'member:register',
    'member:read',
    'member:identify',
    'gift:read',
    'gift:fulfil',
    'tier:read',
    'coupon:read',
    'checkout:reserve',
  ],
  'customer-service': [
    'purchase:read',
    'member:register',
    'member:read',
    'member:read-personal',
    'member:identify',
    'member:freeze',
    'member:merge',
    'points:read',
    'points:adjust',
    'desk:read',
    'desk:resolve',
    'gift:read',
    'gift:fulfil',
    'tier:read',
    'coupon:read',
    'coupon:void',
    'message:read',
  ],
  auditor: [...READ_ONLY, 'desk:read', 'audit:read'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return BY_ROLE[role];
}

/** What every till may do; where it may do it is decided by TILL_REACH. */
export const TILL_REACH: Readonly<Partial<Record<Permission, 'group' | 'mall' | 'store'>>> = {
  'purchase:record': 'store',
  'purchase:refund': 'mall',
  'purchase:read': 'mall',
  'checkout:reserve': 'store',
  'gift:read': 'group',
  'gift:pay': 'group',
  'member:register': 'group',
  'member:read': 'group',
  'member:identify': 'group',
  'points:read': 'group',
  'tier:read': 'group',
  'coupon:read': 'group',
};

export const TILL_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter((name) => TILL_REACH[name] !== undefined);
