import { readLine } from './bulk';

const ID = '0197a000-0000-7000-8000-000000000001';
const line = (fields: Partial<Record<'member_id' | 'amount' | 'reason' | 'reference', string>> | null) =>
  readLine({ line: 2, fields: fields && { member_id: ID, amount: '5', reason: 'goodwill', reference: '', ...fields } });

describe('a line of a file of adjustments', () => {
  it('is read', () => {
    expect(line({ member_id: ID.toUpperCase(), amount: '-12' })).toMatchObject({
      memberId: ID,
      amount: -12n,
      reject: null,
    });
  });

  it.each([
    ['COLUMNS', null],
    ['MEMBER_ID', { member_id: 'card-1' }],
    ['AMOUNT', { amount: '0' }],
    ['AMOUNT', { amount: '1.5' }],
    ['AMOUNT', { amount: '' }],
    ['AMOUNT', { amount: '1000000000001' }],
    ['AMOUNT', { amount: '99999999999999999999' }],
    ['REASON', { reason: 'x' }],
    ['REFERENCE', { reference: 'x'.repeat(201) }],
  ] as const)('%s', (reject, fields) => {
    expect(line(fields)).toMatchObject({ reject, memberId: null, amount: null });
  });
});
