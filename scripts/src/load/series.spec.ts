import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { breakingPoint, type Moment, readSeries } from './series';

const moment = (at: number, more: Partial<Moment> = {}): Moment => ({
  ...{ at, arrivals: at, requests: 2 * at, dropped: 0, failed: 0, p95: { MemberHome: 100 } },
  ...more,
});
const limits = new Map([['MemberHome', 250]]);

describe('the breaking rate', () => {
  it('is the most that went well before three looks in a row did not', () => {
    const moments = [
      moment(2),
      moment(4),
      // Once is an accident.
      moment(6, { p95: { MemberHome: 900 } }),
      moment(8),
      moment(10, { p95: { MemberHome: 300 } }),
      moment(12, { failed: 4 }),
      moment(14, { dropped: 3 }),
    ];
    expect(breakingPoint(moments, limits, ['failed: rate<0.001'])).toEqual({
      at: 10,
      arrivals: 8,
      requests: 16,
      why: 'MemberHome: p95 300 ms, limit 250 ms',
    });
  });

  it('is none while all goes well, and while it is late for a moment only', () => {
    expect(breakingPoint([moment(2), moment(4)], limits, [])).toBeNull();
    expect(breakingPoint([moment(2), moment(4, { failed: 5 }), moment(6, { failed: 5 })], limits, [])).toBeNull();
  });
});

it('where k6 has ended the run, the whole of it went well until then', () => {
  const why = 'http_req_duration{operation:Gifts}: p(95)<200';
  expect(breakingPoint([moment(2), moment(4)], limits, [why])).toEqual({ at: 4, arrivals: 4, requests: 8, why });
});

describe("what k6's dashboard has recorded", () => {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-series-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read by name, though its values have none, and metrics come later', () => {
    const aggregates = { counter: ['count', 'rate'], trend: ['avg', 'max', 'p(95)'], rate: ['rate'], gauge: ['value'] };
    const lines = [
      { event: 'param', data: { aggregates } },
      { event: 'metric', data: { time: { type: 'gauge' } } },
      { event: 'start', data: [[10_000]] },
      { event: 'metric', data: { iterations: { type: 'counter' }, http_reqs: { type: 'counter' } } },
      { event: 'snapshot', data: [[40, 20], [10, 5], [12_000]] },
      { event: 'metric', data: { answer_Gifts: { type: 'trend' }, failed: { type: 'rate' } } },
      // In the order of names: answer_Gifts, failed, http_reqs, iterations, time.
      { event: 'snapshot', data: [[5, 9, 8], [0.25], [60, 30], [20, 10], [14_000]] },
    ];
    const file = join(folder, 'series.ndjson');
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(readSeries(file)).toEqual([
      { at: 2, arrivals: 5, requests: 20, dropped: 0, failed: 0, p95: {} },
      { at: 4, arrivals: 10, requests: 30, dropped: 0, failed: 25, p95: { Gifts: 8 } },
    ]);
  });
});
