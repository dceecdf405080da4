import type { Place } from '@atrium/contracts';
import { job } from '@atrium/platform';
import { sweepParkedRefunds } from '../use-cases/sweep-parked-refunds';

const BATCH = 100;

/** Refunds that crossed with their sale in the same moment, and those that waited for it too long. */
export const sweepParkedRefundsJob = (here: Place) =>
  job({
    name: 'sweep-parked-refunds',
    everySeconds: 5,
    run: (db) => sweepParkedRefunds(db, here, BATCH),
  });
