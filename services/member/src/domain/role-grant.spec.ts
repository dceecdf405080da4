import { maySet, standsAt } from './role-grant';

describe('role grants', () => {
  it('nobody gives a role above the own one', () => {
    expect(maySet('group-admin', ['group-admin'])).toBe(true);
    expect(maySet('group-admin', ['mall-manager', 'merchant-manager', 'clerk'])).toBe(false);
    expect(maySet('mall-manager', ['merchant-manager'])).toBe(false);
    expect(maySet('clerk', ['merchant-manager'])).toBe(true);
    expect(maySet('customer-service', ['mall-manager'])).toBe(false);
    expect(maySet('clerk', ['clerk', 'auditor', 'customer-service'])).toBe(false);
    expect(maySet('clerk', [])).toBe(false);
  });

  it('a role stands where its work is', () => {
    expect(standsAt('group-admin', 'MALL')).toBe(false);
    expect(standsAt('mall-manager', 'MALL')).toBe(true);
    expect(standsAt('clerk', 'STORE')).toBe(true);
    expect(standsAt('clerk', 'GROUP')).toBe(false);
  });
});
