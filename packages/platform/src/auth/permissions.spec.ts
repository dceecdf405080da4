import { type Caller, ANONYMOUS, can, canAnywhere } from './caller';
import { type Permission, PERMISSIONS, permissionsOf, TILL_PERMISSIONS } from './permissions';
import { type Role, ROLES } from './roles';

// One row a permission, one column a role: who may do what at the node of the grant. Written out by hand on purpose;
// a change of the table in permissions.ts must be made here a second time.
const MATRIX: Record<Permission, string> = {
  //                        admin mall merchant clerk service auditor till
  'organisation:manage': '    x    x     .      .      .       .     .',
  'contract:manage': '        x    x     .      .      .       .     .',
  'contract:read': '          x    x     x      .      .       x     .',
  'purchase:record': '        .    .     x      x      .       .     x',
  'purchase:refund': '        .    .     x      x      .       .     x',
  'purchase:read': '          x    x     x      x      x       x     x',
  'settlement:read': '        x    x     x      .      .       x     .',
  'member:register': '        x    x     .      x      x       .     x',
  'member:read': '            x    x     x      x      x       x     x',
  'member:read-personal': '   x    .     .      .      x       .     .',
  'member:identify': '        x    x     x      x      x       .     x',
  'member:freeze': '          x    .     .      .      x       .     .',
  'member:merge': '           x    .     .      .      x       .     .',
  'staff:manage': '           x    x     x      .      .       .     .',
  'staff:read': '             x    x     x      .      .       x     .',
  'points:rules': '           x    x     .      .      .       .     .',
  'points:adjust': '          x    .     .      .      x       .     .',
  'points:approve': '         x    .     .      .      .       .     .',
  'points:read': '            x    x     .      .      x       x     x',
  'partner:manage': '         x    .     .      .      .       .     .',
  'partner:exchange': '       .    .     .      .      .       .     .',
  'points:interact': '        .    .     .      .      .       .     .',
  'desk:read': '              x    .     .      .      x       x     .',
  'desk:resolve': '           x    .     .      .      x       .     .',
  'audit:read': '             x    .     .      .      .       x     .',
  'gift:manage': '            x    x     .      .      .       .     .',
  'gift:read': '              x    x     x      x      x       x     x',
  'gift:fulfil': '            .    .     x      x      x       .     .',
  'gift:pay': '               .    .     .      .      .       .     x',
  'tier:rules': '             x    .     .      .      .       .     .',
  'tier:read': '              x    x     x      x      x       x     x',
  'coupon:templates': '       x    x     .      .      .       .     .',
  'coupon:read': '            x    x     x      x      x       x     x',
  'coupon:void': '            x    .     .      .      x       .     .',
  'checkout:reserve': '       .    .     x      x      .       .     x',
  'message:templates': '      x    x     .      .      .       .     .',
  'message:read': '           x    x     .      .      x       x     .',
  'graph:explain': '          x    .     .      .      .       .     .',
};

const GROUP = 'group';
const PATHS = {
  group: [GROUP],
  mall: [GROUP, 'mall'],
  merchant: [GROUP, 'mall', 'merchant'],
  store: [GROUP, 'mall', 'merchant', 'store'],
  otherMall: [GROUP, 'mall-2'],
  otherGroupsStore: ['group-2', 'mall', 'merchant', 'store'],
};

const staff = (role: Role, nodeId: string): Caller => ({
  ...ANONYMOUS,
  kind: 'STAFF',
  id: 's-1',
  groupId: GROUP,
  grants: [{ role, nodeId }],
});

describe('roles and permissions', () => {
  it.each(PERMISSIONS.map((name) => [name]))('%s', (name) => {
    const row = MATRIX[name].trim().split(/\s+/);
    const expected = [...ROLES, 'till'].filter((_, column) => row[column] === 'x');
    const actual: string[] = ROLES.filter((role) => permissionsOf(role).includes(name));
    if (TILL_PERMISSIONS.includes(name)) actual.push('till');
    expect(actual).toEqual(expected);
  });

  it('names every permission noun:verb, once', () => {
    expect(new Set(PERMISSIONS).size).toBe(PERMISSIONS.length);
    for (const name of PERMISSIONS) expect(name).toMatch(/^[a-z]+:[a-z]+(-[a-z]+)*$/);
  });

  it('lets an auditor only read', () => {
    for (const name of permissionsOf('auditor')) expect(name).toMatch(/:read$/);
  });

  // role x permission x node, generated: a grant holds at its node and below, nowhere else.
  const nodes = ['group', 'mall', 'merchant', 'store'] as const;
  it.each(ROLES.flatMap((role) => nodes.map((node) => [role, node] as const)))('%s granted at %s', (role, node) => {
    const caller = staff(role, node);
    for (const permission of PERMISSIONS) {
      const holds = permissionsOf(role).includes(permission);
      for (const [index, target] of nodes.entries()) {
        const below = index >= nodes.indexOf(node);
        expect(can(caller, permission, PATHS[target])).toBe(holds && below);
      }
      expect(can(caller, permission, PATHS.otherMall)).toBe(holds && node === 'group');
      expect(can(caller, permission, PATHS.otherGroupsStore)).toBe(false);
      expect(can(caller, permission, [])).toBe(false);
      expect(canAnywhere(caller, permission)).toBe(holds);
    }
  });
});
