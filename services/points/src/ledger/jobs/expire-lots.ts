import { type Job, job } from '@atrium/platform';
import { sweep, type Sweeps } from './sweep';

/** Writes expired points down; balances leave them out from the instant they lapse, job or no job. */
export const expireLotsJob = (app: Sweeps): Job =>
  job({
    name: 'expire-lots',
    everySeconds: 60,
    run: (_, log, stop) => sweep(app, 'expire-lots', 'EXPIRY', log, stop),
  });
