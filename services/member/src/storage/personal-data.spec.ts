import { randomBytes, randomUUID } from 'node:crypto';
import { createVault } from './personal-data';

const first = randomBytes(32);
const vault = createVault({ current: 1, byVersion: new Map([[1, first]]) });
const [group, other, member] = [randomUUID(), randomUUID(), randomUUID()];

describe('personal data at rest', () => {
  it('comes back, and never looks the same twice', () => {
    const key = vault.newKey(group, member);
    const sealed = key.seal('phone', '+8613800138000');
    expect(vault.keyOf(group, member, key.stored).open('phone', sealed)).toBe('+8613800138000');
    expect(key.seal('phone', '+8613800138000').equals(sealed)).toBe(false);
    expect(sealed.includes('13800138000')).toBe(false);
  });

  it('is bound to its person, its field and its tenant', () => {
    const key = vault.newKey(group, member);
    const sealed = key.seal('phone', 'x');
    expect(() => key.open('name', sealed)).toThrow();
    expect(() => vault.keyOf(group, randomUUID(), key.stored)).toThrow();
    expect(() => vault.keyOf(other, member, key.stored)).toThrow();
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(() => key.open('phone', sealed)).toThrow();
  });

  it('a new master key reads what the old one wrote, and needs it for that', () => {
    const key = vault.newKey(group, member);
    const sealed = key.seal('name', '王小明');
    const rotated = createVault({
      current: 2,
      byVersion: new Map([
        [1, first],
        [2, randomBytes(32)],
      ]),
    });
    expect(rotated.keyOf(group, member, key.stored).open('name', sealed)).toBe('王小明');
    expect(rotated.newKey(group, member).stored.version).toBe(2);
    const forgot = createVault({ current: 2, byVersion: new Map([[2, randomBytes(32)]]) });
    expect(() => forgot.keyOf(group, member, key.stored)).toThrow('no master key of version 1');
  });

  it('derives the same bits for the same text, others for another tenant', () => {
    expect(vault.derive(group, 'code', 'a')).toBe(vault.derive(group, 'code', 'a'));
    expect(vault.derive(group, 'code', 'a')).not.toBe(vault.derive(other, 'code', 'a'));
    expect(vault.derive(group, 'code', 'a')).not.toBe(vault.derive(group, 'code', 'b'));
  });
});
