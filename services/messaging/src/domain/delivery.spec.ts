import { isOldNews, MAX_TRIES, waitAfter } from './delivery';

describe('delivery', () => {
  it('tries six times within six hours', () => {
    const waits = Array.from({ length: MAX_TRIES - 1 }, (_, i) => waitAfter(i + 1, 0) ?? NaN);
    expect(waits[0]).toBe(60_000);
    expect(waits.reduce((a, b) => a + b)).toBeLessThanOrEqual(6 * 3_600_000);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waitAfter(MAX_TRIES, 0)).toBeNull();
  });

  it('waits a little less by chance', () => {
    expect(waitAfter(1, 0.999)).toBeGreaterThan(48_000 - 1);
    expect(waitAfter(1, 0.5)).toBe(54_000);
  });

  it('older than a week is old', () => {
    const now = new Date('2026-03-10T00:00:00Z');
    expect(isOldNews(new Date('2026-03-03T00:00:00Z'), now)).toBe(false);
    expect(isOldNews(new Date('2026-03-02T23:59:59Z'), now)).toBe(true);
  });
});
