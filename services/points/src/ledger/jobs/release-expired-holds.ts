import { type Job, job } from '@atrium/platform';
import { sweep, type Sweeps } from './sweep';

/** Ends holds that nobody captured or released in time; balances count them as released from that instant on. */
export const releaseExpiredHoldsJob = (app: Sweeps): Job =>
  job({
    name: 'release-expired-holds',
    everySeconds: 15,
    run: (_, log, stop) => sweep(app, 'release-expired-holds', 'HOLD', log, stop),
  });
