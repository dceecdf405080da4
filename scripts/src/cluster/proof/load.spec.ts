import { couponsTooMany } from './ledger';
import { readLog } from './load';

const figures = (count: number) => ({
  figures: { http_reqs: { values: { count, rate: 5 } }, http_req_duration: { values: { 'p(95)': 40.4 } } },
});
const log = (...lines: object[]) => lines.map((line) => JSON.stringify(line)).join('\n');
const opened = { at: 1, opened: 'run' };

describe('what people wrote down', () => {
  it('is read to the end; what was under way when they were sent home is no failure', () => {
    const read = readLog(
      'run',
      `${log(
        opened,
        { at: 10_000, begun: 'RecordPurchase', key: 'k' },
        { at: 10_100, kept: 'purchase', key: 'k', id: 'i' },
        { at: 10_200, begun: 'ClaimCoupon', key: 'c' },
        { at: 11_000, failed: 'MemberHome', code: 'NO_ANSWER 1000' },
        { at: 20_000, failed: 'MemberHome', code: 'NO_ANSWER 1000' },
        { at: 20_500, failed: 'MemberHome', code: 'UNAVAILABLE' },
      )}\nRequest Failed\n${log(figures(50))}\n`,
    );
    expect(read.failures.map(({ at }) => at)).toEqual([11_000, 20_500]);
    expect([...read.begun]).toEqual(['k']);
    expect([...read.claims]).toEqual(['c']);
    expect(read).toMatchObject({ requests: 50, seconds: 10, p95: 40, kept: [{ key: 'k', id: 'i' }] });
  });

  it.each([
    ['its beginning is lost', log({ at: 2, begun: 'ClaimCoupon', key: 'k' }, figures(5)), 'lost its beginning'],
    ['nobody asked', log(opened, figures(0)), 'k6 has asked nothing'],
    ['k6 did not come to its end', `${log(opened)}\nkilled`, 'k6 has no figures:\nkilled'],
  ])('proves nothing when %s', (_, text, message) => {
    expect(() => readLog('run', text)).toThrow(message);
  });
});

describe('coupons that people claimed', () => {
  const told = (key: string, id: string) => ({ kept: 'coupon' as const, key, id });
  const log = {
    kept: [told('c1', 'a'), told('c1', 'a'), told('c2', 'b')],
    refusals: [{ refused: 'ClaimCoupon', key: 'c3', code: 'NOT_ELIGIBLE' }],
    claims: new Set(['c1', 'c2', 'c3', 'c4']),
  };

  it('are those that were acknowledged; one that nobody was told of may be there or not', () => {
    expect([2, 3].map((given) => couponsTooMany(log, given))).toEqual([[], []]);
  });

  it('are too many when one key has two, or more are there than were claimed', () => {
    expect(couponsTooMany(log, 4)).toEqual(['4 coupons were given away, 3 at the most were claimed']);
    expect(couponsTooMany({ ...log, kept: [...log.kept, told('c2', 'd')] }, 3)).toEqual([
      'c2 was answered with two coupons',
    ]);
  });
});
