import { type AtriumClaim, callerFromClaims } from './caller-token';

const GROUP = '0197a000-0000-7000-8000-000000000001';
const NODE = '0197a000-0000-7000-8000-000000000002';
const payload = (atrium: unknown, sub: unknown = 'someone') => ({ iss: 'i', aud: 'a', sub, exp: 1, atrium });

describe('the claims of a caller', () => {
  it.each<[string, AtriumClaim, object]>([
    ['member', { kind: 'MEMBER', group: GROUP, member: NODE, name: 'Li' }, { memberId: NODE, name: 'Li' }],
    ['till', { kind: 'TILL', group: GROUP, store: NODE }, { storeId: NODE }],
    [
      'staff',
      { kind: 'STAFF', group: GROUP, grants: [{ role: 'clerk', node: NODE }] },
      { grants: [{ role: 'clerk', nodeId: NODE }] },
    ],
    [
      'service',
      { kind: 'SERVICE', group: GROUP, permissions: ['purchase:record'] },
      { permissions: ['purchase:record'] },
    ],
  ])('of a %s', (_, claim, expected) => {
    expect(callerFromClaims(payload(claim))).toEqual({
      kind: claim.kind,
      id: 'someone',
      groupId: GROUP,
      memberId: null,
      storeId: null,
      name: null,
      grants: [],
      permissions: [],
      ...expected,
    });
  });

  it('of a service of the platform, which has no group', () => {
    expect(callerFromClaims(payload({ kind: 'SERVICE', permissions: [] })).groupId).toBeNull();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no claim', payload(undefined)],
    ['no subject', payload({ kind: 'MEMBER', group: GROUP, member: NODE }, '')],
    ['an unknown kind', payload({ kind: 'ROOT', group: GROUP })],
    ['an anonymous kind', payload({ kind: 'ANONYMOUS' })],
    ['a member without id', payload({ kind: 'MEMBER', group: GROUP })],
    ['a member without group', payload({ kind: 'MEMBER', member: NODE })],
    ['a group that is no uuid', payload({ kind: 'MEMBER', group: 'demo', member: NODE })],
    ['a member with grants', payload({ kind: 'MEMBER', group: GROUP, member: NODE, grants: [] })],
    ['a till with permissions', payload({ kind: 'TILL', group: GROUP, store: NODE, permissions: ['points:adjust'] })],
    ['an unknown role', payload({ kind: 'STAFF', group: GROUP, grants: [{ role: 'root', node: NODE }] })],
    ['an unknown permission', payload({ kind: 'SERVICE', group: GROUP, permissions: ['all:do'] })],
  ])('are refused with %s', (_, value) => {
    expect(() => callerFromClaims(value)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });
});
