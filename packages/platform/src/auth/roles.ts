/** Roles are granted to staff at a node of group > mall > merchant > store and hold for everything below it. */
export const ROLES = [
  'group-admin',
  'mall-manager',
  'merchant-manager',
  'clerk',
  'customer-service',
  'auditor',
] as const;

export type Role = (typeof ROLES)[number];

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}
