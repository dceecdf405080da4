import { type ContractVersion, contractAsOf, shareOf, valueOf } from './terms';

const version = (nodeId: string, n: number, from: string, status: ContractVersion['status'] = 'ACTIVE') => ({
  id: `${nodeId}-${n}`,
  nodeId,
  version: n,
  status,
  effectiveFrom: new Date(from),
  pointUnitValue: '0.01',
  pointPriceAtEarn: '0.008',
  burnShareBps: 0,
  couponShareBps: 0,
});

describe('terms', () => {
  const path = ['group', 'mall', 'merchant', 'store'];
  const contracts = [
    version('group', 1, '1970-01-01T00:00:00Z'),
    version('mall', 1, '2026-01-01T00:00:00Z'),
    version('merchant', 1, '2026-02-01T00:00:00Z'),
    version('merchant', 2, '2026-03-01T00:00:00Z'),
    version('merchant', 3, '2026-03-01T00:00:00Z', 'DRAFT'),
    version('elsewhere', 1, '1970-01-01T00:00:00Z'),
  ];

  it.each([
    ['2025-12-31T23:59:59Z', 'group-1'],
    ['2026-01-15T00:00:00Z', 'mall-1'],
    ['2026-02-28T23:59:59Z', 'merchant-1'],
    ['2026-03-01T00:00:00Z', 'merchant-2'],
    ['2027-01-01T00:00:00Z', 'merchant-2'],
  ])('at %s are those of %s', (at, id) => {
    expect(contractAsOf(contracts, path, new Date(at))?.id).toBe(id);
  });

  it('round down to the minor unit of the currency', () => {
    expect(valueOf(199n, '0.008', 'CNY')).toBe(159n); // 1.592
    expect(valueOf(199n, '0.8', 'JPY')).toBe(159n); // 159.2: no digits
    expect(valueOf(199n, '0.0008', 'KWD')).toBe(159n); // 0.1592: three digits
    expect(shareOf(199n, 9_000)).toBe(179n); // 179.1
  });
});
