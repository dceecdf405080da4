import { isReason, statusAfter } from './freeze';

describe('freezing a member', () => {
  it.each([
    ['FREEZE', 'ACTIVE', 'FROZEN'],
    ['UNFREEZE', 'FROZEN', 'ACTIVE'],
    ['FREEZE', 'FROZEN', null],
    ['UNFREEZE', 'ACTIVE', null],
    ['FREEZE', 'PENDING', null],
    ['UNFREEZE', 'CLOSING', null],
    ['FREEZE', 'CLOSED', null],
    ['FREEZE', 'MERGED', null],
  ] as const)('%s of %s -> %s', (act, status, after) => expect(statusAfter(act, status)).toBe(after));

  it.each([
    ['ab', false],
    ['abc', true],
    ['x'.repeat(500), true],
    ['x'.repeat(501), false],
  ])('has words', (text, fine) => expect(isReason(text)).toBe(fine));
});
