import { roundUp } from './charts';
import { page, type Report } from './page';
import { brokenRules } from './report';
import { memoryOf } from './watch';

const report: Report = {
  ...{ profile: 'peak-day', run: 'peak-day-1', started: new Date(0), url: 'http://<here>', rate: 5, only: '' },
  totals: { requests: 10, seconds: 125 },
  operations: [],
  moments: [
    { at: 2, arrivals: 1, requests: 2, dropped: 0, failed: 0, p95: { Gifts: 10 } },
    { at: 4, arrivals: 3, requests: 6, dropped: 0, failed: 0, p95: { Gifts: 20 } },
  ],
  looks: [
    { at: 0, parts: [{ name: 'points api', replicas: 1, ready: 1, memoryMb: 100 }] },
    { at: 3, parts: [{ name: 'points api', replicas: 3, ready: 2, memoryMb: 130 }] },
  ],
  memory: [],
  consumers: [
    { consumer: 'tier-on-purchase-recorded', behind: 7, seconds: 1.5 },
    { consumer: 'points-on-purchase-recorded', behind: 0, seconds: 0 },
  ],
  books: {
    ledger: { rules: [{ invariant: 'I1', rule: 'balances', checked: 3, violations: 0 }], details: [], leftOut: [] },
    kept: [],
  },
  breaking: undefined,
  broken: [],
};

describe('the page of a run', () => {
  it('shows arrivals, answers, replicas, memory, drain and books, and asks nothing of elsewhere', () => {
    const html = page(report);
    for (const text of [
      'What came',
      'Replicas that are ready',
      'Memory',
      'tier-on-purchase-recorded',
      'Everything held',
    ])
      expect(html).toContain(text);
    expect(html).toContain('All 1 rules of the ledger check hold.');
    expect(html).toContain('1 of 2 had nothing left');
    expect(html).not.toContain('http://<here>');
    expect(html).not.toMatch(/(src|href)=/);
    // Nothing failed: no empty chart.
    expect(html).not.toContain('Failures');
  });

  it('says what did not hold, and what was not looked at', () => {
    const html = page({ ...report, broken: ['oversold: 1 more than the 2 that there were'], books: undefined });
    expect(html).toContain('1 did not hold');
    expect(html).toContain('oversold: 1 more');
    expect(html).toContain('Not looked at.');
  });

  it.each([
    [0, 1],
    [3, 5],
    [24, 25],
    [101, 200],
    [0.03, 0.05],
  ])('an axis for %d ends at %d', (value, top) => expect(roundUp(value)).toBeCloseTo(top, 6));
});

describe('what did not hold', () => {
  const asked = { http_reqs: { values: { count: 5 } } };
  const summary = {
    state: { testRunDurationMs: 1 },
    metrics: {
      ...asked,
      'http_req_duration{operation:Gifts}': { values: {}, thresholds: { 'p(95)<200': { ok: false } } },
      double_credit: { values: {}, thresholds: { 'count==0': { ok: false } } },
    },
  };
  const ended = {
    summary,
    books: undefined,
    unseen: [] as string[],
    stock: 10,
    oversold: 0,
    breaks: false,
    consumers: undefined,
  };

  it('is every limit; what looks for the end may be late, and never wrong', () => {
    expect(brokenRules(ended)).toEqual(['http_req_duration{operation:Gifts}: p(95)<200', 'double_credit: count==0']);
    expect(brokenRules({ ...ended, breaks: true })).toEqual(['double_credit: count==0']);
  });

  it('is what could not be looked at: that is never taken for good', () => {
    const unseen = ['the books cannot be looked at: no route'];
    expect(brokenRules({ ...ended, summary: { ...summary, metrics: asked }, unseen })).toEqual(unseen);
  });

  it('is a run in which nobody asked: no limit can be crossed by it', () => {
    expect(brokenRules({ ...ended, summary: { ...summary, metrics: {} } })).toEqual([
      'nobody came: not one request was made',
    ]);
  });

  it('is a consumer that is late, a write that is lost, a rule that is broken, a coupon too many', () => {
    const kept = { write: 'purchase' as const, acknowledged: 5, lost: 1, doubled: 0, examples: ['x'] };
    const ledger = {
      rules: [{ invariant: 'I1', rule: 'balances', checked: 3, violations: 2 }],
      details: [],
      leftOut: [],
    };
    const consumers = [{ consumer: 'c', behind: 1, seconds: null }];
    expect(
      brokenRules({
        ...ended,
        summary: { ...summary, metrics: asked },
        oversold: 2,
        consumers,
        books: { ledger, kept: [kept] },
      }),
    ).toEqual([
      'oversold: 2 more than the 10 that there were',
      'c has not caught up',
      'purchase: 1 lost, 0 doubled: x',
      'I1, balances: 2',
    ]);
  });
});

it('memory grows by what the last fifth has above the first', () => {
  const looks = Array.from({ length: 11 }, (_, at) => ({
    at: at * 360,
    parts: [{ name: 'points', memoryMb: 100 + at }],
  }));
  expect(memoryOf(looks)).toEqual([
    { part: 'points', 'first MB': 101, 'last MB': 110, 'most MB': 110, 'MB an hour': 10 },
  ]);
});
