import { type Job, job } from '@atrium/platform';
import type { UnpaidOrder } from '../use-cases/undo-order';

const BATCH = 200;

/** Ends orders whose part in cash did not come in time: their points are free already, their pieces become so here. */
export const expireGiftOrdersJob = (app: {
  unpaidOrders(limit: number): Promise<UnpaidOrder[]>;
  expireOrder(order: UnpaidOrder): Promise<boolean>;
}): Job =>
  job({
    name: 'expire-gift-orders',
    everySeconds: 15,
    run: async () => {
      let done = 0;
      for (;;) {
        let progress = 0;
        for (const order of await app.unpaidOrders(BATCH)) if (await app.expireOrder(order)) progress++;
        done += progress;
        // Nothing moved: another worker was faster, or nothing is due.
        if (progress === 0) return done;
      }
    },
  });
