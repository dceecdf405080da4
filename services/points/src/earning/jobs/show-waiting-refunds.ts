import { type Job, job } from '@atrium/platform';
import type { WaitingRefund } from '../../desk/use-cases/unapplied-refunds';

const BATCH = 500;

/** Puts refunds that wait for their sale on the desk's list, so that somebody can look for the sale before it is too late. */
export const showWaitingRefundsJob = (app: {
  waitingRefunds(limit: number): Promise<(WaitingRefund & { groupId: string })[]>;
  showWaiting(groupId: string, waiting: readonly WaitingRefund[]): Promise<number>;
}): Job =>
  job({
    name: 'show-waiting-refunds',
    everySeconds: 60,
    run: async () => {
      const waiting = await app.waitingRefunds(BATCH);
      let shown = 0;
      for (const groupId of new Set(waiting.map((refund) => refund.groupId))) {
        shown += await app.showWaiting(
          groupId,
          waiting.filter((refund) => refund.groupId === groupId),
        );
      }
      return shown;
    },
  });
