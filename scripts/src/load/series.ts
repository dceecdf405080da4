// What happened when: k6's dashboard records every few seconds what it has measured since the last time.
import { readFileSync } from 'node:fs';

export type Moment = {
  /** Seconds since the first people came. */
  at: number;
  /** Iterations that came to an end, and requests, a second. */
  arrivals: number;
  requests: number;
  dropped: number;
  /** Answers without data, of a hundred. */
  failed: number;
  /** Milliseconds, of operations that were asked for at this time. */
  p95: Record<string, number>;
};

type Line =
  | { event: 'param'; data: { aggregates: Record<string, string[]>; period: number } }
  | { event: 'metric'; data: Record<string, { type: string }> }
  | { event: 'snapshot'; data: number[][] }
  | { event: string; data: unknown };

const is = <E extends 'param' | 'metric' | 'snapshot'>(line: Line, event: E): line is Extract<Line, { event: E }> =>
  line.event === event;

export function readSeries(file: string): Moment[] {
  const moments: Moment[] = [];
  const types = new Map<string, string>();
  let aggregates: Record<string, string[]> = {};
  let started = 0;
  let before = 0;
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if (is(line, 'param')) aggregates = line.data.aggregates;
    if (is(line, 'metric')) for (const [name, { type }] of Object.entries(line.data)) types.set(name, type);
    if (line.event === 'start') started = before = (line.data as number[][])[0]?.[0] ?? 0;
    if (!is(line, 'snapshot')) continue;
    // Values come in the order of the names.
    const values = new Map([...types.keys()].sort().map((name, place) => [name, line.data[place] ?? []] as const));
    const value = (name: string, aggregate: string) =>
      values.get(name)?.[aggregates[types.get(name) ?? '']?.indexOf(aggregate) ?? -1] ?? 0;
    const now = values.get('time')?.[0] ?? 0;
    const seconds = Math.max((now - before) / 1000, 0.001);
    before = now;
    const perSecond = (name: string) => value(name, 'count') / seconds;
    const p95 = [...types.keys()]
      .filter((name) => name.startsWith('answer_') && value(name, 'max') > 0)
      .map((name) => [name.slice('answer_'.length), Math.round(value(name, 'p(95)'))] as const);
    moments.push({
      at: (now - started) / 1000,
      arrivals: perSecond('iterations'),
      requests: perSecond('http_reqs'),
      dropped: perSecond('dropped_iterations'),
      failed: value('failed', 'rate') * 100,
      p95: Object.fromEntries(p95),
    });
  }
  return moments;
}

export type Breaking = { at: number; arrivals: number; requests: number; why: string };

/** So many moments in a row are no accident. */
const IN_A_ROW = 3;

/**
 * From when on answers were late or wrong, and the most that went well until then. The limits that end the run see everything since its
 * beginning, and so see it late.
 */
export function breakingPoint(
  moments: readonly Moment[],
  limits: ReadonlyMap<string, number>,
  crossed: readonly string[],
): Breaking | null {
  const wrong = moments.map(({ p95, failed, dropped }) => {
    if (failed > 1) return `${failed.toFixed(1)} % failed`;
    if (dropped > 0) return 'more people came than answers went out';
    const late = Object.entries(p95).find(([operation, ms]) => ms > (limits.get(operation) ?? Infinity));
    return late === undefined ? null : `${late[0]}: p95 ${late[1]} ms, limit ${limits.get(late[0])} ms`;
  });
  const first = wrong.findIndex((_, at) => {
    const row = wrong.slice(at, at + IN_A_ROW);
    return row.length === IN_A_ROW && row.every((why) => why !== null);
  });
  if (first === -1 && crossed.length === 0) return null;
  // Late now and then is enough to end the run; then it went as far as it did.
  const from = first === -1 ? moments.length : first;
  const good = moments.slice(0, from);
  const most = (of: 'arrivals' | 'requests') => Math.max(0, ...good.map((moment) => moment[of]));
  return {
    at: (moments[from] ?? moments.at(-1))?.at ?? 0,
    arrivals: most('arrivals'),
    requests: most('requests'),
    why: wrong[from] ?? crossed[0] ?? '',
  };
}
