import {
  ANONYMOUS,
  type Caller,
  can,
  canAnywhere,
  isSelf,
  requireAnywhere,
  requireMember,
  requirePermission,
  requireTenant,
} from './caller';
import { PERMISSIONS } from './permissions';

const STORE = ['g', 'mall', 'merchant', 'store'];
const NEIGHBOUR = ['g', 'mall', 'merchant-2', 'store-2'];
const ELSEWHERE = ['g', 'mall-2', 'merchant-3', 'store-3'];

const member: Caller = { ...ANONYMOUS, kind: 'MEMBER', id: 'm', groupId: 'g', memberId: 'm' };
const till: Caller = { ...ANONYMOUS, kind: 'TILL', id: 't', groupId: 'g', storeId: 'store' };
const service: Caller = { ...ANONYMOUS, kind: 'SERVICE', id: 's', groupId: 'g', permissions: ['purchase:record'] };

describe('can', () => {
  it.each([
    // permission, path, the till's own path, allowed
    ['purchase:record', STORE, [], true],
    ['purchase:record', NEIGHBOUR, STORE, false],
    ['purchase:read', STORE, [], true],
    ['purchase:read', NEIGHBOUR, [], false],
    ['purchase:read', NEIGHBOUR, STORE, true],
    ['purchase:read', ELSEWHERE, STORE, false],
    // A path that is not the till's own opens nothing.
    ['purchase:read', NEIGHBOUR, NEIGHBOUR, false],
    ['purchase:refund', NEIGHBOUR, STORE, true],
    ['member:read', ['g'], [], true],
    ['member:read', ['g-2'], [], false],
    ['member:read-personal', ['g'], [], false],
    ['points:adjust', STORE, STORE, false],
  ] as const)('a till: %s at %j with %j -> %s', (permission, path, own, allowed) => {
    expect(can(till, permission, path, own)).toBe(allowed);
  });

  it('lets a service do what its token names, in its own group', () => {
    expect(can(service, 'purchase:record', STORE)).toBe(true);
    expect(can(service, 'purchase:record', ['other', 'mall'])).toBe(false);
    expect(can(service, 'purchase:refund', STORE)).toBe(false);
    expect(can({ ...service, groupId: null }, 'purchase:record', STORE)).toBe(false);
    expect(canAnywhere(service, 'purchase:record')).toBe(true);
  });

  it('gives members and the anonymous no permission at all', () => {
    for (const permission of PERMISSIONS) {
      for (const caller of [member, ANONYMOUS, { ...ANONYMOUS, groupId: 'g' }]) {
        expect(can(caller, permission, ['g'])).toBe(false);
        expect(canAnywhere(caller, permission)).toBe(false);
      }
    }
  });

  it('ignores grants and permissions that do not belong to the kind', () => {
    const forged: Caller = {
      ...member,
      grants: [{ role: 'group-admin', nodeId: 'g' }],
      permissions: ['points:adjust'],
    };
    expect(can(forged, 'points:adjust', ['g'])).toBe(false);
    expect(can({ ...till, permissions: ['points:adjust'] }, 'points:adjust', STORE)).toBe(false);
  });
});

describe('require', () => {
  it('knows herself', () => {
    expect(isSelf(member, 'm')).toBe(true);
    expect(isSelf(member, 'n')).toBe(false);
    expect(isSelf(till, 't')).toBe(false);
    expect(requireMember(member)).toBe('m');
    expect(() => requireMember(till)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('asks the anonymous to sign in', () => {
    for (const ask of [requireTenant, requireMember, (caller: Caller) => requireAnywhere(caller, 'member:read')]) {
      expect(() => ask(ANONYMOUS)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED', retryable: false }));
    }
  });

  it('forbids without the permission and names it', () => {
    expect(requireTenant(member)).toBe('g');
    expect(() => requirePermission(member, 'points:adjust', ['g'])).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining('points:adjust') }),
    );
    expect(() => requirePermission(service, 'purchase:record', STORE)).not.toThrow();
    expect(() => requireAnywhere(till, 'member:identify')).not.toThrow();
  });
});
