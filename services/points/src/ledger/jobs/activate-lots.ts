import { type Job, job } from '@atrium/platform';
import { sweep, type Sweeps } from './sweep';

/** Writes down, and says, that pending points can be spent; balances count them from that instant, job or no job. */
export const activateLotsJob = (app: Sweeps): Job =>
  job({
    name: 'activate-lots',
    everySeconds: 60,
    run: (_, log, stop) => sweep(app, 'activate-lots', 'ACTIVATION', log, stop),
  });
