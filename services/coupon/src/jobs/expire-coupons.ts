import { type Database, job } from '@atrium/platform';
import { EXPIRE_BATCH, expireCoupons } from '../use-cases/expire-coupons';

/** Writes down what readers see already: coupons past their time. */
export const expireCouponsJob = job({
  name: 'expire-coupons',
  everySeconds: 60,
  run: async (db: Database) => {
    let expired = 0;
    for (let batch = EXPIRE_BATCH; batch === EXPIRE_BATCH; expired += batch) {
      batch = await db.inSystemTransaction(expireCoupons);
    }
    return expired;
  },
});
