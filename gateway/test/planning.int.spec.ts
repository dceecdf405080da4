import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@atrium/testkit';
import pino from 'pino';
import { Refusal } from '../src/edge/refusal';
import { Planner, type PlannerOptions } from '../src/graph/planner';
import { createMetrics } from '../src/observe/metrics';
import { supergraphs } from './fuzz/supergraphs';

/** Valid and small, and more than Apollo's planner can take: its process ends. */
const KILLER = readFileSync(join(__dirname, 'fuzz', 'killer.graphql'), 'utf8');
const GOOD = '{ media { id title score } }';
const TOO_COMPLEX = { status: 400, code: 'OPERATION_TOO_COMPLEX', extra: { retryable: false } };
const BUSY = { status: 503, code: 'UNAVAILABLE', extra: { retryable: true } };

describe('planning', () => {
  const closing: Planner[] = [];
  afterEach(async () => {
    for (const planner of closing.splice(0)) await planner.close();
  });

  const start = async (options: Partial<PlannerOptions> = {}) => {
    const metrics = createMetrics();
    const lines: string[] = [];
    const planner = await Planner.start(
      { supergraphSdl: supergraphs().get('media') ?? '', introspection: false, maxTokens: 2_000 },
      { timeoutMs: 60_000, memoryMb: 128, queue: 10, ...options },
      metrics.planning,
      pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
    );
    closing.push(planner);
    const failures = (reason: string) => metrics.planning.failures.of({ reason }).value;
    const planned = () => metrics.planning.duration.counts.reduce((sum, count) => sum + count, 0);
    return { planner, lines, failures, planned };
  };
  const kindOf = async (planner: Planner, text: string) => (await planner.plan(text, undefined)).kind;

  it('an operation that ends the process is refused, the others are planned by the next one', async () => {
    const { planner, failures, planned, lines } = await start();
    const [killer, ...others] = await Promise.allSettled([
      kindOf(planner, KILLER),
      kindOf(planner, GOOD),
      kindOf(planner, '{ nothing }'),
    ]);
    expect(killer).toMatchObject({ status: 'rejected', reason: TOO_COMPLEX });
    expect(others).toMatchObject([{ value: 'planned' }, { value: 'invalid' }]);
    expect(failures('crash')).toBe(1);
    expect(lines.join('')).not.toContain('media');

    await expect(kindOf(planner, KILLER)).rejects.toMatchObject(TOO_COMPLEX);
    expect([failures('crash'), planned()]).toEqual([1, 3]);
  });

  it('so is one that takes too long', async () => {
    const { planner, failures } = await start({ timeoutMs: 1_500, memoryMb: 1_000 });
    const killed = kindOf(planner, KILLER);
    await expect(killed).rejects.toBeInstanceOf(Refusal);
    await expect(killed).rejects.toMatchObject(TOO_COMPLEX);
    expect(failures('timeout')).toBe(1);
    await eventually(async () => (await kindOf(planner, GOOD).catch(() => '')) === 'planned', { what: 'a plan' });
  });

  it('what is being planned is planned once, and too many are sent away', async () => {
    const { planner, failures, planned } = await start({ queue: 2 });
    const same = Array.from({ length: 5 }, () => planner.plan(GOOD, undefined));
    const waiting = [planner.plan('{ top { rank } }', undefined), planner.plan('{ review { text } }', undefined)];
    await expect(planner.plan('{ movie { id } }', undefined)).rejects.toMatchObject(BUSY);
    expect(new Set(await Promise.all(same)).size).toBe(1);
    expect(await Promise.all(waiting)).toMatchObject([{ kind: 'planned' }, { kind: 'planned' }]);
    expect([planned(), failures('queue')]).toEqual([3, 1]);
  });

  it('ends with whoever closes it, what is waiting included', async () => {
    const { planner } = await start();
    const waiting = [kindOf(planner, KILLER), kindOf(planner, GOOD)].map((promise) =>
      expect(promise).rejects.toMatchObject(BUSY),
    );
    await planner.close();
    await Promise.all(waiting);
    await expect(kindOf(planner, GOOD)).rejects.toMatchObject(BUSY);
  });
});
