import { must } from '../command';
import { proveLedger } from '../ledger';
import { startLoad, tally } from '../load';
import type { Proof } from '../proof';

/** Few callers stand for many. */
export const UNLIMITED = { gateway: { env: { RATE_LIMITS: 'off' } } };
const LONGEST = 1800;
const ALL_OUT = { people: 8, seconds: 20 };

/** Half of what the graph can do at the most, in visits a second. */
export async function halfCapacity({ release, k6, report }: Proof): Promise<number> {
  const { requests, seconds } = await (await startLoad(release, k6, ALL_OUT)).done();
  const half = Math.max(1, Math.round(requests / seconds / 2));
  report.note(
    `${Math.round(requests / seconds)} requests a second at the most (${ALL_OUT.people} people at a time); half of it is ${half} a second.`,
  );
  return half;
}

/** A new release and back while people shop. */
export async function upgrade(proof: Proof): Promise<void> {
  const { report, release, image, previous, k6 } = proof;
  if (previous === undefined) return report.note('Left out: name the release before with --previous.');
  if (!(await report.check(`release N-1, ${previous}`, () => release.bring(previous, UNLIMITED)))) return;
  const rate = await halfCapacity(proof);
  const load = await startLoad(release, k6, { seconds: LONGEST, rate });
  await report.check(`helm upgrade to ${image} under load`, () => release.bring(image, UNLIMITED));
  await report.check('helm rollback under load', async () => {
    await must('helm', ['rollback', release.name, '-n', release.namespace]);
    await release.complete();
  });
  const log = await load.end();
  await report.check('0 failed requests', async () => {
    const figures = `${log.requests} requests in ${Math.round(log.seconds)} s, p95 ${log.p95} ms, p99 ${log.p99} ms, longest ${log.max} ms`;
    if (log.failures.length > 0)
      throw new Error(`${figures}; failed: ${tally(log.failures)}\n${JSON.stringify(log.failures.slice(0, 5))}`);
    return `${figures}; refused: ${tally(log.refusals)}`;
  });
  await proveLedger(report, release, image, log);
}
